/* SPDX-License-Identifier: MIT
 * The specification of nn_conv_kernels, in the type that gradients are checked in. */
#include "conv_builds.h"

static const nn_real *
window (const nn_conv_job *job, const nn_real *x, int i, int row, int column)
{
  return x + i * job->x_image + row * job->stride_h * job->x_row + (ptrdiff_t) column * job->stride_w * job->c;
}

/* One output of all k: packed is (panel, kh, kw, c, lanes) with lanes of width 1; add (k) or NULL. */
static void
forward_pixel (const nn_conv_job *job, const nn_real *x, const nn_real *packed, const nn_epilogue *epilogue, const nn_real *add, nn_real *y)
{
  int span = job->kw * job->c;
  for (int first = 0, lanes; first < job->k; first += lanes) {
    nn_real sums[3] = { 0 };
    lanes = nn_conv_panel (job->k - first);
    for (int row = 0; row < job->kh; row++)
      for (int tap = 0; tap < span; tap++, packed += lanes)
        for (int lane = 0; lane < lanes; lane++)
          sums[lane] += x[row * job->x_row + tap] * packed[lane];
    for (int lane = 0, k = first; lane < lanes; lane++, k++)
      y[k] = nn_clamp (sums[lane] + (epilogue->bias ? epilogue->bias[k] : 0) + (add ? add[k] : 0), epilogue->low, epilogue->high);
  }
}

static void
forward (const nn_conv_job *job, const nn_real *x, const nn_real *packed, const nn_epilogue *epilogue, nn_real *y)
{
  const nn_epilogue *e = epilogue ? epilogue : &NN_EPILOGUE_NONE;
  for (int i = 0; i < job->n; i++)
    for (int row = 0; row < job->h; row++)
      for (int column = 0; column < job->w; column++) {
        ptrdiff_t pixel = column * nn_conv_y_pixel (job);
        const nn_real *add = e->add ? e->add + i * e->add_image + row * e->add_row + pixel : NULL;
        forward_pixel (job, window (job, x, i, row, column), packed, e, add, y + i * job->y_image + row * job->y_row + pixel);
      }
}

static void
gradient_pixel (const nn_conv_job *job, const nn_real *x, const nn_real *dy, nn_real *dw)
{
  for (int row = 0; row < job->kh; row++)
    for (int tap = 0; tap < job->kw * job->c; tap++, dw += job->k)
      for (int k = 0; k < job->k; k++)
        dw[k] += x[row * job->x_row + tap] * dy[k];
}

static void
weight_gradient (const nn_conv_job *job, const nn_real *x, const nn_real *dy, nn_real *dw)
{
  size_t size = (size_t) job->kh * (size_t) job->kw * (size_t) job->c * (size_t) job->k;
  for (size_t i = 0; job->replace && i < size; i++)
    dw[i] = 0;
  for (int i = 0; i < job->n; i++)
    for (int row = 0; row < job->h; row++)
      for (int column = 0; column < job->w; column++)
        gradient_pixel (job, window (job, x, i, row, column), dy + i * job->y_image + row * job->y_row + column * nn_conv_y_pixel (job), dw);
}

const nn_conv_kernels nn_conv_ref = { "ref", 1, forward, weight_gradient };
