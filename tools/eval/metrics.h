/* SPDX-License-Identifier: MIT
 * Figures of a classification: pure arithmetic. */
#ifndef EVAL_METRICS_H
#define EVAL_METRICS_H

#include "fer.h"

#define EVAL_Z 1.959963984540054 /* 95 % of a normal distribution lie within so many standard deviations */

/* A share of n with its 95 % interval after Wilson (1927). NAN when n is 0. */
typedef struct eval_share {
  int n, count;
  double value, low, high;
} eval_share;

eval_share eval_share_of (int count, int n);

/* What has no value (no row, no prediction) is NAN. */
typedef struct eval_class {
  int n, predicted, hits;
  double precision, recall, f1;
} eval_class;

typedef struct eval_metrics {
  int n_classes;
  eval_share all, no_twins; /* accuracy */
  double macro_f1;          /* mean over the classes that occur, as truth or prediction */
  eval_class classes[FER_MAX_LABELS];
  int confusion[FER_MAX_LABELS][FER_MAX_LABELS]; /* [truth][predicted] */
} eval_metrics;

/* truth and predicted: classes of n rows; twins: rows that are in the training data as well. */
void eval_measure (int n, int n_classes, const uint8_t *truth, const uint8_t *predicted, const bool *twins, eval_metrics *metrics);

#endif
