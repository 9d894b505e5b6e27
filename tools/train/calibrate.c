/* SPDX-License-Identifier: MIT */
#include "calibrate.h"
#include "eval/calibration.h"
#include "eval/temper.h"

#include <glib.h>
#include <string.h>

/* The rows of p (rows of PublicTest, classes) that have a class, moved to its front, and their classes. */
static int
keep_labelled (const nn_dataset *data, bool votes, int classes, float *p, uint8_t *truth)
{
  int n = 0, row = 0;
  for (int i = 0; i < data->n; i++) {
    if (data->splits[i] != NN_PUBLIC_TEST)
      continue;
    const int k = votes ? nn_votes_majority (data->votes + (size_t) i * NN_N_VOTES) : data->labels[i];
    if (k >= 0) {
      memmove (p + (size_t) n * (size_t) classes, p + (size_t) row * (size_t) classes, (size_t) classes * sizeof *p);
      truth[n++] = (uint8_t) k;
    }
    row++;
  }
  return n;
}

bool
train_calibrate (const train_finished *f, nn_model *model, bool votes, train_calibrated *calibrated, nn_error *error)
{
  const nn_dataset *data = f->data;
  const int classes = votes ? NN_VOTE_CLASSES : data->classes;
  float *p = g_new (float, (gsize) data->n * (gsize) classes);
  uint8_t *truth = g_new (uint8_t, (gsize) data->n);
  bool good = nn_evaluate (model->graph, model->weights, data, NN_PUBLIC_TEST, &f->options->recipe.input, 0, f->options->threads, NULL, NULL, p, error);
  if (good) {
    calibrated->n = keep_labelled (data, votes, classes, p, truth);
    good = calibrated->n > 0 || nn_fail (error, "--calibrate fits on PublicTest, of which the data set has no rows%s", votes ? " with a majority" : "");
  }
  if (good) {
    calibrated->temperature = eval_fit_temperature (calibrated->n, classes, truth, p);
    good = eval_temper_logits (model, calibrated->temperature, error);
  }
  g_free (p);
  g_free (truth);
  return good;
}
