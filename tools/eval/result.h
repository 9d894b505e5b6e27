/* SPDX-License-Identifier: MIT
 * All figures of an evaluation of expressions, for every report of it. */
#ifndef EVAL_RESULT_H
#define EVAL_RESULT_H

#include "average.h"
#include "calibration.h"
#include "intervals.h"
#include "mcnemar.h"
#include "metrics.h"
#include "robustness.h"

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
eval_outcome eval_outcome_without_twins (const eval_outcome *all);
void eval_outcome_clear (eval_outcome *outcome);

typedef struct eval_figures {
  eval_metrics metrics;
  eval_calibration calibration;
  eval_intervals intervals;
} eval_figures;

/* Of all faces, and of those that are no twins. */
typedef struct eval_two_figures {
  eval_figures all, plain;
} eval_two_figures;

void eval_measure_outcome (const eval_outcome *outcome, uint64_t seed, eval_two_figures *figures);

typedef struct eval_seeds eval_seeds;

typedef struct eval_result {
  eval_subject subject;
  const char *protocol; /* "majority" of FER+'s votes; NULL: FER-2013's labels */
  eval_labels classes;
  bool have_twins;
  uint64_t seed;             /* of the bootstrap and of what spoils pictures */
  int n_left_out;            /* rows of the split without a majority */
  int n_samples, n_contempt; /* n_samples - outcome.n faces were not found; read as contempt, which data do not know */
  eval_outcome outcome;
  eval_two_figures figures;

  eval_looks looks; /* not EVAL_ONE_LOOK: averaged is there */
  eval_two_figures averaged;

  char other[256]; /* a model to compare with; "": none */
  eval_two_figures compared;
  eval_mcnemar mcnemar, mcnemar_plain; /* of this model and the other, on faces that both read */

  char tempered_file[256]; /* "": not calibrated */
  double temperature;
  int n_fitted;              /* faces of PublicTest */
  eval_two_figures tempered; /* of what was written */

  eval_seeds *seeds; /* this model and others of its recipe; NULL: only this one is known */

  bool have_robustness;
  eval_robustness robustness;
} eval_result;

/* FER+'s own code leaves out majorities of fear and contempt as well: by that count. */
eval_share eval_six_classes (const eval_outcome *outcome);

#endif
