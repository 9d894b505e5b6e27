/* SPDX-License-Identifier: MIT
 * add, sub, mul, div of two tensors; an axis where one side is 1 is repeated. */
#include "../kernels/kernels.h"
#include "op.h"

#include <string.h>

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

/* Steps through one operand: how far the next channel, column, row and image are; 0 where it is repeated. */
typedef struct steps {
  int c;
  size_t w, h, n;
} steps;

static steps
steps_of (nn_shape shape, nn_storage stored)
{
  return (steps) { .c = shape.c > 1, .w = shape.w > 1 ? (size_t) shape.c : 0, .h = shape.h > 1 ? stored.row : 0, .n = stored.image };
}

static bool
is_whole (const nn_call *call, int input)
{
  return !memcmp (&call->shapes[input], &call->shape, sizeof call->shape);
}

static void
walk_equal (const nn_call *call, nn_arith_fn *row)
{
  nn_storage a = nn_call_stored (call, 0), b = nn_call_stored (call, 1), to = nn_call_out_stored (call);
  nn_runs runs = nn_runs_of (call, 2);
  for (size_t i = 0; i < runs.images; i++)
    for (size_t h = 0; h < runs.rows; h++) {
      nn_real *y = call->out + i * to.image + h * to.row;
      row (call->in[0] + i * a.image + h * a.row, 1, call->in[1] + i * b.image + h * b.row, 1, y, runs.length);
      nn_act_apply (call, y, runs.length);
    }
}

static void
walk_repeated (const nn_call *call, nn_arith_fn *row)
{
  steps a = steps_of (call->shapes[0], nn_call_stored (call, 0)), b = steps_of (call->shapes[1], nn_call_stored (call, 1));
  nn_storage to = nn_call_out_stored (call);
  size_t c = (size_t) call->shape.c;
  for (size_t i = 0; i < (size_t) call->n; i++)
    for (size_t h = 0; h < (size_t) call->shape.h; h++) {
      nn_real *y = call->out + i * to.image + h * to.row;
      for (size_t w = 0; w < (size_t) call->shape.w; w++)
        row (call->in[0] + i * a.n + h * a.h + w * a.w, a.c, call->in[1] + i * b.n + h * b.h + w * b.w, b.c, y + w * c, c);
      nn_act_apply (call, y, (size_t) call->shape.w * c);
    }
}

static void
walk (const nn_call *call, nn_arith_fn *row)
{
  (is_whole (call, 0) && is_whole (call, 1) ? walk_equal : walk_repeated) (call, row);
}

#define ARITH(name)                                                                                                                \
  static void name##_forward (const nn_call *call)                                                                                 \
  {                                                                                                                                \
    walk (call, nn_call_kernels (call)->pointwise->name);                                                                          \
  }                                                                                                                                \
  const nn_op_impl nn_op_##name = {                                                                                                \
    .min_in = 2, .max_in = 2, .in_place = 3, .strided = true, .shape = shape, .forward = name##_forward                            \
  }

ARITH (add);
ARITH (sub);
ARITH (mul);
ARITH (div);
