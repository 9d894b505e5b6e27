/* SPDX-License-Identifier: MIT
 * concat: tensors one after another along an axis. */
#include "op.h"

#include <string.h>

static bool
check (const nn_node *node, nn_error *error)
{
  if ((unsigned) node->u.along.axis > NN_AXIS_C)
    return nn_fail (error, "axis %d; expected 0, 1 or 2", (int) node->u.along.axis);
  return true;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  nn_axis axis = node->u.along.axis;
  int64_t sum = 0;
  for (int i = 0; i < node->n_in; i++) {
    if ((axis != NN_AXIS_H && in[i].h != in[0].h) || (axis != NN_AXIS_W && in[i].w != in[0].w) || (axis != NN_AXIS_C && in[i].c != in[0].c))
      return nn_fail (error, "inputs (%d, %d, %d) and (%d, %d, %d) differ on another axis than %d", in[0].h, in[0].w, in[0].c, in[i].h, in[i].w,
                      in[i].c, (int) axis);
    sum += axis == NN_AXIS_H ? in[i].h : axis == NN_AXIS_W ? in[i].w : in[i].c;
  }
  if (sum > NN_MAX_ELEMENTS)
    return nn_fail (error, "%lld elements along axis %d; expected at most %lld", (long long) sum, (int) axis, (long long) NN_MAX_ELEMENTS);
  *out = in[0];
  *(axis == NN_AXIS_H ? &out->h : axis == NN_AXIS_W ? &out->w : &out->c) = (int) sum;
  return true;
}

/* Elements that lie together before the next input's turn. */
static size_t
run_length (nn_axis axis, nn_shape in)
{
  return axis == NN_AXIS_H ? nn_shape_count (in) : axis == NN_AXIS_W ? (size_t) in.w * (size_t) in.c : (size_t) in.c;
}

static void
forward (const nn_call *call)
{
  nn_axis axis = call->node->u.along.axis;
  size_t stride = run_length (axis, call->shape), runs = (size_t) call->n * nn_shape_count (call->shape) / stride;
  nn_real *y = call->out;
  for (int i = 0; i < call->node->n_in; i++) {
    size_t length = run_length (axis, call->shapes[i]);
    for (size_t r = 0; r < runs; r++)
      memcpy (y + r * stride, call->in[i] + r * length, length * sizeof *y);
    y += length;
  }
}

const nn_op_impl nn_op_concat = { .min_in = 1, .max_in = NN_MAX_INPUTS, .check = check, .shape = shape, .forward = forward };
