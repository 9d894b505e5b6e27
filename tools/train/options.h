/* SPDX-License-Identifier: MIT
 * What fer-train was asked to do. */
#ifndef TRAIN_OPTIONS_H
#define TRAIN_OPTIONS_H

#include "eval/spread.h"
#include "heads.h"

#define TRAIN_MAX_SEEDS EVAL_MAX_SEEDS

typedef struct train_options {
  char *data, *votes, *task, *preset, *architecture, *init, *output;
  char *images, *negatives, *cutouts, *sources; /* --task faces */
  char *head, **distill, **priors;
  char *checkpoint, *log, *plot; /* by default named after the output; NULL: none */
  char *epochs, *batch, *rate, *seed, *soft_labels, *balance, **sets;
  double blend;
  int threads, seeds, limit_train; /* INT_MAX: all rows */
  int resume, half, calibrate, keep, dedupe, no_private;
  train_heads heads; /* what the model says */
  nn_recipe recipe;  /* all of the above that belongs to it; its architecture is the preset's, even where a file was named */
} train_options;

/* Command line -> options; --help prints and exits. What fails is a usage error. */
bool train_options_read (train_options *options, int argc, char **argv, nn_error *error);
void train_options_clear (train_options *options);

#endif
