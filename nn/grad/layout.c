/* SPDX-License-Identifier: MIT
 * Operators that only say where values lie, and the leaves of the graph. */
#include "grad.h"

#include <string.h>

/* dx = dy: the same bytes */
static void
same (const nn_grad_call *call)
{
  if (call->din[0] && call->din[0] != call->dout)
    memcpy (call->din[0], call->dout, call->n * nn_shape_count (call->shape) * sizeof (nn_real));
}

/* Elements that lie together before the next input's turn. */
static size_t
run_length (nn_axis axis, nn_shape in)
{
  return axis == NN_AXIS_H ? nn_shape_count (in) : axis == NN_AXIS_W ? (size_t) in.w * (size_t) in.c : (size_t) in.c;
}

static void
concat (const nn_grad_call *call)
{
  nn_axis axis = call->node->u.along.axis;
  size_t stride = run_length (axis, call->shape), runs = call->n * nn_shape_count (call->shape) / stride;
  const nn_real *dy = call->dout;
  for (int i = 0; i < call->node->n_in; i++) {
    size_t length = run_length (axis, call->shapes[i]);
    for (size_t r = 0; call->din[i] && r < runs; r++)
      memcpy (call->din[i] + r * length, dy + r * stride, length * sizeof *dy);
    dy += length;
  }
}

static void
pad (const nn_grad_call *call)
{
  nn_shape in = call->shapes[0], out = call->shape;
  size_t row = (size_t) in.w * (size_t) in.c;
  nn_real *dx = call->din[0];
  if (!dx)
    return;
  for (int i = 0; i < call->n; i++)
    for (int y = 0; y < in.h; y++, dx += row) {
      size_t line = (size_t) i * out.h + call->node->u.pad.top + y;
      memcpy (dx, call->dout + (line * out.w + call->node->u.pad.left) * out.c, row * sizeof *dx);
    }
}

static void
permute (const nn_grad_call *call)
{
  const nn_axis *axes = call->node->u.permute.axes;
  nn_shape in = call->shapes[0], out = call->shape;
  size_t strides[3] = { (size_t) in.w * (size_t) in.c, (size_t) in.c, 1 };
  size_t sh = strides[axes[0]], sw = strides[axes[1]], sc = strides[axes[2]];
  const nn_real *dy = call->dout;
  nn_real *dx = call->din[0];
  for (int i = 0; dx && i < call->n; i++, dx += nn_shape_count (in))
    for (size_t y = 0; y < (size_t) out.h; y++)
      for (size_t x = 0; x < (size_t) out.w; x++)
        for (size_t c = 0; c < (size_t) out.c; c++)
          dx[y * sh + x * sw + c * sc] = *dy++;
}

const nn_grad_impl nn_grad_identity = { .in_place = true, .backward = same };
const nn_grad_impl nn_grad_reshape = { .in_place = true, .backward = same };
const nn_grad_impl nn_grad_input = { 0 };
const nn_grad_impl nn_grad_constant = { 0 };
const nn_grad_impl nn_grad_concat = { .backward = concat };
const nn_grad_impl nn_grad_pad = { .backward = pad };
const nn_grad_impl nn_grad_permute = { .backward = permute };
