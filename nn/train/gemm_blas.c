/* SPDX-License-Identifier: MIT
 * The one place that knows BLAS. */
#include "../nn_train.h"

#include <cblas.h>

void
nn_gemm_blas (bool trans_a, bool trans_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb, nn_real beta, nn_real *c,
              int ldc)
{
  cblas_sgemm (CblasRowMajor, trans_a ? CblasTrans : CblasNoTrans, trans_b ? CblasTrans : CblasNoTrans, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}
