/* SPDX-License-Identifier: MIT
 * Any bytes as FER-2013's CSV, and as votes for three rows: an error, or a data set that is whole. */
#include "nn_train.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static void
must (bool condition)
{
  if (!condition)
    abort ();
}

static void
read_votes (const char *bytes, size_t size)
{
  nn_error error;
  nn_dataset *data = nn_dataset_new (3, 1, 1, 7, &error);
  if (data && nn_dataset_add_votes (data, bytes, size, &error)) {
    for (int row = 0; row < 3; row++) {
      float p[NN_VOTE_CLASSES], sum = 0;
      const bool some = nn_votes_share (data->votes + row * NN_N_VOTES, p);
      for (int k = 0; k < NN_VOTE_CLASSES; k++)
        sum += p[k];
      must (some ? sum > 0.999f && sum < 1.001f : sum == 0);
      must (nn_votes_majority (data->votes + row * NN_N_VOTES) < NN_VOTE_CLASSES);
    }
  }
  nn_dataset_free (data);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  nn_error error = { "" };
  nn_dataset *data = nn_dataset_parse_csv ((const char *) bytes, size, &error);
  must (data || error.text[0]);
  if (data) {
    uint64_t hash = data->hash;
    must (data->n > 0 && data->h == data->w && (size_t) data->n * (size_t) data->h * (size_t) data->w <= size);
    for (int row = 0; row < data->n; row++)
      must (data->labels[row] < 7 && data->splits[row] < NN_N_SPLITS);
    nn_dataset_seal (data);
    must (data->hash == hash);
  }
  nn_dataset_free (data);
  read_votes ((const char *) bytes, size);
  return 0;
}
