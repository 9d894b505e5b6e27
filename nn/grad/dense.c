/* SPDX-License-Identifier: MIT
 * dense: matrix products by the convolution kernels, of rows of n pixels and a 1x1 window. */
#include "grad.h"

#include <string.h>

static nn_conv_job
product (int n, int k, int c)
{
  return (nn_conv_job) { .n = 1, .h = 1, .w = n, .k = k, .c = c, .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1 };
}

static size_t
forward_packed (const nn_node *node, const nn_kernels *kernels)
{
  return nn_conv_packed_size (kernels->conv, node->u.dense.k, node->u.dense.c, 1, 1);
}

static size_t
packed (const nn_grad_site *site)
{
  const nn_node *node = site->node;
  return forward_packed (node, site->kernels) + nn_conv_packed_size (site->kernels->conv, node->u.dense.c, node->u.dense.k, 1, 1);
}

/* W, then W^T. */
static void
pack (const nn_grad_site *site, const nn_real *w, nn_real *to)
{
  int k = site->node->u.dense.k, c = site->node->u.dense.c;
  const nn_kernels *kernels = site->kernels;
  nn_conv_pack (kernels->conv, k, c, 1, 1, w, (nn_conv_steps) { .k = c, .c = 1 }, to);
  nn_conv_pack (kernels->conv, c, k, 1, 1, w, (nn_conv_steps) { .k = 1, .c = c }, to + forward_packed (site->node, kernels));
}

/* Y (n, k) = X (n, c) W^T + b */
static void
forward (const nn_grad_call *call)
{
  int k = call->node->u.dense.k, c = call->node->u.dense.c;
  nn_conv_job job = product (call->n, k, c);
  nn_epilogue epilogue = NN_EPILOGUE_NONE;
  epilogue.bias = call->node->u.dense.bias ? call->weights + (size_t) k * c : NULL;
  call->kernels->conv->forward (&job, call->in[0], call->packed, &epilogue, call->out);
}

/* dX = dY W, dW^T = X^T dY, db = sum of dY over n */
static void
backward (const nn_grad_call *call)
{
  int k = call->node->u.dense.k, c = call->node->u.dense.c;
  if (call->din[0]) {
    nn_conv_job job = product (call->n, c, k);
    call->kernels->conv->forward (&job, call->dout, call->packed + forward_packed (call->node, call->kernels), NULL, call->din[0]);
  }
  if (!call->dweights)
    return;
  nn_conv_job job = product (call->n, k, c);
  call->kernels->conv->weight_gradient (&job, call->in[0], call->dout, call->dweights);
  nn_real *db = call->dweights + (size_t) k * c;
  for (int i = 0; call->node->u.dense.bias && i < call->n; i++)
    for (int j = 0; j < k; j++)
      db[j] += call->dout[(size_t) i * k + j];
}

static void
unpack (const nn_node *node, const nn_real *sum, nn_real *dweights)
{
  size_t k = (size_t) node->u.dense.k, c = (size_t) node->u.dense.c;
  nn_grad_transpose (c, k, sum, dweights);
  memcpy (dweights + k * c, sum + k * c, (node->n_weights - k * c) * sizeof *sum);
}

const nn_grad_impl nn_grad_dense = {
  .reads_in = true,
  .forward = forward,
  .backward = backward,
  .packed = packed,
  .pack = pack,
  .unpack = unpack,
};
