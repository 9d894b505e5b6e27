/* SPDX-License-Identifier: MIT
 * reshape: the same numbers in the same order under another shape. */
#include "op.h"

#include <string.h>

static bool
check (const nn_node *node, nn_error *error)
{
  nn_shape s = node->u.reshape.shape;
  if ((s.h < 1 && s.h != -1) || (s.w < 1 && s.w != -1) || (s.c < 1 && s.c != -1) || (s.h == -1) + (s.w == -1) + (s.c == -1) > 1)
    return nn_fail (error, "to (%d, %d, %d); expected sizes of at least 1 and at most one -1", s.h, s.w, s.c);
  return true;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  nn_shape to = node->u.reshape.shape;
  int64_t count = (int64_t) nn_shape_count (in[0]);
  *out = to;
  int *rest = to.h == -1 ? &out->h : to.w == -1 ? &out->w : to.c == -1 ? &out->c : NULL;
  if (rest)
    *rest = 1;
  int64_t known = nn_mul_limited (nn_mul_limited (out->h, out->w), out->c);
  if (rest && count % known == 0)
    *rest = (int) (count / known);
  if (rest ? count % known != 0 : count != known)
    return nn_fail (error, "(%d, %d, %d) has %lld elements, which do not fill (%d, %d, %d)", in[0].h, in[0].w, in[0].c, (long long) count, to.h, to.w,
                    to.c);
  return true;
}

static void
forward (const nn_call *call)
{
  if (call->out != call->in[0])
    memcpy (call->out, call->in[0], (size_t) call->n * nn_shape_count (call->shape) * sizeof *call->out);
}

const nn_op_impl nn_op_reshape
    = { .min_in = 1, .max_in = 1, .in_place = 1, .view = true, .check = check, .shape = shape, .forward = forward };
