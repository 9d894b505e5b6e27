/* SPDX-License-Identifier: MIT
 * The rows of calibration.c, 600 of them, resampled 10,000 times by numpy (default_rng (1)) and measured by scikit-learn 1.2.1 (Debian):
 *   d = rng.integers (0, n, n); t, q = truth[d], pred[d]
 *   (t == q).mean (), f1_score (t, q, average='macro', zero_division=0), ece ((t == q), conf[d]), (q[t == k] == k).mean ()
 *   np.quantile (out, [.025, .975], axis=0)
 * Other random numbers give other intervals, by about a hundredth here. */
#include "eval/intervals.h"
#include "test.h"

#include <string.h>

enum { N = 600, C = 7 };
static float p[N * C];
static uint8_t truth[N], predicted[N];

static void
make (void)
{
  for (int i = 0; i < N; i++) {
    double z[C], sum = 0;
    int top = 0;
    for (int k = 0; k < C; k++) {
      z[k] = 3 * sin (1.3 * i + 2.1 * k * k + 0.7 * i * k);
      top = z[k] > z[top] ? k : top;
      sum += exp (z[k]);
    }
    for (int k = 0; k < C; k++)
      p[i * C + k] = (float) (exp (z[k]) / sum);
    predicted[i] = (uint8_t) top;
    truth[i] = (uint8_t) (i % 3 < 2 ? top : i * 5 % C);
  }
}

static void
check_range (const eval_range *range, double low, double high)
{
  check_near (range->low, low, 0.012);
  check_near (range->high, high, 0.012);
}

static void
agrees_with_numpy_and_scikit_learn (void)
{
  static const double recall[C][2] = { { 0.65079, 0.83908 }, { 0.57953, 0.78261 }, { 0.60918, 0.81013 }, { 0.625, 0.80851 },
                                       { 0.56410, 0.77612 }, { 0.61446, 0.8 },     { 0.65347, 0.83019 } };
  eval_intervals it;
  make ();
  eval_intervals_of (N, C, truth, predicted, p, 1, &it);
  check_range (&it.accuracy, 0.67666667, 0.75);
  check_range (&it.macro_f1, 0.67440249, 0.74835218);
  check_range (&it.ece, 0.21712453, 0.28819169);
  for (int c = 0; c < C; c++)
    check_range (&it.recall[c], recall[c][0], recall[c][1]);
  check (isnan (it.recall[C].low) && it.repeats == EVAL_REPEATS);
}

static void
seeds_repeat (void)
{
  eval_intervals a, b, c;
  make ();
  eval_intervals_of (N, C, truth, predicted, p, 1, &a);
  eval_intervals_of (N, C, truth, predicted, p, 1, &b);
  eval_intervals_of (N, C, truth, predicted, p, 2, &c);
  check (!memcmp (&a.ece, &b.ece, sizeof a.ece) && memcmp (&a.ece, &c.ece, sizeof a.ece));
}

static void
quantiles_are_linear (void)
{
  static const double sorted[5] = { 1, 2, 4, 8, 16 };
  check (eval_quantile (sorted, 5, 0) == 1 && eval_quantile (sorted, 5, 1) == 16 && eval_quantile (sorted, 5, 0.5) == 4);
  check_near (eval_quantile (sorted, 5, 0.3), 2.4, 1e-12);
  check (isnan (eval_quantile (sorted, 0, 0.5)) && eval_quantile (sorted, 1, 0.9) == 1);
}

static void
nothing_has_no_interval (void)
{
  eval_intervals it;
  eval_intervals_of (0, C, truth, predicted, p, 1, &it);
  check (isnan (it.accuracy.low) && isnan (it.ece.high) && isnan (it.recall[0].low));
}

int
main (void)
{
  return test_run ((test_case[]) {
      TEST (agrees_with_numpy_and_scikit_learn), TEST (seeds_repeat), TEST (quantiles_are_linear), TEST (nothing_has_no_interval), { 0 } });
}
