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
  if (data->targets)
    hash = hash_bytes (hash, data->targets, n * (size_t) data->classes * sizeof *data->targets);
  data->hash = hash;
}

void
nn_dataset_free (nn_dataset *data)
{
  if (!data)
    return;
  free (data->pixels);
  free (data->labels);
  free (data->splits);
  free (data->targets);
  free (data);
}
