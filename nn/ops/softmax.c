/* SPDX-License-Identifier: MIT
 * softmax: y_i = exp (x_i - max x) / sum_j exp (x_j - max x) along an axis. */
#include "op.h"

#include <tgmath.h>

static bool
check (const nn_node *node, nn_error *error)
{
  if ((unsigned) node->u.along.axis > NN_AXIS_C)
    return nn_fail (error, "axis %d; expected 0, 1 or 2", (int) node->u.along.axis);
  return true;
}

static void
softmax (const nn_real *x, nn_real *y, size_t count, size_t stride)
{
  nn_real max = x[0], sum = 0;
  for (size_t i = 1; i < count; i++)
    max = x[i * stride] > max ? x[i * stride] : max;
  for (size_t i = 0; i < count; i++)
    sum += y[i * stride] = exp (x[i * stride] - max);
  for (size_t i = 0; i < count; i++)
    y[i * stride] /= sum;
}

static void
forward (const nn_call *call)
{
  nn_shape s = call->shape;
  nn_axis axis = call->node->u.along.axis;
  size_t count = (size_t) (axis == NN_AXIS_H ? s.h : axis == NN_AXIS_W ? s.w : s.c);
  size_t stride = axis == NN_AXIS_H ? (size_t) s.w * (size_t) s.c : axis == NN_AXIS_W ? (size_t) s.c : 1;
  size_t block = count * stride, blocks = (size_t) call->n * nn_shape_count (s) / block;
  for (size_t b = 0; b < blocks; b++)
    for (size_t i = 0; i < stride; i++)
      softmax (call->in[0] + b * block + i, call->out + b * block + i, count, stride);
}

const nn_op_impl nn_op_softmax
    = { .min_in = 1, .max_in = 1, .in_place = 1, .check = check, .shape = nn_shape_same, .forward = forward };
