/* SPDX-License-Identifier: MIT
 * Bootstrap intervals of an evaluation's figures. */
#ifndef EVAL_INTERVALS_H
#define EVAL_INTERVALS_H

#include "bootstrap.h"
#include "fer.h"

typedef struct eval_intervals {
  int repeats;
  uint64_t seed;
  eval_range accuracy, macro_f1, ece, recall[FER_MAX_LABELS];
} eval_intervals;

/* truth[n], predicted[n], p (n, classes): what eval_measure and eval_calibration_of measure. */
void eval_intervals_of (int n, int classes, const uint8_t *truth, const uint8_t *predicted, const float *p, uint64_t seed, eval_intervals *intervals);

#endif
