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

/* One image of one input: whole rows, or pixel by pixel where channels are joined. */
static void
copy (nn_axis axis, nn_shape shape, const nn_real *x, size_t row, nn_shape to, nn_real *y, size_t out_row)
{
  size_t pixels = axis == NN_AXIS_C ? (size_t) shape.w : 1, length = (size_t) shape.w * (size_t) shape.c / pixels;
  for (int h = 0; h < shape.h; h++)
    for (size_t p = 0; p < pixels; p++)
      memcpy (y + (size_t) h * out_row + p * (size_t) to.c, x + (size_t) h * row + p * length, length * sizeof *y);
}

static void
forward (const nn_call *call)
{
  nn_axis axis = call->node->u.along.axis;
  nn_storage out = nn_call_out_stored (call);
  size_t at = 0;
  for (int j = 0; j < call->node->n_in; j++) {
    nn_shape shape = call->shapes[j];
    nn_storage stored = nn_call_stored (call, j);
    for (size_t i = 0; i < (size_t) call->n; i++)
      copy (axis, shape, call->in[j] + i * stored.image, stored.row, call->shape, call->out + i * out.image + at, out.row);
    at += axis == NN_AXIS_H ? (size_t) shape.h * out.row : axis == NN_AXIS_W ? (size_t) shape.w * (size_t) shape.c : (size_t) shape.c;
  }
}

const nn_op_impl nn_op_concat = { .min_in = 1, .max_in = NN_MAX_INPUTS, .strided = true, .check = check, .shape = shape, .forward = forward };
