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
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  size_t channels = (size_t) from.c, row = (size_t) from.w * channels;
  for (int i = 0; i < call->n; i++) {
    const nn_real *x = call->in[0] + (size_t) i * stored.image;
    nn_real *y = call->out + (size_t) i * out.image;
    memset (y, 0, channels * sizeof *y);
    for (int h = 0; h < from.h; h++, x += stored.row)
      for (size_t w = 0; w < row; w += channels)
        for (size_t c = 0; c < channels; c++)
          y[c] += x[w + c];
    for (size_t c = 0; c < channels; c++)
      y[c] /= (nn_real) from.h * (nn_real) from.w;
  }
}

const nn_op_impl nn_op_global_avg_pool = { .min_in = 1, .max_in = 1, .strided = true, .shape = shape, .forward = forward };
