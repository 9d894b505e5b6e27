/* SPDX-License-Identifier: MIT
 * The plain matrix product and BLAS against sums in double. */
#include "net.h"
#include "nn_train.h"

#include <string.h>

enum { LARGEST = 131 * 140 };

static void
check_product (nn_gemm_fn gemm, bool trans_a, bool trans_b, int m, int n, int k, nn_real beta)
{
  static nn_real a[LARGEST], b[LARGEST], c[LARGEST], expected[LARGEST];
  int lda = (trans_a ? m : k) + 3, ldb = (trans_b ? k : n) + 1, ldc = n + 2;
  fill_random (1, LARGEST, a);
  fill_random (2, LARGEST, b);
  fill_random (3, LARGEST, c);
  memcpy (expected, c, sizeof c);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = (double) beta * (double) c[i * ldc + j];
      for (int p = 0; p < k; p++)
        sum += (double) (trans_a ? a[p * lda + i] : a[i * lda + p]) * (double) (trans_b ? b[j * ldb + p] : b[p * ldb + j]);
      expected[i * ldc + j] = (nn_real) sum;
    }
  if (beta == 0)
    c[0] = (nn_real) NAN; /* is not read */
  gemm (trans_a, trans_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
  double worst = 0;
  for (int i = 0; i < LARGEST; i++) /* what lies between the rows stays as it was */
    worst = fmax (worst, isnan (c[i]) ? 1 : fabs ((double) c[i] - (double) expected[i]));
  check_near (worst, 0, 1e-6 * sqrt (k));
}

static void
check_products (nn_gemm_fn gemm)
{
  static const int sizes[][3] = { { 1, 1, 1 }, { 3, 5, 7 }, { 8, 64, 64 }, { 65, 63, 66 }, { 130, 7, 129 }, { 2, 129, 1 }, { 24, 70, 130 } };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int trans = 0; trans < 4; trans++)
      for (int beta = 0; beta < 3; beta++)
        check_product (gemm, trans & 1, trans & 2, sizes[i][0], sizes[i][1], sizes[i][2], (nn_real) beta / 2);
}

static void
plain (void)
{
  check_products (nn_gemm_plain);
}

static void
blas (void)
{
  check_products (nn_gemm_blas);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (plain), TEST (blas), { 0 } });
}
