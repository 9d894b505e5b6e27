/* SPDX-License-Identifier: MIT */
#include "bootstrap.h"
#include "nn.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>

static int
ascending (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

double
eval_quantile (const double *sorted, int n, double q)
{
  if (n == 0)
    return (double) NAN;
  const double at = q * (n - 1), part = at - floor (at);
  const int i = (int) floor (at);
  return i + 1 < n ? sorted[i] + part * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

void
eval_bootstrap (int n, int n_figures, eval_statistic measure, const void *user, int repeats, uint64_t seed, eval_range *ranges)
{
  int *rows = g_new (int, (size_t) n), *counts = g_new0 (int, (size_t) n_figures);
  double *figures = g_new (double, (size_t) n_figures), *values = g_new (double, (size_t) n_figures *(size_t) repeats);
  for (int r = 0; r < repeats; r++) {
    nn_random random = nn_random_new (seed, (uint64_t) r, 0, NN_FOR_ORDER);
    for (int i = 0; i < n; i++)
      rows[i] = (int) ((uint64_t) nn_random_u32 (&random) * (uint64_t) n >> 32);
    measure (user, n, rows, figures);
    for (int f = 0; f < n_figures; f++)
      if (!isnan (figures[f]))
        values[(size_t) f * (size_t) repeats + (size_t) counts[f]++] = figures[f];
  }
  for (int f = 0; f < n_figures; f++) {
    double *sorted = values + (size_t) f * (size_t) repeats;
    qsort (sorted, (size_t) counts[f], sizeof *sorted, ascending);
    ranges[f] = (eval_range) { eval_quantile (sorted, counts[f], 0.025), eval_quantile (sorted, counts[f], 0.975) };
  }
  g_free (rows);
  g_free (counts);
  g_free (figures);
  g_free (values);
}
