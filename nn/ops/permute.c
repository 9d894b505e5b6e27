/* SPDX-License-Identifier: MIT
 * permute: the axes of an image exchanged in memory; output axis i is input axis axes[i]. */
#include "op.h"

static bool
check (const nn_node *node, nn_error *error)
{
  const nn_axis *axes = node->u.permute.axes;
  unsigned seen = 0;
  for (int i = 0; i < 3; i++)
    if ((unsigned) axes[i] <= NN_AXIS_C)
      seen |= 1u << axes[i];
  if (seen != 7)
    return nn_fail (error, "axes (%d, %d, %d); expected 0, 1 and 2 in some order", (int) axes[0], (int) axes[1], (int) axes[2]);
  return true;
}

static int
size_along (nn_shape shape, nn_axis axis)
{
  return axis == NN_AXIS_H ? shape.h : axis == NN_AXIS_W ? shape.w : shape.c;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) error;
  const nn_axis *axes = node->u.permute.axes;
  *out = (nn_shape) { size_along (in[0], axes[0]), size_along (in[0], axes[1]), size_along (in[0], axes[2]) };
  return true;
}

static void
forward (const nn_call *call)
{
  const nn_axis *axes = call->node->u.permute.axes;
  nn_shape to = call->shape;
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  size_t strides[3] = { stored.row, (size_t) call->shapes[0].c, 1 };
  size_t sh = strides[axes[0]], sw = strides[axes[1]], sc = strides[axes[2]];
  for (size_t i = 0; i < (size_t) call->n; i++)
    for (size_t h = 0; h < (size_t) to.h; h++) {
      const nn_real *x = call->in[0] + i * stored.image + h * sh;
      nn_real *y = call->out + i * out.image + h * out.row;
      for (size_t w = 0; w < (size_t) to.w; w++)
        for (size_t c = 0; c < (size_t) to.c; c++)
          *y++ = x[w * sw + c * sc];
    }
}

const nn_op_impl nn_op_permute = { .min_in = 1, .max_in = 1, .strided = true, .check = check, .shape = shape, .forward = forward };
