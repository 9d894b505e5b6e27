/* SPDX-License-Identifier: MIT
 * Every build of the kernels of batch normalisation against the reference, over channels around panels and vectors and runs of positions. */
#include "kernels/kernels.h"
#include "test.h"

#include <string.h>

enum { LARGEST = 150 * 75, PADDED = 75 };

static nn_real x[LARGEST], dy[LARGEST], mean[PADDED], scale[PADDED], beta[PADDED], offset[PADDED], slope[PADDED];

typedef struct results {
  double sum[PADDED], squares[PADDED], product[PADDED], total[PADDED];
  nn_real y[LARGEST], dx[LARGEST];
} results;

static void
fill (uint64_t sample, size_t count, nn_real *to)
{
  nn_random random = nn_random_new (1, 0, sample, NN_FOR_TEST);
  for (size_t i = 0; i < count; i++)
    to[i] = nn_random_normal (&random);
}

/* All four; the derivative in place, as training has it. */
static void
run (const nn_norm_kernels *norm, const nn_norm_job *job, results *r)
{
  memset (r, 0, sizeof *r);
  norm->sums (job, x, r->sum, r->squares);
  norm->forward (job, x, r->y);
  norm->slopes (job, x, dy, r->product, r->total);
  memcpy (r->dx, dy, sizeof r->dx);
  norm->backward (job, offset, slope, x, r->dx, r->dx);
}

static double
difference (size_t count, const nn_real *a, const nn_real *b)
{
  double largest = 0;
  for (size_t i = 0; i < count; i++)
    largest = test_worse (largest, fabs ((double) a[i] - (double) b[i]));
  return largest;
}

static void
compare (size_t n, int c, size_t step, nn_real floor)
{
  static results expected, got;
  nn_norm_job job = { n, step, c, mean, scale, beta, floor };
  run (&nn_norm_ref, &job, &expected);
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++) {
    if (!runs)
      continue;
    run (kernels->norm, &job, &got);
    double worst = 0;
    for (int j = 0; j < PADDED; j++) { /* channels past c stay 0 */
      worst = test_worse (worst, fabs (expected.sum[j] - got.sum[j]) + fabs (expected.squares[j] - got.squares[j]));
      worst = test_worse (worst, fabs (expected.product[j] - got.product[j]) + fabs (expected.total[j] - got.total[j]));
    }
    check (worst < 4e-6 * (double) (n + 10)); /* of so many numbers up to 10, in runs of 64 */
    check (difference (LARGEST, expected.y, got.y) < 1e-5);
    check (difference (LARGEST, expected.dx, got.dx) < 1e-5);
  }
}

static void
equals_reference (void)
{
  fill (1, LARGEST, x);
  fill (2, LARGEST, dy);
  fill (3, PADDED, mean);
  fill (4, PADDED, scale);
  fill (5, PADDED, beta);
  fill (6, PADDED, offset);
  fill (7, PADDED, slope);
  static const size_t counts[] = { 1, 2, 63, 64, 65, 150 };
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    for (int c = 1; c <= PADDED; c++) {
      compare (counts[i], c, (size_t) c, 0);
      compare (counts[i], c, PADDED, -(nn_real) INFINITY);
    }
}

/* The reference against the formulas of one position and one channel. */
static void
reference_is_the_formula (void)
{
  const nn_real m = 2, s = 3, b = -1, o = (nn_real) 0.25, t = (nn_real) 0.5;
  for (int positive = 0; positive < 2; positive++) {
    const nn_real at = positive ? 4 : 1, slope_in = 7, v = (at - m) * s + b, g = positive ? slope_in : 0;
    nn_norm_job job = { 1, 1, 1, &m, &s, &b, 0 };
    nn_real y, d;
    double sum = 1, squares = 2, product = 3, total = 4;
    nn_norm_ref.sums (&job, &at, &sum, &squares);
    nn_norm_ref.forward (&job, &at, &y);
    nn_norm_ref.slopes (&job, &at, &slope_in, &product, &total);
    nn_norm_ref.backward (&job, &o, &t, &at, &slope_in, &d);
    check (sum == 1 + (double) (at - m) && squares == 2 + (double) ((at - m) * (at - m)));
    check (y == (positive ? v : 0));
    check (product == 3 + (double) (g * (at - m)) && total == 4 + (double) g);
    check (d == s * g - o - t * (at - m));
  }
}

/* What is no number stays none, so that training sees that it has failed. */
static void
keeps_nan (void)
{
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++) {
    nn_real y[40], values[40], ones[40];
    for (int j = 0; j < 40; j++)
      values[j] = (nn_real) NAN, ones[j] = 1;
    nn_norm_job job = { 1, 40, 40, ones, ones, ones, 0 };
    if (runs)
      kernels->norm->forward (&job, values, y);
    for (int j = 0; runs && j < 40; j++)
      check (isnan (y[j]));
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (equals_reference), TEST (reference_is_the_formula), TEST (keeps_nan), { 0 } });
}
