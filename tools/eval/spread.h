/* SPDX-License-Identifier: MIT
 * How a figure varies from seed to seed of one recipe. */
#ifndef EVAL_SPREAD_H
#define EVAL_SPREAD_H

#define EVAL_MAX_SEEDS 16

/* Standard deviation with n - 1; 95 % interval of the mean after Student (1908), "The probable error of a mean". NAN where one value cannot say. */
typedef struct eval_spread {
  int n;
  double mean, sd, low, high;
} eval_spread;

/* values[n], 1 to EVAL_MAX_SEEDS of them; of NAN there is neither mean nor interval. */
eval_spread eval_spread_of (int n, const double *values);

#endif
