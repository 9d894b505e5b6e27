/* SPDX-License-Identifier: MIT
 * Every build of the kernels that work number by number against the reference, over lengths around vectors and over all orders of magnitude. */
#include "kernels/kernels.h"
#include "test.h"

#include <string.h>

enum { LARGEST = 4000 };

static nn_real a[LARGEST], b[LARGEST], expected[LARGEST], got[LARGEST];

/* Of both signs, from 1e-9 to 1e3. */
static void
fill (uint64_t sample, nn_real *x)
{
  nn_random random = nn_random_new (1, 0, sample, NN_FOR_TEST);
  for (int i = 0; i < LARGEST; i++) {
    nn_real size = powf (10, nn_random_uniform (&random) * 12 - 9);
    x[i] = nn_random_u32 (&random) % 2 ? size : -size;
  }
}

static double
error (size_t count)
{
  double worst = 0;
  for (size_t i = 0; i < count; i++)
    worst = test_worse (worst, fabs ((double) got[i] - (double) expected[i]) / (1e-3 + fabs ((double) expected[i])));
  return worst;
}

/* In place too; what lies behind the last number stays. */
static void
activations_equal_reference (void)
{
  fill (1, a);
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++)
    for (int act = NN_ACT_NONE; act <= NN_ACT_HARD_SWISH && runs; act++)
      for (size_t count = 1; count <= LARGEST; count = count < 40 ? count + 1 : count * 10) {
        memcpy (got, a, sizeof got);
        nn_pointwise_ref.act ((nn_act) act, 0.2f, 0.7f, a, expected, count);
        kernels->pointwise->act ((nn_act) act, 0.2f, 0.7f, got, got, count);
        if (!(error (count) < 1e-6))
          test_note ("%s, activation %d: %g", kernels->name, act, error (count));
        check (error (count) < 1e-6);
        check (!memcmp (got + count, a + count, (LARGEST - count) * sizeof *a));
      }
}

static void
sigmoid_has_its_limits (void)
{
  nn_real x[5] = { -INFINITY, -1000, 1000, INFINITY, NAN }, y[5];
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++) {
    if (!runs)
      continue;
    kernels->pointwise->act (NN_ACT_SIGMOID, 0, 0, x, y, 5);
    check (y[0] >= 0 && y[0] < 1e-37f && y[1] >= 0 && y[1] < 1e-37f && y[2] == 1 && y[3] == 1 && isnan (y[4]));
  }
}

/* The bits of a number do not depend on where it stands. */
static void
places_are_alike (void)
{
  fill (2, a);
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++)
    for (int act = NN_ACT_NONE; act <= NN_ACT_HARD_SWISH && runs; act++) {
      kernels->pointwise->act ((nn_act) act, 0.2f, 0.7f, a, expected, LARGEST);
      for (size_t j = 0; j < 100; j++) {
        kernels->pointwise->act ((nn_act) act, 0.2f, 0.7f, a + j, got, 1);
        check (!memcmp (got, expected + j, sizeof *got));
      }
    }
}

static void
arithmetic_equals_reference (void)
{
  fill (3, a);
  fill (4, b);
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++)
    for (size_t count = 1; count < 70 && runs; count++)
      for (int steps = 1; steps < 4; steps++) {
        const nn_pointwise_kernels *p = kernels->pointwise, *r = &nn_pointwise_ref;
        nn_arith_fn *const fast[] = { p->add, p->sub, p->mul, p->div }, *const plain[] = { r->add, r->sub, r->mul, r->div };
        for (int op = 0; op < 4; op++) {
          plain[op](a, steps & 1, b, steps >> 1, expected, count);
          memcpy (got, steps & 1 ? a : b, sizeof got);
          fast[op](steps & 1 ? got : a, steps & 1, steps & 1 ? b : got, steps >> 1, got, count);
          check (!memcmp (got, expected, count * sizeof *got));
        }
      }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (activations_equal_reference), TEST (sigmoid_has_its_limits), TEST (places_are_alike),
                                   TEST (arithmetic_equals_reference), { 0 } });
}
