/* SPDX-License-Identifier: MIT
 * Figures of scipy 1.10.1 (Debian): binomtest (min (b, c), b + c, .5).pvalue; chi2.sf ((abs (b - c) - 1)**2 / (b + c), 1);
 * p1, p2 = (b + 1) / (n + 2), (c + 1) / (n + 2); d = p1 - p2; d -+ norm.ppf (.975) * sqrt ((p1 + p2 - d * d) / (n + 2)) */
#include "eval/mcnemar.h"
#include "test.h"

static void
agrees_with_scipy (void)
{
  static const struct {
    int n, b, c;
    bool exact;
    double p, difference, low, high;
  } rows[] = {
    { 100, 10, 3, true, 0.09228515625, 0.07, -0.004591813626257393, 0.1418467155870417 },
    { 3589, 140, 97, false, 0.006368230364894328, 0.01198105321816662, 0.003545627679148858, 0.020403133111717195 },
    { 50, 0, 0, true, 1, 0, -0.053303993244218376, 0.053303993244218376 },
    { 24, 12, 12, true, 1, 0, -0.3843805616580309, 0.3843805616580309 },
    { 60, 12, 13, false, 1, -0.016666666666666666, -0.18034240734079804, 0.14808434282466904 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const eval_mcnemar m = eval_mcnemar_of (rows[i].n, rows[i].b, rows[i].c);
    check (m.exact == rows[i].exact && m.n == rows[i].n && m.b == rows[i].b && m.c == rows[i].c && isnan (m.chi2) == m.exact);
    check_near (m.p, rows[i].p, 1e-9);
    check_near (m.difference, rows[i].difference, 1e-12);
    check_near (m.low, rows[i].low, 1e-9);
    check_near (m.high, rows[i].high, 1e-9);
  }
}

static void
models_change_places (void)
{
  const eval_mcnemar one = eval_mcnemar_of (500, 40, 20), other = eval_mcnemar_of (500, 20, 40);
  check (one.p == other.p && one.chi2 == other.chi2);
  check_near (one.low, -other.high, 1e-15);
  const eval_mcnemar nobody = eval_mcnemar_of (0, 0, 0);
  check (isnan (nobody.difference) && isnan (nobody.low) && isnan (nobody.high) && nobody.p == 1);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (agrees_with_scipy), TEST (models_change_places), { 0 } });
}
