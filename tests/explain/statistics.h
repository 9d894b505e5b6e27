/* SPDX-License-Identifier: MIT
 * What the tests of explanations count. */
#ifndef EXPLAIN_STATISTICS_H
#define EXPLAIN_STATISTICS_H

#include "nn.h"

#include <math.h>
#include <stdlib.h>

static inline double
correlation (const double *a, const double *b, int n)
{
  double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
  for (int i = 0; i < n; i++) {
    mean_a += a[i] / n;
    mean_b += b[i] / n;
  }
  for (int i = 0; i < n; i++) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / sqrt (aa * bb) : 0;
}

/* Ranks from 0, those of equal values the mean of theirs. */
static inline void
rank_values (const double *x, int n, double *ranks)
{
  for (int i = 0; i < n; i++) {
    ranks[i] = 0;
    for (int j = 0; j < n; j++)
      ranks[i] += x[j] < x[i] ? 1 : x[j] == x[i] && j != i ? 0.5 : 0;
  }
}

/* Of n <= 2,304 values; 0 where one of the two is constant. */
static inline double
spearman (const double *a, const double *b, int n)
{
  double ranks_a[48 * 48], ranks_b[48 * 48];
  rank_values (a, n, ranks_a);
  rank_values (b, n, ranks_b);
  return correlation (ranks_a, ranks_b, n);
}

typedef struct interval {
  double mean, low, high;
} interval;

static inline int
compare_doubles (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* Mean with its 95 % interval by 2,000 bootstrap samples. */
static inline interval
bootstrap (const double *x, int n)
{
  enum { SAMPLES = 2000 };
  static double means[SAMPLES];
  interval it = { 0 };
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (int i = 0; i < n; i++)
    it.mean += x[i] / n;
  for (int s = 0; s < SAMPLES; s++) {
    means[s] = 0;
    for (int i = 0; i < n; i++)
      means[s] += x[(int) (nn_random_uniform (&random) * (float) n)] / n;
  }
  qsort (means, SAMPLES, sizeof *means, compare_doubles);
  it.low = means[SAMPLES / 40];
  it.high = means[SAMPLES - SAMPLES / 40 - 1];
  return it;
}

#endif
