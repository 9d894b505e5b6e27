/* SPDX-License-Identifier: MIT
 * Activations: the same function as a node of its own and fused behind another. */
#include "../kernels/kernels.h"
#include "op.h"

#include <math.h>

void
nn_act_apply (const nn_call *call, nn_real *x, size_t count)
{
  const nn_node *node = call->node;
  if (node->act != NN_ACT_NONE)
    nn_call_kernels (call)->pointwise->act (node->act, node->act_a, node->act_b, x, x, count);
}

bool
nn_act_clamp (const nn_node *node, nn_real *low, nn_real *high)
{
  *low = node->act == NN_ACT_RELU ? 0 : node->act == NN_ACT_CLIP ? node->act_a : -(nn_real) INFINITY;
  *high = node->act == NN_ACT_CLIP ? node->act_b : (nn_real) INFINITY;
  return node->act == NN_ACT_NONE || node->act == NN_ACT_RELU || node->act == NN_ACT_CLIP;
}

nn_act
nn_act_of (nn_op op)
{
  switch (op) {
  case NN_OP_relu:
    return NN_ACT_RELU;
  case NN_OP_leaky_relu:
    return NN_ACT_LEAKY_RELU;
  case NN_OP_clip:
    return NN_ACT_CLIP;
  case NN_OP_sigmoid:
    return NN_ACT_SIGMOID;
  case NN_OP_hard_sigmoid:
    return NN_ACT_HARD_SIGMOID;
  case NN_OP_hard_swish:
    return NN_ACT_HARD_SWISH;
  default:
    return NN_ACT_NONE;
  }
}

static void
forward (const nn_call *call)
{
  const nn_node *node = call->node;
  nn_storage from = nn_call_stored (call, 0), to = nn_call_out_stored (call);
  nn_runs runs = nn_runs_of (call, 1);
  for (size_t i = 0; i < runs.images; i++)
    for (size_t h = 0; h < runs.rows; h++)
      nn_call_kernels (call)->pointwise->act (nn_act_of (node->op), node->act_a, node->act_b, call->in[0] + i * from.image + h * from.row,
                                              call->out + i * to.image + h * to.row, runs.length);
}

#define ACT(name)                                                                                                                  \
  const nn_op_impl nn_op_##name = {                                                                                                \
    .min_in = 1, .max_in = 1, .in_place = 1, .strided = true, .shape = nn_shape_same, .forward = forward                           \
  }
ACT (relu);
ACT (leaky_relu);
ACT (clip);
ACT (sigmoid);
ACT (hard_sigmoid);
ACT (hard_swish);
