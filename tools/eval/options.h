/* SPDX-License-Identifier: MIT
 * What fer-eval was asked to do. */
#ifndef EVAL_OPTIONS_H
#define EVAL_OPTIONS_H

#include "average.h"

#include <glib.h>

/* Texts: NULL, not given; but both lines are there: command names files without their folders, typed is as it was typed. */
typedef struct eval_options {
  char *task_name, *model, *json;
  char *data, *split_name, *plot, *precision_name;
  char *manifest, *half_name, *faces_name, *finder;
  char **seeds; /* other models of the same recipe; NULL: none */
  char *votes, *protocol, *compare, *calibrate, *looks_name, *reliability, *mistakes, *report, *card, *runs;
  gboolean robustness;
  gint64 seed;
  eval_looks looks;
  nn_precision precision;
  int threads;
  nn_split split;
  eval_half half;
  char *images, *boxes, *negatives, *sources, *views, *detections, *write;
  gboolean held_out;
  int size;
  double threshold;
  char *groups, *predictions, *write_predictions, *columns, *gap_of, *page;
  int together, resamples;
  double max_gap; /* HUGE_VAL: none */
  char *command, *typed;
} eval_options;

/* A set of them is what an option is for. */
typedef enum eval_kind { EVAL_EXPRESSION = 1, EVAL_FACES = 2, EVAL_GROUPS = 4 } eval_kind;

/* Command line -> options; --help prints and exits. What fails is a usage error. */
bool eval_options_read (eval_options *options, int argc, char **argv, nn_error *error);
void eval_options_clear (eval_options *options);

eval_kind eval_options_kind (const eval_options *options);

#endif
