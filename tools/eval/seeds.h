/* SPDX-License-Identifier: MIT
 * Networks of one recipe that differ in their seed alone, side by side: what counts is their mean, not the best of them. */
#ifndef EVAL_SEEDS_H
#define EVAL_SEEDS_H

#include "result.h"
#include "spread.h"

/* PLAIN: without twins. The F1 of class c is EVAL_SEED_F1 + c. */
enum {
  EVAL_SEED_ACCURACY,
  EVAL_SEED_ACCURACY_PLAIN,
  EVAL_SEED_MACRO_F1,
  EVAL_SEED_MACRO_F1_PLAIN,
  EVAL_SEED_ECE,
  EVAL_SEED_ECE_PLAIN,
  EVAL_SEED_F1,
  EVAL_N_SEED_FIGURES = EVAL_SEED_F1 + FER_MAX_LABELS
};

struct eval_seeds {
  int n;
  char names[EVAL_MAX_SEEDS][256];                    /* of the models */
  double values[EVAL_N_SEED_FIGURES][EVAL_MAX_SEEDS]; /* NAN: not known */
};

/* One more, n being less than EVAL_MAX_SEEDS; what is without twins stays unknown where nobody knows them. */
void eval_seeds_add (eval_seeds *seeds, const char *name, const eval_two_figures *figures, bool have_twins);

eval_spread eval_seeds_spread (const eval_seeds *seeds, int figure);

#endif
