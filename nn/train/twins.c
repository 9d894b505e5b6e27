/* SPDX-License-Identifier: MIT
 * Pictures that stand both in Training and in a test set. */
#include "../nn_train.h"

#include "hash.h"

#include <stdlib.h>

typedef struct entry {
  uint64_t hash;
  int row;
} entry;

static int
compare_entries (const void *a, const void *b)
{
  const entry *x = a, *y = b;
  return (x->hash > y->hash) - (x->hash < y->hash);
}

static const uint8_t *
row_pixels (const nn_dataset *data, int row)
{
  return data->pixels + (size_t) row * (size_t) data->h * (size_t) data->w;
}

/* Whether one of the sorted entries is the same picture as row. */
static bool
has_twin (const nn_dataset *data, const entry *entries, size_t n, int row)
{
  size_t size = (size_t) data->h * (size_t) data->w, low = 0, high = n;
  uint64_t hash = hash_bytes (0, row_pixels (data, row), size);
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (entries[middle].hash < hash)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < n && entries[low].hash == hash; low++)
    if (!memcmp (row_pixels (data, entries[low].row), row_pixels (data, row), size))
      return true;
  return false;
}

/* Marks rows outside Training that stand in it as well, or the other way round. */
static bool
mark (const nn_dataset *data, bool in_training, bool *marks)
{
  entry *entries = calloc (data->n ? (size_t) data->n : 1, sizeof *entries);
  if (!entries)
    return false;
  size_t n = 0;
  for (int row = 0; row < data->n; row++)
    if ((data->splits[row] == NN_TRAINING) != in_training)
      entries[n++] = (entry) { hash_bytes (0, row_pixels (data, row), (size_t) data->h * (size_t) data->w), row };
  qsort (entries, n, sizeof *entries, compare_entries);
  for (int row = 0; row < data->n; row++)
    marks[row] = (data->splits[row] == NN_TRAINING) == in_training && has_twin (data, entries, n, row);
  free (entries);
  return true;
}

bool
nn_dataset_twins (const nn_dataset *data, bool *twins)
{
  return mark (data, false, twins);
}

bool
nn_dataset_leaks (const nn_dataset *data, bool *leaks)
{
  return mark (data, true, leaks);
}
