/* SPDX-License-Identifier: MIT */
#include "grad.h"

/* dx_i = y_i (dy_i - sum_j y_j dy_j) along one line of count values */
static void
line (const nn_real *y, const nn_real *dy, nn_real *dx, size_t count, size_t stride)
{
  nn_real sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += y[i * stride] * dy[i * stride];
  for (size_t i = 0; i < count; i++)
    dx[i * stride] = y[i * stride] * (dy[i * stride] - sum);
}

static void
backward (const nn_grad_call *call)
{
  if (!call->din[0])
    return;
  nn_shape s = call->shape;
  nn_axis axis = call->node->u.along.axis;
  size_t count = (size_t) (axis == NN_AXIS_H ? s.h : axis == NN_AXIS_W ? s.w : s.c);
  size_t stride = axis == NN_AXIS_H ? (size_t) s.w * (size_t) s.c : axis == NN_AXIS_W ? (size_t) s.c : 1;
  size_t block = count * stride, blocks = call->n * nn_shape_count (s) / block;
  for (size_t b = 0; b < blocks; b++)
    for (size_t i = b * block; i < b * block + stride; i++)
      line (call->out + i, call->dout + i, call->din[0] + i, count, stride);
}

const nn_grad_impl nn_grad_softmax = { .reads_out = true, .in_place = true, .backward = backward };
