/* SPDX-License-Identifier: MIT
 * batch_norm with running statistics: y = gamma (x - mean) / sqrt (variance + eps) + beta. */
#include "../kernels/kernels.h"
#include "op.h"

#include <tgmath.h>

static bool
check (const nn_node *node, nn_error *error)
{
  if (node->u.batch_norm.c < 1 || node->u.batch_norm.c > NN_MAX_ELEMENTS / 4)
    return nn_fail (error, "%d channels; expected at least 1", node->u.batch_norm.c);
  if (!(node->u.batch_norm.eps >= 0) || isinf (node->u.batch_norm.eps))
    return nn_fail (error, "eps %g; expected a number of at least 0", (double) node->u.batch_norm.eps);
  return true;
}

static size_t
n_weights (const nn_node *node)
{
  return 4 * (size_t) node->u.batch_norm.c;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  if (in[0].c != node->u.batch_norm.c)
    return nn_fail (error, "input with %d channels; expected %d", in[0].c, node->u.batch_norm.c);
  *out = in[0];
  return true;
}

/* Channels at work at once: their factors stay in a small table. */
#define STRIP 64

static void
forward (const nn_call *call)
{
  size_t channels = (size_t) call->shape.c;
  nn_storage from = nn_call_stored (call, 0), to = nn_call_out_stored (call);
  nn_runs runs = nn_runs_of (call, 1);
  nn_act act = call->node->act;
  const nn_real *gamma = call->weights, *beta = gamma + channels, *mean = beta + channels, *variance = mean + channels;
  for (size_t first = 0; first < channels; first += STRIP) {
    size_t count = channels - first < STRIP ? channels - first : STRIP;
    nn_real scale[STRIP];
    for (size_t c = 0; c < count; c++)
      scale[c] = gamma[first + c] / sqrt (variance[first + c] + call->node->u.batch_norm.eps);
    const nn_norm_job job = { .n = runs.length / channels,
                              .step = channels,
                              .c = (int) count,
                              .mean = mean + first,
                              .scale = scale,
                              .beta = beta + first,
                              .floor = act == NN_ACT_RELU ? 0 : -(nn_real) INFINITY };
    for (size_t r = 0; r < runs.images * runs.rows; r++)
      nn_call_kernels (call)->norm->forward (&job, call->in[0] + r / runs.rows * from.image + r % runs.rows * from.row + first,
                                             call->out + r / runs.rows * to.image + r % runs.rows * to.row + first);
  }
  for (size_t r = 0; act != NN_ACT_RELU && r < runs.images * runs.rows; r++)
    nn_act_apply (call, call->out + r / runs.rows * to.image + r % runs.rows * to.row, runs.length);
}

const nn_op_impl nn_op_batch_norm
    = { .min_in = 1, .max_in = 1, .in_place = 1, .strided = true, .check = check, .n_weights = n_weights, .shape = shape, .forward = forward };
