/* SPDX-License-Identifier: MIT */
#include "grad.h"

/* dx = dy / (h w) everywhere */
static void
backward (const nn_grad_call *call)
{
  if (!call->din[0])
    return;
  int c = call->shape.c;
  size_t plane = (size_t) call->shapes[0].h * call->shapes[0].w;
  nn_real *dx = call->din[0];
  for (int i = 0; i < call->n; i++)
    for (size_t p = 0; p < plane; p++, dx += c)
      for (int j = 0; j < c; j++)
        dx[j] = call->dout[(size_t) i * c + j] / (nn_real) plane;
}

const nn_grad_impl nn_grad_global_avg_pool = { .backward = backward };
