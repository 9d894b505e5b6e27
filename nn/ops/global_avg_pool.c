/* SPDX-License-Identifier: MIT
 * global_avg_pool: the mean of each channel over the plane. */
#include "op.h"

#include <string.h>

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) node, (void) error;
  *out = (nn_shape) { 1, 1, in[0].c };
  return true;
}

static void
forward (const nn_call *call)
{
  nn_shape from = call->shapes[0];
  size_t plane = (size_t) from.h * (size_t) from.w, channels = (size_t) from.c;
  const nn_real *x = call->in[0];
  nn_real *y = call->out;
  for (int i = 0; i < call->n; i++, y += channels) {
    memset (y, 0, channels * sizeof *y);
    for (size_t p = 0; p < plane; p++, x += channels)
      for (size_t c = 0; c < channels; c++)
        y[c] += x[c];
    for (size_t c = 0; c < channels; c++)
      y[c] /= (nn_real) plane;
  }
}

const nn_op_impl nn_op_global_avg_pool = { .min_in = 1, .max_in = 1, .shape = shape, .forward = forward };
