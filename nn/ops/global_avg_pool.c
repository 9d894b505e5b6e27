/* SPDX-License-Identifier: MIT
 * global_avg_pool: the mean of each channel over the plane. */
#include "../kernels/kernels.h"
#include "op.h"

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) node, (void) error;
  *out = (nn_shape) { 1, 1, in[0].c };
  return true;
}

static void
forward (const nn_call *call)
{
  nn_shape from = call->shapes[0];
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  nn_pool_job job = { .w = 1, .c = from.c, .rows = from.h, .columns = from.w, .x_row = (ptrdiff_t) stored.row, .x_column = from.c };
  job.scale = 1 / ((nn_real) from.h * (nn_real) from.w);
  for (size_t i = 0; i < (size_t) call->n; i++)
    nn_call_kernels (call)->pool->mean (&job, call->in[0] + i * stored.image, call->out + i * out.image);
}

const nn_op_impl nn_op_global_avg_pool = { .min_in = 1, .max_in = 1, .strided = true, .shape = shape, .forward = forward };
