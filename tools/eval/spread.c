/* SPDX-License-Identifier: MIT */
#include "spread.h"

#include <math.h>

/* 97.5 % of Student's t distribution with i + 1 degrees of freedom lie below it. */
static const double t_quantile[EVAL_MAX_SEEDS - 1] = { 12.706204736, 4.302652730, 3.182446305, 2.776445105, 2.570581836,
                                                       2.446911851,  2.364624252, 2.306004135, 2.262157163, 2.228138852,
                                                       2.200985160,  2.178812830, 2.160368656, 2.144786688, 2.131449546 };

eval_spread
eval_spread_of (int n, const double *values)
{
  double sum = 0, squares = 0;
  for (int i = 0; i < n; i++)
    sum += values[i];
  for (int i = 0; i < n; i++)
    squares += (values[i] - sum / n) * (values[i] - sum / n);
  const double sd = n > 1 ? sqrt (squares / (n - 1)) : (double) NAN, half = n > 1 ? t_quantile[n - 2] * sd / sqrt (n) : (double) NAN;
  return (eval_spread) { n, sum / n, sd, sum / n - half, sum / n + half };
}
