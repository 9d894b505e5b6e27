/* SPDX-License-Identifier: MIT
 * All figures of an evaluation of expressions, for every report of it. */
#ifndef EVAL_RESULT_H
#define EVAL_RESULT_H

#include "calibration.h"
#include "metrics.h"
#include "read.h"

/* What was evaluated on what. split: of the data set, or half of the pictures; NULL: all of them. */
typedef struct eval_subject {
  const char *model, *data, *split;
} eval_subject;

/* What was read of the faces that were found, beside what they are labelled. */
typedef struct eval_outcome {
  int n, n_classes;
  uint8_t *truth, *predicted; /* (n) */
  bool *twins;                /* (n); all false where there is no Training */
  float *p;                   /* (n, n_classes) */
  int *sample;                /* (n): which of the samples */
} eval_outcome;

eval_outcome eval_outcome_of (const eval_samples *samples, const eval_readings *readings);
void eval_outcome_clear (eval_outcome *outcome);

typedef struct eval_result {
  eval_subject subject;
  eval_labels classes;
  bool have_twins;
  int n_samples, n_contempt; /* n_samples - outcome.n faces were not found; read as contempt, which data do not know */
  eval_outcome outcome;
  eval_metrics metrics;
  eval_calibration calibration;
} eval_result;

#endif
