/* SPDX-License-Identifier: MIT
 * add, sub, mul, div of two tensors; what was repeated along an axis of size 1 gets the sum of its derivatives. */
#include "grad.h"

#include <string.h>

/* Steps through one operand: how far the next channel, column and row are; 0 where it is repeated. */
typedef struct steps {
  size_t c, w, h;
} steps;

static steps
steps_of (nn_shape shape)
{
  return (steps) {
    .c = shape.c > 1,
    .w = shape.w > 1 ? (size_t) shape.c : 0,
    .h = shape.h > 1 ? (size_t) shape.w * (size_t) shape.c : 0,
  };
}

/* Derivative of the loss by operand `side`, of one element. */
static inline nn_real
part (nn_op op, int side, nn_real a, nn_real b, nn_real dy)
{
  switch (op) {
  case NN_OP_sub: return side ? -dy : dy;
  case NN_OP_mul: return dy * (side ? a : b);
  case NN_OP_div: return side ? -dy * a / (b * b) : dy / b;
  default: return dy;
  }
}

static void
backward_image (const nn_grad_call *call, int side, const nn_real *a, const nn_real *b, const nn_real *dy, nn_real *d)
{
  steps sa = steps_of (call->shapes[0]), sb = steps_of (call->shapes[1]), sd = side ? sb : sa;
  nn_op op = call->node->op;
  for (size_t y = 0; y < (size_t) call->shape.h; y++)
    for (size_t x = 0; x < (size_t) call->shape.w; x++)
      for (size_t c = 0; c < (size_t) call->shape.c; c++)
        d[y * sd.h + x * sd.w + c * sd.c] += part (op, side, a[y * sa.h + x * sa.w + c * sa.c], b[y * sb.h + x * sb.w + c * sb.c], *dy++);
}

static void
backward (const nn_grad_call *call)
{
  size_t count = nn_shape_count (call->shape), sizes[2] = { nn_shape_count (call->shapes[0]), nn_shape_count (call->shapes[1]) };
  for (int side = 1; side >= 0; side--) { /* din[0] may be dout */
    nn_real *d = call->din[side];
    if (!d || d == call->dout)
      continue;
    if (call->node->op == NN_OP_add && sizes[side] == count) {
      memcpy (d, call->dout, call->n * count * sizeof *d);
      continue;
    }
    memset (d, 0, call->n * sizes[side] * sizeof *d);
    for (size_t i = 0; i < (size_t) call->n; i++)
      backward_image (call, side, call->in[0] + i * sizes[0], call->in[1] + i * sizes[1], call->dout + i * count, d + i * sizes[side]);
  }
}

const nn_grad_impl nn_grad_add = { .in_place = true, .backward = backward };
const nn_grad_impl nn_grad_sub = { .backward = backward };
const nn_grad_impl nn_grad_mul = { .reads_in = true, .backward = backward };
const nn_grad_impl nn_grad_div = { .reads_in = true, .backward = backward };
