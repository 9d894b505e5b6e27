/* SPDX-License-Identifier: MIT
 * The kernels of one level: what the operators' fast paths are made of, built for one instruction set. */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include "conv.h"
#include "depthwise.h"
#include "norm.h"
#include "winograd.h"

typedef struct nn_kernels {
  const char *name; /* "ref", "generic", "avx2", "avx512" */
  const nn_conv_kernels *conv; /* also the matrix product: a 1x1 window */
  nn_depthwise_fn *depthwise;
  const nn_norm_kernels *norm;
  const nn_winograd_kernels *winograd;
} nn_kernels;

/* The level of that name; name NULL: the one that the environment's NN_CPU names, else the best that this CPU has. NULL with an error when
 * there is no such level or the CPU cannot run it. */
const nn_kernels *nn_kernels_for (const char *name, nn_error *error);

/* Level i, best first, NULL behind the last; runs here or not. */
const nn_kernels *nn_kernels_level (int i, bool *runs);

#endif
