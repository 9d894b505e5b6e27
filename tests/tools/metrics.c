/* SPDX-License-Identifier: MIT */
#include "eval/metrics.h"
#include "test.h"

/* Wilson's intervals as R's prop.test (x, n, correct = FALSE) gives them. */
static void
intervals_are_wilson_s (void)
{
  static const struct {
    int count, n;
    double low, high;
  } known[] = {
    { 5, 10, 0.2365931, 0.7634069 }, { 0, 10, 0, 0.2775328 }, { 10, 10, 0.7224672, 1 }, { 81, 263, 0.2552740, 0.3662020 }, { 1, 1, 0.2065493, 1 }
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    eval_share share = eval_share_of (known[i].count, known[i].n);
    check_near (share.low, known[i].low, 2e-4);
    check_near (share.high, known[i].high, 2e-4);
    check_near (share.value, (double) known[i].count / known[i].n, 1e-12);
  }
  check (isnan (eval_share_of (0, 0).value));
}

/* Three classes by hand; class 1 is never read, class 3 never occurs. */
static void
figures_are_as_counted_by_hand (void)
{
  const uint8_t truth[] = { 0, 0, 0, 0, 1, 1, 2, 2, 2, 2 }, predicted[] = { 0, 0, 0, 2, 0, 2, 2, 2, 0, 2 };
  const bool twins[] = { true, false, false, false, false, false, true, false, false, false };
  eval_metrics m;
  eval_measure (10, 4, truth, predicted, twins, &m);
  check (m.all.n == 10 && m.all.count == 6 && m.no_twins.n == 8 && m.no_twins.count == 4);
  check (m.confusion[0][0] == 3 && m.confusion[0][2] == 1 && m.confusion[1][0] == 1 && m.confusion[1][2] == 1 && m.confusion[2][2] == 3);
  check_near (m.classes[0].precision, 3.0 / 5, 1e-12);
  check_near (m.classes[0].recall, 3.0 / 4, 1e-12);
  check_near (m.classes[0].f1, 2.0 / 3, 1e-12);
  check (isnan (m.classes[1].precision) && m.classes[1].recall == 0 && m.classes[1].f1 == 0);
  check_near (m.classes[2].f1, 2.0 / 3, 1e-12);
  check (isnan (m.classes[3].recall) && isnan (m.classes[3].f1));
  check_near (m.macro_f1, (2.0 / 3 + 0 + 2.0 / 3) / 3, 1e-12);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (intervals_are_wilson_s), TEST (figures_are_as_counted_by_hand), { 0 } });
}
