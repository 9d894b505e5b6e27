/* SPDX-License-Identifier: MIT
 * Pooling of a row of (w, c) outputs whose windows are alike: all of them inside the plane, or one that is cut at its edge; and its derivative,
 * of windows that have no input in common. */
#ifndef NN_KERNELS_POOL_H
#define NN_KERNELS_POOL_H

#include "../nn.h"

typedef struct nn_pool_job {
  int w, c;                  /* outputs */
  int rows, columns;         /* taps of each window, at least 1 */
  ptrdiff_t x_row, x_column; /* elements from tap to tap, down and across */
  ptrdiff_t x_step;          /* from one output's window to the next one's */
  nn_real scale;             /* of mean: 1 / count */
} nn_pool_job;

/* x points to the first tap of the first window. */
typedef void nn_pool_fn (const nn_pool_job *job, const nn_real *x, nn_real *y);

/* dx lies as x does; of it the windows are written. */
typedef void nn_pool_slope_fn (const nn_pool_job *job, const nn_real *x, const nn_real *dy, nn_real *dx);

typedef struct nn_pool_kernels {
  nn_pool_fn *max;  /* y[c] = max of x[c] over the taps */
  nn_pool_fn *mean; /* y[c] = scale * sum of x[c] over the taps */
  nn_pool_slope_fn *max_slope;  /* dy where x has its maximum first, else 0 */
  nn_pool_slope_fn *mean_slope; /* scale * dy; x is not read */
} nn_pool_kernels;

extern const nn_pool_kernels nn_pool_ref, nn_pool_generic, nn_pool_avx2, nn_pool_avx512;

#endif
