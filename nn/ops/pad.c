/* SPDX-License-Identifier: MIT
 * pad: a border of one value around each plane. */
#include "op.h"

#include <math.h>
#include <string.h>

#define MAX_PAD (1 << 15)

static bool
check (const nn_node *node, nn_error *error)
{
  int sides[4] = { node->u.pad.top, node->u.pad.left, node->u.pad.bottom, node->u.pad.right };
  for (int i = 0; i < 4; i++)
    if (sides[i] < 0 || sides[i] > MAX_PAD)
      return nn_fail (error, "pads (%d, %d, %d, %d); expected 0 to %d", sides[0], sides[1], sides[2], sides[3], MAX_PAD);
  if (isnan (node->u.pad.value))
    return nn_fail (error, "the value is not a number");
  return true;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) error;
  *out = (nn_shape) { in[0].h + node->u.pad.top + node->u.pad.bottom, in[0].w + node->u.pad.left + node->u.pad.right, in[0].c };
  return true;
}

static nn_real *
fill (nn_real *y, nn_real value, size_t count)
{
  for (size_t i = 0; i < count; i++)
    y[i] = value;
  return y + count;
}

static void
forward (const nn_call *call)
{
  const nn_node *node = call->node;
  nn_shape from = call->shapes[0], to = call->shape;
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  size_t inside = (size_t) from.w * (size_t) from.c, row = (size_t) to.w * (size_t) to.c, c = (size_t) to.c;
  nn_real value = node->u.pad.value;
  for (int i = 0; i < call->n; i++)
    for (int h = 0; h < to.h; h++) {
      nn_real *y = call->out + (size_t) i * out.image + (size_t) h * out.row;
      int from_h = h - node->u.pad.top;
      if (from_h < 0 || from_h >= from.h) {
        fill (y, value, row);
        continue;
      }
      y = fill (y, value, (size_t) node->u.pad.left * c);
      memcpy (y, call->in[0] + (size_t) i * stored.image + (size_t) from_h * stored.row, inside * sizeof *y);
      fill (y + inside, value, (size_t) node->u.pad.right * c);
    }
}

const nn_op_impl nn_op_pad = { .min_in = 1, .max_in = 1, .strided = true, .check = check, .shape = shape, .forward = forward };
