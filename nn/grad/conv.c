/* SPDX-License-Identifier: MIT */
#include "conv.h"

#include <string.h>

static size_t
matrix_size (const nn_node *node)
{
  return node->n_weights - (node->u.conv.bias ? (size_t) node->u.conv.k : 0);
}

static size_t
scratch (const nn_node *node, const nn_shape *in, nn_shape shape)
{
  size_t direct = nn_conv_direct_fits (node) ? nn_conv_direct_scratch (node, in[0], shape) : 0;
  size_t columns = nn_conv_direct_fits_input (node, in[0], shape) ? 0 : nn_conv_columns_scratch (node, in[0], shape);
  return direct > columns ? direct : columns;
}

static size_t
packed (const nn_node *node, const nn_kernels *kernels)
{
  return nn_conv_direct_fits (node) ? nn_conv_direct_packed (node, kernels) : 0;
}

static void
forward (const nn_grad_call *call)
{
  if (nn_conv_direct_fits (call->node))
    nn_conv_direct_forward (call);
  else
    nn_conv_columns_forward (call);
  if (!call->node->u.conv.bias)
    return;
  int k = call->shape.c;
  const nn_real *bias = call->weights + matrix_size (call->node);
  nn_real *y = call->out;
  for (size_t p = call->n * (size_t) call->shape.h * call->shape.w; p; p--, y += k)
    for (int j = 0; j < k; j++)
      y[j] += bias[j];
}

static void
backward_weights (const nn_grad_call *call)
{
  memset (call->dweights, 0, call->node->n_weights * sizeof (nn_real));
  if (nn_conv_direct_fits (call->node))
    nn_conv_direct_weights (call);
  else
    nn_conv_columns_weights (call);
  if (!call->node->u.conv.bias)
    return;
  int k = call->shape.c;
  nn_real *db = call->dweights + matrix_size (call->node);
  const nn_real *dy = call->dout;
  for (size_t p = call->n * (size_t) call->shape.h * call->shape.w; p; p--, dy += k)
    for (int j = 0; j < k; j++)
      db[j] += dy[j];
}

static void
backward (const nn_grad_call *call)
{
  if (call->dweights)
    backward_weights (call);
  if (!call->din[0])
    return;
  if (nn_conv_direct_fits_input (call->node, call->shapes[0], call->shape))
    nn_conv_direct_input (call);
  else
    nn_conv_columns_input (call);
}

static void
unpack (const nn_node *node, const nn_real *sum, nn_real *dweights)
{
  size_t matrix = matrix_size (node);
  if (nn_conv_direct_fits (node))
    nn_conv_direct_unpack (node, sum, dweights);
  else
    memcpy (dweights, sum, matrix * sizeof *sum);
  memcpy (dweights + matrix, sum + matrix, (node->n_weights - matrix) * sizeof *sum);
}

const nn_grad_impl nn_grad_conv = {
  .reads_in = true,
  .forward = forward,
  .backward = backward,
  .scratch = scratch,
  .packed = packed,
  .pack = nn_conv_direct_pack,
  .unpack = unpack,
};
