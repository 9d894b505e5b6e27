/* SPDX-License-Identifier: MIT
 * Batch normalisation with the statistics of the whole batch (Ioffe and Szegedy 2015), over all positions p of n images:
 *   x^ = (x - mean) / sqrt (var + eps),  y = gamma x^ + beta,
 *   dx = gamma / sqrt (var + eps) * (dy - mean (dy) - x^ mean (dy x^)).
 * Sums of forward: mean (c), centred sum of squares (c), count. Sums of backward: dy x^ (c), dy (c), count: dgamma and dbeta. */
#include "grad.h"

#include <math.h>
#include <string.h>

enum { RUN = 64 }; /* positions that are summed in nn_real before they go into a double */

static size_t
sums (const nn_node *node)
{
  return 2 * (size_t) node->u.batch_norm.c + 1;
}

static size_t
scratch (const nn_node *node, const nn_shape *in, nn_shape shape)
{
  (void) in, (void) shape;
  return 4 * (size_t) node->u.batch_norm.c;
}

static size_t
positions (const nn_grad_call *call)
{
  return call->n * (size_t) call->shape.h * (size_t) call->shape.w;
}

/* sum (c) += run (c), which is cleared */
static void
flush (int c, nn_real *restrict run, double *restrict sum)
{
  for (int j = 0; j < c; j++) {
    sum[j] += (double) run[j];
    run[j] = 0;
  }
}

static void
sum_values (size_t n, int c, const nn_real *restrict x, nn_real *restrict run, double *sum)
{
  memset (run, 0, (size_t) c * sizeof *run);
  for (size_t p = 0; p < n;) {
    for (size_t end = p + RUN < n ? p + RUN : n; p < end; p++)
      for (int j = 0; j < c; j++)
        run[j] += x[p * c + j];
    flush (c, run, sum);
  }
}

static void
sum_squares (size_t n, int c, const nn_real *restrict x, const nn_real *restrict mean, nn_real *restrict run, double *sum)
{
  memset (run, 0, (size_t) c * sizeof *run);
  for (size_t p = 0; p < n;) {
    for (size_t end = p + RUN < n ? p + RUN : n; p < end; p++)
      for (int j = 0; j < c; j++) {
        nn_real d = x[p * c + j] - mean[j];
        run[j] += d * d;
      }
    flush (c, run, sum);
  }
}

static void
forward_sums (const nn_grad_call *call, double *part)
{
  int c = call->shape.c;
  size_t n = positions (call);
  nn_real *mean = call->scratch, *run = mean + c;
  memset (part, 0, sums (call->node) * sizeof *part);
  sum_values (n, c, call->in[0], run, part);
  for (int j = 0; j < c; j++)
    mean[j] = (nn_real) (part[j] /= (double) n);
  sum_squares (n, c, call->in[0], mean, run, part + c);
  for (int j = 0; j < c; j++) { /* the squares were centred at the rounded mean */
    double d = part[j] - (double) mean[j];
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

/* scratch: mean (c), 1 / sd (c) of the batch */
static void
statistics (const nn_grad_call *call, nn_real *mean, nn_real *inverse)
{
  int c = call->shape.c;
  for (int j = 0; j < c; j++) {
    mean[j] = (nn_real) call->total[j];
    inverse[j] = (nn_real) (1 / sqrt (call->total[c + j] / call->total[2 * c] + (double) call->node->u.batch_norm.eps));
  }
}

static void
forward (const nn_grad_call *call)
{
  int c = call->shape.c;
  size_t n = positions (call);
  const nn_real *restrict gamma = call->weights, *restrict beta = gamma + c, *restrict x = call->in[0];
  nn_real *restrict mean = call->scratch, *restrict scale = mean + c, *restrict y = call->out;
  statistics (call, mean, scale);
  for (int j = 0; j < c; j++)
    scale[j] *= gamma[j];
  for (size_t p = 0; p < n; p++)
    for (int j = 0; j < c; j++)
      y[p * c + j] = (x[p * c + j] - mean[j]) * scale[j] + beta[j];
}

static void
backward_sums (const nn_grad_call *call, double *part)
{
  int c = call->shape.c;
  size_t n = positions (call);
  const nn_real *restrict x = call->in[0], *restrict dy = call->dout;
  nn_real *restrict mean = call->scratch, *restrict inverse = mean + c, *restrict product = inverse + c, *restrict sum = product + c;
  statistics (call, mean, inverse);
  memset (part, 0, sums (call->node) * sizeof *part);
  memset (product, 0, 2 * (size_t) c * sizeof *product);
  for (size_t p = 0; p < n;) {
    for (size_t end = p + RUN < n ? p + RUN : n; p < end; p++)
      for (int j = 0; j < c; j++) {
        product[j] += dy[p * c + j] * (x[p * c + j] - mean[j]);
        sum[j] += dy[p * c + j];
      }
    flush (c, product, part);
    flush (c, sum, part + c);
  }
  for (int j = 0; j < c; j++)
    part[j] *= (double) inverse[j];
  part[2 * c] = (double) n;
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

/* In place: one array, whose loop becomes vectors. */
static void
backward (const nn_grad_call *call)
{
  int c = call->shape.c;
  size_t n = positions (call);
  if (!call->total) {
    backward_frozen (call);
    return;
  }
  if (!call->din[0])
    return;
  const nn_real *restrict x = call->in[0];
  nn_real *restrict d = call->din[0];
  if (d != call->dout)
    memcpy (d, call->dout, n * c * sizeof *d);
  nn_real *restrict mean = call->scratch, *restrict scale = mean + c, *restrict slope = scale + c, *restrict offset = slope + c;
  statistics (call, mean, scale);
  double count = call->dtotal[2 * c];
  for (int j = 0; j < c; j++) {
    slope[j] = scale[j] * (nn_real) (call->dtotal[j] / count);
    offset[j] = (nn_real) (call->dtotal[c + j] / count);
    scale[j] *= call->weights[j];
  }
  for (size_t p = 0; p < n; p++)
    for (int j = 0; j < c; j++)
      d[p * c + j] = scale[j] * (d[p * c + j] - offset[j] - slope[j] * (x[p * c + j] - mean[j]));
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
