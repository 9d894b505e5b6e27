/* SPDX-License-Identifier: MIT */
#include "../nn_train.h"

#include "hash.h"

#include <stdlib.h>

const char *const nn_split_names[NN_N_SPLITS] = { "Training", "PublicTest", "PrivateTest" };

nn_dataset *
nn_dataset_new (int n, int h, int w, int classes, nn_error *error)
{
  if (n < 0 || h < 1 || w < 1 || h > NN_MAX_SIDE || w > NN_MAX_SIDE || classes < 1 || classes > 256) {
    nn_fail (error, "a data set of %d pictures of %dx%d in %d classes; expected sides of 1 to %d and 1 to 256 classes", n, w, h, classes,
             NN_MAX_SIDE);
    return NULL;
  }
  nn_dataset *data = calloc (1, sizeof *data);
  size_t rows = n ? (size_t) n : 1;
  if (data) {
    *data = (nn_dataset) { .n = n, .h = h, .w = w, .classes = classes };
    data->pixels = calloc (rows, (size_t) h * (size_t) w);
    data->labels = calloc (rows, 1);
    data->splits = calloc (rows, 1);
  }
  if (!data || !data->pixels || !data->labels || !data->splits) {
    nn_fail (error, "no memory for %d pictures of %dx%d", n, w, h);
    nn_dataset_free (data);
    return NULL;
  }
  return data;
}

void
nn_dataset_seal (nn_dataset *data)
{
  size_t n = (size_t) data->n;
  int shape[] = { data->n, data->h, data->w, data->classes };
  uint64_t hash = hash_bytes (0, shape, sizeof shape);
  hash = hash_bytes (hash, data->pixels, n * (size_t) data->h * (size_t) data->w);
  hash = hash_bytes (hash, data->labels, n);
  hash = hash_bytes (hash, data->splits, n);
  if (data->votes)
    hash = hash_bytes (hash, data->votes, n * NN_N_VOTES);
  data->hash = hash;
}

void
nn_dataset_keep (nn_dataset *data, const bool *keep)
{
  const size_t plane = (size_t) data->h * (size_t) data->w;
  size_t kept = 0;
  for (size_t row = 0; row < (size_t) data->n; row++) {
    if (!keep[row])
      continue;
    memmove (data->pixels + kept * plane, data->pixels + row * plane, plane);
    data->labels[kept] = data->labels[row];
    data->splits[kept] = data->splits[row];
    if (data->votes)
      memmove (data->votes + kept * NN_N_VOTES, data->votes + row * NN_N_VOTES, NN_N_VOTES);
    kept++;
  }
  data->n = (int) kept;
  nn_dataset_seal (data);
}

void
nn_dataset_free (nn_dataset *data)
{
  if (!data)
    return;
  free (data->pixels);
  free (data->labels);
  free (data->splits);
  free (data->votes);
  free (data);
}
