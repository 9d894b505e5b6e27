/* SPDX-License-Identifier: MIT
 * Operators that hand their input on: identity, and dropout, which only works in training. */
#include "op.h"

#include <string.h>

static bool
dropout_check (const nn_node *node, nn_error *error)
{
  nn_real rate = node->u.dropout.rate;
  if (!(rate >= 0 && rate < 1))
    return nn_fail (error, "rate %g; expected at least 0 and less than 1", (double) rate);
  return true;
}

static void
forward (const nn_call *call)
{
  if (call->out != call->in[0])
    memcpy (call->out, call->in[0], (size_t) call->n * nn_shape_count (call->shape) * sizeof *call->out);
}

const nn_op_impl nn_op_dropout
    = { .min_in = 1, .max_in = 1, .in_place = 1, .view = true, .check = dropout_check, .shape = nn_shape_same, .forward = forward };
const nn_op_impl nn_op_identity = { .min_in = 1, .max_in = 1, .in_place = 1, .view = true, .shape = nn_shape_same, .forward = forward };
