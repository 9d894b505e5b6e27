/* SPDX-License-Identifier: MIT
 * The kernels of one level: what the operators' fast paths are made of, built for one instruction set. */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "conv.h"
#include "conv16.h"
#include "depthwise.h"
#include "norm.h"
#include "pointwise.h"
#include "pool.h"
#include "winograd.h"

typedef struct nn_kernels {
  const char *name; /* "ref", "generic", "avx2", "avx512", "avx512vnni" */
  const nn_conv_kernels *conv; /* also the matrix product: a 1x1 window */
  nn_depthwise_fn *depthwise;
  const nn_norm_kernels *norm;
  const nn_pointwise_kernels *pointwise;
  const nn_pool_kernels *pool;
  const nn_winograd_kernels *winograd;
  const nn_kernels16 *fast; /* of integers; NULL in the build in double */
} nn_kernels;

/* The level of that name; name NULL: the one that the environment's NN_CPU names, else the best that this CPU has. NULL with an error when
 * there is no such level or the CPU cannot run it. */
const nn_kernels *nn_kernels_for (const char *name, nn_error *error);

/* The specification, which every CPU runs. */
const nn_kernels *nn_kernels_reference (void);

/* Level i, best first, NULL behind the last; runs here or not. */
const nn_kernels *nn_kernels_level (int i, bool *runs);

#endif
