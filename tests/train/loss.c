/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <float.h>
#include <string.h>

static void
equals_the_formula (void)
{
  const nn_real logits[] = { 1, 2, 3, 0, 0, 0 }, targets[] = { 0, 1, 0, 0.5f, 0.25f, 0.25f };
  nn_real d[6];
  const double sum = exp (1.0) + exp (2.0) + exp (3.0);
  check_near (nn_cross_entropy (2, 3, logits, targets, 0.5f, d), -log (exp (2.0) / sum) + log (3.0), 1e-6);
  check_near (d[0], 0.5 * exp (1.0) / sum, 1e-7);
  check_near (d[1], 0.5 * (exp (2.0) / sum - 1), 1e-7);
  check_near (d[3], 0.5 * (1.0 / 3 - 0.5), 1e-7);
  check_near (nn_cross_entropy (2, 3, logits, targets, 1, NULL), -log (exp (2.0) / sum) + log (3.0), 1e-6);
}

static void
gradient_equals_differences (void)
{
  nn_real x[7], t[7] = { 0.1f, 0, 0.2f, 0.3f, 0, 0.15f, 0.25f }, d[7];
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (int k = 0; k < 7; k++)
    x[k] = 2 * nn_random_normal (&random);
  nn_cross_entropy (1, 7, x, t, 1, d);
  for (int k = 0; k < 7; k++) {
    const nn_real step = (nn_real) 1 / 256, keep = x[k];
    x[k] = keep + step;
    const double up = nn_cross_entropy (1, 7, x, t, 1, NULL);
    x[k] = keep - step;
    const double down = nn_cross_entropy (1, 7, x, t, 1, NULL);
    x[k] = keep;
    check_near (d[k], (up - down) / (2 * (double) step), 1e-5);
  }
}

static void
survives_huge_logits (void)
{
  const nn_real logits[] = { 1e30f, -1e30f }, right[] = { 1, 0 }, wrong[] = { 0, 1 };
  nn_real d[2];
  check (nn_cross_entropy (1, 2, logits, right, 1, d) == 0);
  check (d[0] == 0 && d[1] == 0);
  check (isfinite (nn_cross_entropy (1, 2, logits, wrong, 1, d)));
  check (d[0] == 1 && d[1] == -1);
}

static void
shows_a_broken_network (void)
{
  const nn_real logits[] = { (nn_real) NAN, 0 }, targets[] = { 0, 1 };
  check (isnan (nn_cross_entropy (1, 2, logits, targets, 1, NULL)));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (equals_the_formula), TEST (gradient_equals_differences), TEST (survives_huge_logits),
                                   TEST (shows_a_broken_network), { 0 } });
}
