/* SPDX-License-Identifier: MIT
 * dense: y = W x + b over the flattened image, in memory order (h, w, c). */
#include "../kernels/kernels.h"
#include "op.h"

static bool
check (const nn_node *node, nn_error *error)
{
  int k = node->u.dense.k, c = node->u.dense.c;
  if (k < 1 || c < 1 || nn_mul_limited (k, (int64_t) c + 1) > NN_MAX_ELEMENTS)
    return nn_fail (error, "%d units of %d inputs; expected at least 1 each and at most %lld weights", k, c, (long long) NN_MAX_ELEMENTS);
  return true;
}

static size_t
n_weights (const nn_node *node)
{
  return (size_t) node->u.dense.k * ((size_t) node->u.dense.c + node->u.dense.bias);
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  if (nn_shape_count (in[0]) != (size_t) node->u.dense.c)
    return nn_fail (error, "input (%d, %d, %d) has %zu elements; expected %d", in[0].h, in[0].w, in[0].c, nn_shape_count (in[0]), node->u.dense.c);
  *out = (nn_shape) { 1, 1, node->u.dense.k };
  return true;
}

static int64_t
macs (const nn_node *node, nn_shape out)
{
  (void) out;
  return (int64_t) node->u.dense.k * node->u.dense.c;
}

static size_t
packed_bytes (const nn_node *node, const nn_kernels *kernels)
{
  return nn_conv_packed_size (kernels->conv, node->u.dense.k, node->u.dense.c, 1, 1) * sizeof (nn_real);
}

static void
pack (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed)
{
  int k = node->u.dense.k, c = node->u.dense.c;
  nn_conv_pack (kernels->conv, k, c, 1, 1, weights, (nn_conv_steps) { .k = c, .c = 1 }, packed);
}

/* Y = X W^T + b as a 1x1 convolution of a row of n pixels. */
static void
forward_packed (const nn_call *call)
{
  int k = call->node->u.dense.k, c = call->node->u.dense.c;
  nn_conv_job job = { .n = 1, .h = 1, .w = call->n, .k = k, .c = c, .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1 };
  nn_epilogue epilogue = { .bias = call->node->u.dense.bias ? call->weights + (size_t) k * (size_t) c : NULL };
  bool clamp = nn_act_clamp (call->node, &epilogue.low, &epilogue.high);
  call->kernels->conv->forward (&job, call->in[0], call->packed, &epilogue, call->out);
  if (!clamp)
    nn_act_apply (call, call->out, (size_t) call->n * (size_t) k);
}

static void
forward (const nn_call *call)
{
  if (call->packed) {
    forward_packed (call);
    return;
  }
  size_t k = (size_t) call->node->u.dense.k, c = (size_t) call->node->u.dense.c;
  const nn_real *bias = call->node->u.dense.bias ? call->weights + k * c : NULL, *x = call->in[0];
  nn_real *y = call->out;
  for (int i = 0; i < call->n; i++, x += c, y += k)
    for (size_t u = 0; u < k; u++) {
      const nn_real *w = call->weights + u * c;
      nn_real sum = bias ? bias[u] : 0;
      for (size_t j = 0; j < c; j++)
        sum += w[j] * x[j];
      y[u] = sum;
    }
  nn_act_apply (call, call->out, (size_t) call->n * k);
}

const nn_op_impl nn_op_dense = {
  .min_in = 1,
  .max_in = 1,
  .check = check,
  .n_weights = n_weights,
  .shape = shape,
  .macs = macs,
  .forward = forward,
  .packed_bytes = packed_bytes,
  .pack = pack,
};
