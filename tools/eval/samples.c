/* SPDX-License-Identifier: MIT */
#include "samples.h"

#include <glib.h>
#include <string.h>

void
eval_shot_clear (eval_shot *shot)
{
  tool_picture_clear (&shot->picture);
  g_free (shot->pixels);
  *shot = (eval_shot) { 0 };
}

void
eval_samples_free (eval_samples *s)
{
  if (!s)
    return;
  eval_manifest_free (s->manifest);
  g_free (s->truth);
  g_free (s->twins);
  g_free (s->names);
  g_free (s->index);
  g_free (s);
}

/* ---- rows of a data set -------------------------------------------------------------------------------------------------- */

static bool
open_row (const void *user, int i, const fer_crop *crop, fer_finder *finder, eval_shot *shot, nn_error *error)
{
  (void) crop, (void) finder, (void) error;
  const eval_samples *s = user;
  const nn_dataset *data = s->data;
  *shot = (eval_shot) { .found = true, .square = fer_frame_square (data->w, data->h) };
  fer_image_from_rgb (&shot->image, data->pixels + (size_t) s->index[i] * (size_t) data->h * (size_t) data->w, data->w, data->h, data->w, 1);
  return true;
}

/* Class of a row; -1: it has none. */
static int
truth_of (const nn_dataset *data, int row, bool votes)
{
  if (!votes)
    return data->labels[row];
  const int majority = nn_votes_majority (data->votes + (size_t) row * NN_N_VOTES);
  return majority < 0 ? -1 : nn_vote_labels[majority] < 0 ? EVAL_CONTEMPT : nn_vote_labels[majority];
}

/* Whether Training holds rows that others may be twins of. */
static bool
has_training (const nn_dataset *data)
{
  return memchr (data->splits, NN_TRAINING, (size_t) data->n) != NULL;
}

eval_samples *
eval_samples_of_data (const nn_dataset *data, nn_split split, bool votes, nn_error *error)
{
  const size_t n = (size_t) data->n;
  eval_samples *s = g_new0 (eval_samples, 1);
  *s = (eval_samples) {
    .data = data, .classes = eval_labels_of_fer (votes), .truth = g_new (uint8_t, n), .index = g_new (int, n)
  };
  bool *twins = g_new (bool, n);
  s->twins = split != NN_TRAINING && has_training (data) ? g_new (bool, n) : NULL;
  const bool good = nn_dataset_twins (data, twins) || nn_fail (error, "no memory for the twins of %d rows", data->n);
  for (int row = 0; good && row < data->n; row++) {
    const int truth = data->splits[row] == split ? truth_of (data, row, votes) : -1;
    if (truth < 0)
      continue;
    if (s->twins)
      s->twins[s->n] = twins[row];
    s->index[s->n] = row;
    s->truth[s->n++] = (uint8_t) truth;
  }
  g_free (twins);
  s->source = (eval_source) { s->n, open_row, s };
  if (good && (s->n || nn_fail (error, "no row is %s", nn_split_names[split])))
    return s;
  eval_samples_free (s);
  return NULL;
}
