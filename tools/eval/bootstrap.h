/* SPDX-License-Identifier: MIT
 * How much figures would differ with other faces of the same kind: the percentile bootstrap (Efron and Tibshirani 1993, chapter 13). Pure
 * arithmetic. */
#ifndef EVAL_BOOTSTRAP_H
#define EVAL_BOOTSTRAP_H

#include <stdint.h>

#define EVAL_REPEATS 2000

/* The middle 95 % of the resamples; NAN of nothing. */
typedef struct eval_range {
  double low, high;
} eval_range;

/* Figures of n rows, each of which may stand there several times; what has no value is NAN. */
typedef void (*eval_statistic) (const void *user, int n, const int *rows, double *figures);

/* ranges[n_figures] from repeats resamples of n rows, drawn with replacement; resample r is a function of seed and r. Resamples in which a figure has
 * no value are left out of its range. */
void eval_bootstrap (int n, int n_figures, eval_statistic measure, const void *user, int repeats, uint64_t seed, eval_range *ranges);

/* The q-quantile of sorted values, linear between neighbours (Hyndman and Fan's definition 7, as numpy's). */
double eval_quantile (const double *sorted, int n, double q);

#endif
