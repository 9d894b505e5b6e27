/* SPDX-License-Identifier: MIT */
#include "eval/holm.h"
#include "test.h"

/* statsmodels 0.13, multipletests (..., method="holm"). */
static void
levels_are_those_of_others (void)
{
  const double p[] = { 0.01, 0.04, 0.03, 0.005, 0.5, 0.02 }, known[] = { 0.05, 0.09, 0.09, 0.03, 0.5, 0.08 };
  double adjusted[6];
  check (eval_holm (p, 6, adjusted) == 6);
  for (int i = 0; i < 6; i++)
    check_near (adjusted[i], known[i], 1e-12);
}

static void
levels_end_at_one_and_equal_ones_stay_equal (void)
{
  const double p[] = { 0.4, 0.4, 0.9 };
  double adjusted[3];
  eval_holm (p, 3, adjusted);
  check (adjusted[0] == 1 && adjusted[1] == 1 && adjusted[2] == 1);
  const double same[] = { 0.01, 0.01 };
  eval_holm (same, 2, adjusted);
  check_near (adjusted[0], 0.02, 1e-15);
  check_near (adjusted[1], 0.02, 1e-15);
}

static void
what_is_no_test_does_not_count (void)
{
  const double p[] = { (double) NAN, 0.01, (double) NAN, 0.03 };
  double adjusted[4];
  check (eval_holm (p, 4, adjusted) == 2);
  check (isnan (adjusted[0]) && isnan (adjusted[2]));
  check_near (adjusted[1], 0.02, 1e-15);
  check_near (adjusted[3], 0.03, 1e-15);
  check (eval_holm (p, 0, adjusted) == 0);
}

int
main (void)
{
  return test_run ((test_case[]) {
      TEST (levels_are_those_of_others), TEST (levels_end_at_one_and_equal_ones_stay_equal), TEST (what_is_no_test_does_not_count), { 0 } });
}
