/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <string.h>

#define N 5

static const uint8_t kinds[N] = { NN_WEIGHT_DECAYED, NN_WEIGHT_PLAIN, NN_WEIGHT_STATISTIC, NN_WEIGHT_CONSTANT, NN_WEIGHT_DECAYED };

/* The papers' update rules in double, one weight at a time. */
static void
adam_equals_the_formula (void)
{
  nn_real w[N] = { 1, -2, 3, 4, 0.5f }, moments[2 * N] = { 0 };
  double m[N] = { 0 }, v[N] = { 0 }, expected[N] = { 1, -2, 3, 4, 0.5 };
  nn_random random = nn_random_new (3, 0, 0, NN_FOR_TEST);
  for (int step = 1; step <= 50; step++) {
    nn_real g[N];
    for (int i = 0; i < N; i++) {
      g[i] = nn_random_normal (&random);
      if (kinds[i] == NN_WEIGHT_STATISTIC || kinds[i] == NN_WEIGHT_CONSTANT)
        continue;
      m[i] = 0.9 * m[i] + 0.1 * (double) g[i];
      v[i] = 0.999 * v[i] + 0.001 * (double) g[i] * (double) g[i];
      const double direction = m[i] / (1 - pow (0.9, step)) / (sqrt (v[i] / (1 - pow (0.999, step))) + 1e-8);
      expected[i] -= 0.01 * (direction + (kinds[i] == NN_WEIGHT_DECAYED ? 0.1 * expected[i] : 0));
    }
    nn_adam_step (N, kinds, g, 0.01f, 0.1f, step, moments, moments + N, w);
  }
  for (int i = 0; i < N; i++)
    check_near (w[i], expected[i], 2e-5);
  check (w[2] == 3 && w[3] == 4);
}

static void
adam_takes_a_first_step_of_the_rate (void)
{
  nn_real w[N] = { 0 }, moments[2 * N] = { 0 };
  const nn_real g[N] = { 1e-4f, -300, 1, 1, 7 };
  nn_adam_step (N, kinds, g, 0.001f, 0, 1, moments, moments + N, w);
  check_near (w[0], -0.001, 1e-6);
  check_near (w[1], 0.001, 1e-6);
  check_near (w[4], -0.001, 1e-6);
}

static void
sgd_equals_the_formula (void)
{
  nn_real w[N] = { 1, -2, 3, 4, 0.5f }, moments[N] = { 0 };
  double m[N] = { 0 }, expected[N] = { 1, -2, 3, 4, 0.5 };
  nn_random random = nn_random_new (4, 0, 0, NN_FOR_TEST);
  for (int step = 1; step <= 50; step++) {
    nn_real g[N];
    for (int i = 0; i < N; i++) {
      g[i] = nn_random_normal (&random);
      if (kinds[i] == NN_WEIGHT_STATISTIC || kinds[i] == NN_WEIGHT_CONSTANT)
        continue;
      const double slope = (double) g[i] + (kinds[i] == NN_WEIGHT_DECAYED ? 0.01 * expected[i] : 0);
      m[i] = 0.9 * m[i] + slope;
      expected[i] -= 0.05 * (slope + 0.9 * m[i]);
    }
    nn_sgd_step (N, kinds, g, 0.05f, 0.01f, 0.9f, moments, w);
  }
  for (int i = 0; i < N; i++)
    check_near (w[i], expected[i], 1e-4);
  check (w[2] == 3 && w[3] == 4);
}

/* 0.5 x^T diag (1, 100) x: badly scaled, minimum at 0. */
static void
both_descend_a_valley (void)
{
  static const uint8_t plain[2] = { NN_WEIGHT_PLAIN, NN_WEIGHT_PLAIN };
  nn_real a[2] = { 3, 3 }, b[2] = { 3, 3 }, adam[4] = { 0 }, sgd[2] = { 0 };
  for (int step = 1; step <= 2000; step++) {
    nn_adam_step (2, plain, (nn_real[]) { a[0], 100 * a[1] }, 0.01f, 0, step, adam, adam + 2, a);
    nn_sgd_step (2, plain, (nn_real[]) { b[0], 100 * b[1] }, 0.005f, 0, 0.9f, sgd, b);
  }
  for (int i = 0; i < 2; i++) {
    check_near (a[i], 0, 1e-3);
    check_near (b[i], 0, 1e-3);
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (adam_equals_the_formula), TEST (adam_takes_a_first_step_of_the_rate), TEST (sgd_equals_the_formula),
                                   TEST (both_descend_a_valley), { 0 } });
}
