/* SPDX-License-Identifier: MIT
 * A matrix product without a library: op (B) is copied tile by tile, so that the inner loop always runs along rows, whatever is transposed. */
#include "../nn_grad.h"

#include <string.h>

enum { TILE = 64 };

/* tile (k, n) = op (B) [p0 ..][j0 ..] */
static void
copy_tile (bool trans, const nn_real *b, int ldb, int p0, int k, int j0, int n, nn_real (*tile)[TILE])
{
  for (int p = 0; p < k; p++)
    for (int j = 0; j < n; j++)
      tile[p][j] = trans ? b[(size_t) (j0 + j) * ldb + p0 + p] : b[(size_t) (p0 + p) * ldb + j0 + j];
}

/* c (n) += a (k, every step'th) * tile (k, n) */
static void
multiply_row (int k, int n, const nn_real *a, size_t step, nn_real (*tile)[TILE], nn_real *c)
{
  nn_real sum[TILE] = { 0 };
  for (int p = 0; p < k; p++) {
    nn_real factor = a[p * step];
    for (int j = 0; j < TILE; j++)
      sum[j] += factor * tile[p][j];
  }
  for (int j = 0; j < n; j++)
    c[j] += sum[j];
}

void
nn_gemm_plain (bool trans_a, bool trans_b, int m, int n, int k, const nn_real *a, int lda, const nn_real *b, int ldb, nn_real beta, nn_real *c,
               int ldc)
{
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) /* beta 0 forgets what was there, even a NaN */
      c[(size_t) i * ldc + j] = beta == 0 ? 0 : beta * c[(size_t) i * ldc + j];
  nn_real tile[TILE][TILE];
  memset (tile, 0, sizeof tile); /* columns past n are multiplied too */
  for (int j0 = 0; j0 < n; j0 += TILE)
    for (int p0 = 0; p0 < k; p0 += TILE) {
      int tn = n - j0 < TILE ? n - j0 : TILE, tk = k - p0 < TILE ? k - p0 : TILE;
      copy_tile (trans_b, b, ldb, p0, tk, j0, tn, tile);
      for (int i = 0; i < m; i++)
        multiply_row (tk, tn, trans_a ? a + (size_t) p0 * lda + i : a + (size_t) i * lda + p0, trans_a ? (size_t) lda : 1, tile,
                      c + (size_t) i * ldc + j0);
    }
}
