/* SPDX-License-Identifier: MIT
 * max_pool, avg_pool and global_avg_pool of integers. A pooled value that is held as integers has its input's unit. */
#include "fast_op.h"
#include "pool.h"

#include "../kernels/kernels.h"

#include <math.h>

static bool
takes (const nn_node *node)
{
  (void) node;
  return true;
}

static nn_finish16
finish_at (const nn_call *call, const nn_fast *fast, size_t at)
{
  nn_finish16 finish = { .low = -INFINITY, .high = INFINITY };
  if (fast->out.held)
    finish.y16 = (int16_t *) call->out + at;
  else
    finish.y = (float *) call->out + at;
  return finish;
}

/* A window that sees nothing of the plane has no largest value; integers cannot be lower than this. */
static void
fill (const nn_call *call, const nn_fast *fast, size_t at, size_t count, int value)
{
  for (size_t i = at; i < at + count; i++)
    if (fast->out.held)
      ((int16_t *) call->out)[i] = (int16_t) value;
    else
      call->out[i] = (nn_real) value * (nn_real) fast->in.step;
}

static void
pool_strip (const nn_call *call, const nn_fast *fast, const nn_pool_job *given, bool mean, size_t x_at, size_t y_at)
{
  const nn_kernels16 *kernels = call->kernels->fast;
  nn_finish16 finish = finish_at (call, fast, y_at);
  nn_pool_job job = *given;
  job.scale = (mean ? job.scale : 1) * (nn_real) (fast->out.held ? 1 : fast->in.step);
  if (job.rows && job.columns)
    (mean ? kernels->sum : kernels->largest) (&job, (const int16_t *) call->in[0] + x_at, &finish);
  else
    fill (call, fast, y_at, (size_t) job.w * (size_t) job.c, mean ? 0 : -fast->in.most);
}

static void
max_strip (const nn_call *call, const void *data, const nn_pool_job *job, size_t x_at, size_t y_at)
{
  pool_strip (call, data, job, false, x_at, y_at);
}

static void
mean_strip (const nn_call *call, const void *data, const nn_pool_job *job, size_t x_at, size_t y_at)
{
  pool_strip (call, data, job, true, x_at, y_at);
}

static void
max_forward (const nn_call *call, const nn_fast *fast)
{
  nn_pool_walk (call, max_strip, fast);
}

static void
avg_forward (const nn_call *call, const nn_fast *fast)
{
  nn_pool_walk (call, mean_strip, fast);
}

static void
global_forward (const nn_call *call, const nn_fast *fast)
{
  nn_shape from = call->shapes[0];
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  nn_pool_job job = { .w = 1, .c = from.c, .rows = from.h, .columns = from.w, .x_row = (ptrdiff_t) stored.row, .x_column = from.c };
  job.scale = 1 / ((nn_real) from.h * (nn_real) from.w);
  for (size_t i = 0; i < (size_t) call->n; i++)
    mean_strip (call, fast, &job, i * stored.image, i * out.image);
}

const nn_fast_impl nn_fast_max_pool = { .takes = takes, .forward = max_forward };
const nn_fast_impl nn_fast_avg_pool = { .takes = takes, .forward = avg_forward };
const nn_fast_impl nn_fast_global_avg_pool = { .takes = takes, .forward = global_forward };

const nn_fast_impl *const nn_fast_table[NN_N_OPS] = {
  [NN_OP_conv] = &nn_fast_conv,
  [NN_OP_max_pool] = &nn_fast_max_pool,
  [NN_OP_avg_pool] = &nn_fast_avg_pool,
  [NN_OP_global_avg_pool] = &nn_fast_global_avg_pool,
};
