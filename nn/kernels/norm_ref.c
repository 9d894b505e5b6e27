/* SPDX-License-Identifier: MIT
 * The specification of nn_norm_kernels, in the type that gradients are checked in; also the channels that fill no vector. */
#include "norm.h"

static nn_real
value (const nn_norm_job *job, int c, nn_real x)
{
  return (x - job->mean[c]) * job->scale[c] + job->beta[c];
}

static void
sums (const nn_norm_job *job, const nn_real *x, double *sum, double *squares)
{
  for (int c = 0; c < job->c; c++)
    for (size_t p = 0; p < job->n;) {
      nn_real run = 0, run_squares = 0;
      for (size_t end = p + NN_NORM_RUN; p < end && p < job->n; p++) {
        nn_real d = x[p * job->step + (size_t) c] - job->mean[c];
        run += d;
        run_squares += d * d;
      }
      sum[c] += (double) run;
      squares[c] += (double) run_squares;
    }
}

static void
forward (const nn_norm_job *job, const nn_real *x, nn_real *y)
{
  for (size_t p = 0; p < job->n; p++)
    for (int c = 0; c < job->c; c++) {
      nn_real v = value (job, c, x[p * job->step + (size_t) c]);
      y[p * job->step + (size_t) c] = job->floor > v ? job->floor : v;
    }
}

static void
slopes (const nn_norm_job *job, const nn_real *x, const nn_real *dy, double *product, double *sum)
{
  for (int c = 0; c < job->c; c++)
    for (size_t p = 0; p < job->n;) {
      nn_real run = 0, run_product = 0;
      for (size_t end = p + NN_NORM_RUN; p < end && p < job->n; p++) {
        size_t at = p * job->step + (size_t) c;
        nn_real g = value (job, c, x[at]) > job->floor ? dy[at] : 0;
        run += g;
        run_product += g * (x[at] - job->mean[c]);
      }
      sum[c] += (double) run;
      product[c] += (double) run_product;
    }
}

static void
backward (const nn_norm_job *job, const nn_real *offset, const nn_real *slope, const nn_real *x, const nn_real *dy, nn_real *dx)
{
  for (size_t p = 0; p < job->n; p++)
    for (int c = 0; c < job->c; c++) {
      size_t at = p * job->step + (size_t) c;
      nn_real g = value (job, c, x[at]) > job->floor ? dy[at] : 0;
      dx[at] = job->scale[c] * g - offset[c] - slope[c] * (x[at] - job->mean[c]);
    }
}

const nn_norm_kernels nn_norm_ref = { sums, forward, slopes, backward };
