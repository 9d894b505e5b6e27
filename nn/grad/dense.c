/* SPDX-License-Identifier: MIT */
#include "grad.h"

#include <string.h>

/* Y (n, k) = X (n, c) W^T + b */
static void
forward (const nn_grad_call *call)
{
  int n = call->n, k = call->node->u.dense.k, c = call->node->u.dense.c;
  bool bias = call->node->u.dense.bias;
  const nn_real *b = call->weights + (size_t) k * c;
  for (int i = 0; bias && i < n; i++)
    memcpy (call->out + (size_t) i * k, b, (size_t) k * sizeof *b);
  call->gemm (false, true, n, k, c, call->in[0], c, call->weights, c, bias ? 1 : 0, call->out, k);
}

/* dX = dY W, dW = dY^T X, db = sum of dY over n */
static void
backward (const nn_grad_call *call)
{
  int n = call->n, k = call->node->u.dense.k, c = call->node->u.dense.c;
  if (call->din[0])
    call->gemm (false, false, n, c, k, call->dout, k, call->weights, c, 0, call->din[0], c);
  if (!call->dweights)
    return;
  call->gemm (true, false, k, c, n, call->dout, k, call->in[0], c, 0, call->dweights, c);
  if (!call->node->u.dense.bias)
    return;
  nn_real *db = call->dweights + (size_t) k * c;
  memset (db, 0, (size_t) k * sizeof *db);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < k; j++)
      db[j] += call->dout[(size_t) i * k + j];
}

const nn_grad_impl nn_grad_dense = { .reads_in = true, .forward = forward, .backward = backward };
