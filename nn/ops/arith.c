/* SPDX-License-Identifier: MIT
 * add, sub, mul, div of two tensors; an axis where one side is 1 is repeated. */
#include "op.h"

static bool
broadcast (int a, int b, int *out)
{
  *out = a == 1 ? b : a;
  return a == b || a == 1 || b == 1;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) node;
  nn_shape a = in[0], b = in[1];
  if (!broadcast (a.h, b.h, &out->h) || !broadcast (a.w, b.w, &out->w) || !broadcast (a.c, b.c, &out->c))
    return nn_fail (error, "inputs (%d, %d, %d) and (%d, %d, %d); expected equal sizes, or 1 on one side", a.h, a.w, a.c, b.h, b.w, b.c);
  return true;
}

/* y = a op b over count elements; a step of 0 repeats the first. */
typedef void row_fn (const nn_real *a, int step_a, const nn_real *b, int step_b, nn_real *y, size_t count);

/* Steps through one operand: how far the next channel, column, row and image are; 0 where it is repeated. */
typedef struct steps {
  int c;
  size_t w, h, n;
} steps;

static steps
steps_of (nn_shape shape, bool single)
{
  return (steps) { .c = shape.c > 1,
                   .w = shape.w > 1 ? (size_t) shape.c : 0,
                   .h = shape.h > 1 ? (size_t) shape.w * (size_t) shape.c : 0,
                   .n = single ? 0 : nn_shape_count (shape) };
}

static void
walk (const nn_call *call, row_fn *row)
{
  const nn_real *a = call->in[0], *b = call->in[1];
  bool single_a = call->single && call->single[0], single_b = call->single && call->single[1];
  size_t count = nn_shape_count (call->shape), total = (size_t) call->n * count;
  if (!single_a && !single_b && nn_shape_count (call->shapes[0]) == count && nn_shape_count (call->shapes[1]) == count) {
    row (a, 1, b, 1, call->out, total);
    nn_act_apply (call->node, call->out, total);
    return;
  }
  steps sa = steps_of (call->shapes[0], single_a), sb = steps_of (call->shapes[1], single_b);
  nn_real *y = call->out;
  for (size_t i = 0; i < (size_t) call->n; i++)
    for (size_t h = 0; h < (size_t) call->shape.h; h++)
      for (size_t w = 0; w < (size_t) call->shape.w; w++, y += call->shape.c)
        row (a + i * sa.n + h * sa.h + w * sa.w, sa.c, b + i * sb.n + h * sb.h + w * sb.w, sb.c, y, (size_t) call->shape.c);
  nn_act_apply (call->node, call->out, total);
}

/* One loop for each pair of steps, so that each of them vectorises. */
#define ARITH(name, op)                                                                                                            \
  static void name##_row (const nn_real *a, int step_a, const nn_real *b, int step_b, nn_real *y, size_t count)                     \
  {                                                                                                                                \
    if (step_a && step_b)                                                                                                          \
      for (size_t i = 0; i < count; i++)                                                                                           \
        y[i] = a[i] op b[i];                                                                                                       \
    else if (step_a)                                                                                                               \
      for (size_t i = 0; i < count; i++)                                                                                           \
        y[i] = a[i] op b[0];                                                                                                       \
    else                                                                                                                           \
      for (size_t i = 0; i < count; i++)                                                                                           \
        y[i] = a[0] op b[i * (size_t) step_b];                                                                                     \
  }                                                                                                                                \
  static void name##_forward (const nn_call *call)                                                                                 \
  {                                                                                                                                \
    walk (call, name##_row);                                                                                                       \
  }                                                                                                                                \
  const nn_op_impl nn_op_##name = { .min_in = 2, .max_in = 2, .in_place = true, .shape = shape, .forward = name##_forward }

ARITH (add, +);
ARITH (sub, -);
ARITH (mul, *);
ARITH (div, /);
