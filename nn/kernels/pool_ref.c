/* SPDX-License-Identifier: MIT
 * The specification of nn_pool_kernels. */
#include "pool.h"

static void
max (const nn_pool_job *job, const nn_real *x, nn_real *y)
{
  for (int w = 0; w < job->w; w++, x += job->x_step, y += job->c)
    for (int c = 0; c < job->c; c++) {
      y[c] = x[c];
      for (int row = 0; row < job->rows; row++)
        for (int column = 0; column < job->columns; column++) {
          nn_real tap = x[row * job->x_row + column * job->x_column + c];
          y[c] = tap > y[c] ? tap : y[c];
        }
    }
}

static void
mean (const nn_pool_job *job, const nn_real *x, nn_real *y)
{
  for (int w = 0; w < job->w; w++, x += job->x_step, y += job->c)
    for (int c = 0; c < job->c; c++) {
      nn_real sum = 0;
      for (int row = 0; row < job->rows; row++)
        for (int column = 0; column < job->columns; column++)
          sum += x[row * job->x_row + column * job->x_column + c];
      y[c] = job->scale * sum;
    }
}

static void
max_slope (const nn_pool_job *job, const nn_real *x, const nn_real *dy, nn_real *dx)
{
  for (int w = 0; w < job->w; w++, x += job->x_step, dx += job->x_step, dy += job->c)
    for (int c = 0; c < job->c; c++) {
      ptrdiff_t best = c;
      for (int row = 0; row < job->rows; row++)
        for (int column = 0; column < job->columns; column++) {
          ptrdiff_t tap = row * job->x_row + column * job->x_column + c;
          best = x[tap] > x[best] ? tap : best;
          dx[tap] = 0;
        }
      dx[best] = dy[c];
    }
}

static void
mean_slope (const nn_pool_job *job, const nn_real *x, const nn_real *dy, nn_real *dx)
{
  (void) x;
  for (int w = 0; w < job->w; w++, dx += job->x_step, dy += job->c)
    for (int row = 0; row < job->rows; row++)
      for (int column = 0; column < job->columns; column++)
        for (int c = 0; c < job->c; c++)
          dx[row * job->x_row + column * job->x_column + c] = job->scale * dy[c];
}

const nn_pool_kernels nn_pool_ref = { max, mean, max_slope, mean_slope };
