/* SPDX-License-Identifier: MIT
 * Batch normalisation with the statistics of the whole batch (Ioffe and Szegedy 2015), over all positions p of n images:
 *   x^ = (x - mean) / sqrt (var + eps),  y = gamma x^ + beta,
 *   dx = gamma / sqrt (var + eps) * (dy - mean (dy) - x^ mean (dy x^)).
 * Sums of forward: mean (c), centred sum of squares (c), count. Sums of backward: dy x^ (c), dy (c), count: dgamma and dbeta.
 * A relu behind it, fused, costs no pass of its own: its mask comes from x again. */
#include "grad.h"

#include <math.h>
#include <string.h>

enum { CENTRED = 16 }; /* positions that a first guess of the mean is taken of */

static size_t
sums (const nn_node *node)
{
  return 2 * (size_t) node->u.batch_norm.c + 1;
}

static size_t
scratch (const nn_grad_site *site)
{
  return 4 * (size_t) site->node->u.batch_norm.c;
}

static size_t
positions (const nn_grad_call *call)
{
  return call->n * (size_t) call->shape.h * (size_t) call->shape.w;
}

static nn_norm_job
job_of (const nn_grad_call *call, const nn_real *mean, const nn_real *scale)
{
  return (nn_norm_job) {
    .n = positions (call),
    .step = (size_t) call->shape.c,
    .c = call->shape.c,
    .mean = mean,
    .scale = scale,
    .beta = call->weights + call->shape.c,
    .floor = call->node->act == NN_ACT_RELU ? 0 : -(nn_real) INFINITY,
  };
}

/* centre (c): the mean of a few positions. Squares of differences to it lose no digits, wherever the mean is. */
static void
find_centre (size_t n, int c, const nn_real *x, nn_real *centre)
{
  size_t step = n / CENTRED + 1, count = (n + step - 1) / step;
  memset (centre, 0, (size_t) c * sizeof *centre);
  for (size_t p = 0; p < n; p += step)
    for (int j = 0; j < c; j++)
      centre[j] += x[p * c + j] / (nn_real) count;
}

static void
forward_sums (const nn_grad_call *call, double *part)
{
  int c = call->shape.c;
  size_t n = positions (call);
  nn_real *centre = call->scratch;
  find_centre (n, c, call->in[0], centre);
  memset (part, 0, sums (call->node) * sizeof *part);
  nn_norm_job job = job_of (call, centre, centre);
  call->kernels->norm->sums (&job, call->in[0], part, part + c);
  for (int j = 0; j < c; j++) {
    double d = part[j] / (double) n;
    part[j] = (double) centre[j] + d;
    part[c + j] -= (double) n * d * d;
  }
  part[2 * c] = (double) n;
}

/* Chan, Golub and LeVeque 1983 */
static void
forward_merge (const nn_node *node, const double *part, double *total)
{
  int c = node->u.batch_norm.c;
  double n = part[2 * c], old = total[2 * c];
  for (int j = 0; j < c; j++) {
    double d = part[j] - total[j];
    total[j] += d * n / (old + n);
    total[c + j] += part[c + j] + d * d * old * n / (old + n);
  }
  total[2 * c] = old + n;
}

/* mean (c) and gamma / sd (c) of the batch. */
static void
statistics (const nn_grad_call *call, nn_real *mean, nn_real *scale)
{
  int c = call->shape.c;
  for (int j = 0; j < c; j++) {
    mean[j] = (nn_real) call->total[j];
    scale[j] = call->weights[j] * (nn_real) (1 / sqrt (call->total[c + j] / call->total[2 * c] + (double) call->node->u.batch_norm.eps));
  }
}

static void
forward (const nn_grad_call *call)
{
  nn_real *mean = call->scratch, *scale = mean + call->shape.c;
  statistics (call, mean, scale);
  nn_norm_job job = job_of (call, mean, scale);
  call->kernels->norm->forward (&job, call->in[0], call->out);
}

static void
backward_sums (const nn_grad_call *call, double *part)
{
  int c = call->shape.c;
  nn_real *mean = call->scratch, *scale = mean + c;
  statistics (call, mean, scale);
  memset (part, 0, sums (call->node) * sizeof *part);
  nn_norm_job job = job_of (call, mean, scale);
  call->kernels->norm->slopes (&job, call->in[0], call->dout, part, part + c);
  for (int j = 0; j < c; j++)
    part[j] /= sqrt (call->total[c + j] / call->total[2 * c] + (double) call->node->u.batch_norm.eps);
  part[2 * c] = (double) positions (call);
}

static void
backward_merge (const nn_node *node, const double *part, double *total)
{
  for (size_t i = 0; i < sums (node); i++)
    total[i] += part[i];
}

/* dgamma and dbeta are sums over the batch; the running statistics have no derivative. */
static void
unpack_sums (const nn_node *node, const double *dtotal, nn_real *dweights)
{
  int c = node->u.batch_norm.c;
  for (int j = 0; j < 2 * c; j++)
    dweights[j] = (nn_real) dtotal[j];
  memset (dweights + 2 * c, 0, 2 * (size_t) c * sizeof *dweights);
}

/* Outside training the statistics are constants: dx = gamma / sqrt (running variance + eps) dy. */
static void
backward_frozen (const nn_grad_call *call)
{
  int c = call->shape.c;
  const nn_real *gamma = call->weights, *variance = gamma + 3 * c;
  nn_real *scale = call->scratch;
  for (int j = 0; j < c; j++)
    scale[j] = (nn_real) ((double) gamma[j] / sqrt ((double) variance[j] + (double) call->node->u.batch_norm.eps));
  for (size_t p = 0; p < positions (call); p++)
    for (int j = 0; j < c; j++)
      call->din[0][p * c + j] = call->dout[p * c + j] * scale[j];
}

static void
backward (const nn_grad_call *call)
{
  int c = call->shape.c;
  if (!call->din[0])
    return;
  if (!call->total) {
    backward_frozen (call);
    return;
  }
  nn_real *mean = call->scratch, *scale = mean + c, *offset = scale + c, *slope = offset + c;
  statistics (call, mean, scale);
  double count = call->dtotal[2 * c];
  for (int j = 0; j < c; j++) {
    double variance = call->total[c + j] / call->total[2 * c] + (double) call->node->u.batch_norm.eps;
    offset[j] = scale[j] * (nn_real) (call->dtotal[c + j] / count);
    slope[j] = scale[j] * (nn_real) (call->dtotal[j] / count / sqrt (variance));
  }
  nn_norm_job job = job_of (call, mean, scale);
  call->kernels->norm->backward (&job, offset, slope, call->in[0], call->dout, call->din[0]);
}

const nn_grad_impl nn_grad_batch_norm = {
  .reads_in = true,
  .in_place = true,
  .forward = forward,
  .backward = backward,
  .scratch = scratch,
  .unpack_sums = unpack_sums,
  .sums = sums,
  .forward_sums = forward_sums,
  .backward_sums = backward_sums,
  .forward_merge = forward_merge,
  .backward_merge = backward_merge,
};
