/* SPDX-License-Identifier: MIT */
#include "eval/spread.h"
#include "test.h"

/* Share of Student's t distribution with so many degrees of freedom between 0 and t, by Simpson's rule. */
static double
student_share (int freedom, double t)
{
  const int steps = 200000;
  const double scale = tgamma ((freedom + 1) / 2.0) / (sqrt (freedom * M_PI) * tgamma (freedom / 2.0));
  double sum = 0;
  for (int i = 0; i <= steps; i++) {
    const double x = t * i / steps;
    sum += (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2) * pow (1 + x * x / freedom, -(freedom + 1) / 2.0);
  }
  return scale * sum * t / steps / 3;
}

static void
the_interval_holds_95_percent (void)
{
  for (int n = 2; n <= EVAL_MAX_SEEDS; n++) {
    double values[EVAL_MAX_SEEDS];
    for (int i = 0; i < n; i++)
      values[i] = 0.69 + 0.002 * (i * 5 % 7);
    const eval_spread s = eval_spread_of (n, values);
    check_near (2 * student_share (n - 1, (s.high - s.mean) * sqrt (n) / s.sd), 0.95, 1e-9);
    check_near (s.high - s.mean, s.mean - s.low, 1e-15);
  }
}

static void
known_values (void)
{
  const eval_spread three = eval_spread_of (3, (double[]) { 69.1, 69.4, 69.0 });
  check (three.n == 3);
  check_near (three.mean, 69 + 1.0 / 6, 1e-12);
  check_near (three.sd, sqrt (0.13 / 3), 1e-12);
}

static void
one_value_says_nothing_of_others (void)
{
  const eval_spread one = eval_spread_of (1, (double[]) { 0.7 });
  check (one.mean == 0.7 && isnan (one.sd) && isnan (one.low) && isnan (one.high));
}

static void
what_one_seed_lacks_has_no_mean (void)
{
  const eval_spread none = eval_spread_of (2, (double[]) { 0.7, (double) NAN });
  check (isnan (none.mean) && isnan (none.sd));
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (the_interval_holds_95_percent), TEST (known_values), TEST (one_value_says_nothing_of_others), TEST (what_one_seed_lacks_has_no_mean), { 0 } });
}
