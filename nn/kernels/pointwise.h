/* SPDX-License-Identifier: MIT
 * What works on numbers one by one. An output may be an input. */
#ifndef NN_KERNELS_POINTWISE_H
#define NN_KERNELS_POINTWISE_H

#include "../nn.h"

/* y = a op b over count elements; a step of 0 repeats the first, at most on one side. */
typedef void nn_arith_fn (const nn_real *a, int step_a, const nn_real *b, int step_b, nn_real *y, size_t count);

typedef struct nn_pointwise_kernels {
  /* y = act (x) with the parameters a and b of nn_node */
  void (*act) (nn_act act, nn_real a, nn_real b, const nn_real *x, nn_real *y, size_t count);
  nn_arith_fn *add, *sub, *mul, *div;
} nn_pointwise_kernels;

extern const nn_pointwise_kernels nn_pointwise_ref, nn_pointwise_generic, nn_pointwise_avx2, nn_pointwise_avx512;

#endif
