/* SPDX-License-Identifier: MIT
 * Batch normalisation in training, of n positions with c channels each, and the relu behind it: contracts, and one build per instruction set.
 *   v = (x - mean) scale + beta,  y = max (v, floor),  g = dy where v > floor, else 0
 * The reference is the specification. Sums are taken of a few positions in nn_real, and of those in double. */
#ifndef NN_KERNELS_NORM_H
#define NN_KERNELS_NORM_H

#include "../nn.h"

typedef struct nn_norm_job {
  size_t n, step; /* positions; elements from one to the next, of all of x, y, dy and dx */
  int c;
  const nn_real *mean, *scale, *beta; /* (c) */
  nn_real floor;                      /* -INFINITY: no relu */
} nn_norm_job;

typedef struct nn_norm_kernels {
  /* sum (c) += x - mean, squares (c) += (x - mean)^2 */
  void (*sums) (const nn_norm_job *job, const nn_real *x, double *sum, double *squares);
  void (*forward) (const nn_norm_job *job, const nn_real *x, nn_real *y);
  /* product (c) += g (x - mean), sum (c) += g */
  void (*slopes) (const nn_norm_job *job, const nn_real *x, const nn_real *dy, double *product, double *sum);
  /* dx = scale g - offset - slope (x - mean); dx may be dy */
  void (*backward) (const nn_norm_job *job, const nn_real *offset, const nn_real *slope, const nn_real *x, const nn_real *dy, nn_real *dx);
} nn_norm_kernels;

extern const nn_norm_kernels nn_norm_ref, nn_norm_generic, nn_norm_avx2, nn_norm_avx512;

enum { NN_NORM_RUN = 64 }; /* positions that are summed in nn_real */

#endif
