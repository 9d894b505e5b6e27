/* SPDX-License-Identifier: MIT
 * Where values come from: the image batch, and parameters as a tensor. */
#include "op.h"

#include <string.h>

static int64_t
count_limited (nn_shape shape)
{
  return nn_mul_limited (nn_mul_limited (shape.h, shape.w), shape.c);
}

static bool
input_check (const nn_node *node, nn_error *error)
{
  nn_shape shape = node->u.input.shape;
  if (shape.h < 0 || shape.w < 0 || shape.c < 1 || count_limited (shape) > NN_MAX_ELEMENTS)
    return nn_fail (error, "shape (%d, %d, %d); expected h and w of at least 0 and c of at least 1", shape.h, shape.w, shape.c);
  return true;
}

static bool
input_shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) in, (void) error;
  *out = node->u.input.shape;
  return true;
}

static bool
constant_check (const nn_node *node, nn_error *error)
{
  nn_shape shape = node->u.constant.shape;
  if (shape.h < 1 || shape.w < 1 || shape.c < 1 || count_limited (shape) > NN_MAX_ELEMENTS)
    return nn_fail (error, "shape (%d, %d, %d); expected sizes of at least 1", shape.h, shape.w, shape.c);
  return true;
}

static size_t
constant_n_weights (const nn_node *node)
{
  return nn_shape_count (node->u.constant.shape);
}

static bool
constant_shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) in, (void) error;
  *out = node->u.constant.shape;
  return true;
}

/* The caller owns the batch: whoever walks the graph takes it from there. */
static void
input_forward (const nn_call *call)
{
  (void) call;
}

static void
constant_forward (const nn_call *call)
{
  memcpy (call->out, call->weights, nn_shape_count (call->shape) * sizeof *call->out);
}

const nn_op_impl nn_op_input = { .check = input_check, .shape = input_shape, .forward = input_forward };
const nn_op_impl nn_op_constant
    = { .check = constant_check, .n_weights = constant_n_weights, .shape = constant_shape, .forward = constant_forward };
