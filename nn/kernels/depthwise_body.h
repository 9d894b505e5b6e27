/* SPDX-License-Identifier: MIT
 * The fast body of nn_depthwise_fn, included once per instruction set by a file that defines BUILD, its name, and WIDTH, floats in a vector. */
#include "depthwise.h"
#include "vec.h"

/* One pixel, `vectors` vectors of channels: the sums stay in registers. */
static ALWAYS_INLINE void
pixel_tile (int vectors, const nn_conv_job *job, const float *x, const float *w, float *y)
{
  vec sums[4];
  UNROLL
  for (int v = 0; v < vectors; v++)
    sums[v] = (vec) { 0 };
  for (int row = 0; row < job->kh; row++, x += job->x_row)
    for (int column = 0; column < job->kw; column++, w += job->c)
      UNROLL
      for (int v = 0; v < vectors; v++)
        sums[v] += *(const vec *) (x + (ptrdiff_t) column * job->c + v * WIDTH) * *(const vec *) (w + v * WIDTH);
  UNROLL
  for (int v = 0; v < vectors; v++)
    *(vec *) (y + v * WIDTH) = sums[v];
}

static void
pixel (const nn_conv_job *job, const float *x, const float *w, float *y)
{
  int c = 0;
  for (; c + 4 * WIDTH <= job->c; c += 4 * WIDTH)
    pixel_tile (4, job, x + c, w + c, y + c);
  for (; c + WIDTH <= job->c; c += WIDTH)
    pixel_tile (1, job, x + c, w + c, y + c);
  for (; c < job->c; c++) {
    float sum = 0;
    for (int row = 0; row < job->kh; row++)
      for (int column = 0; column < job->kw; column++)
        sum += x[row * job->x_row + (ptrdiff_t) column * job->c + c] * w[(size_t) (row * job->kw + column) * (size_t) job->c + (size_t) c];
    y[c] = sum;
  }
}

void
BUILD (const nn_conv_job *job, const float *x, const float *w, float *y)
{
  for (int image = 0; image < job->n; image++)
    for (int row = 0; row < job->h; row++)
      for (int column = 0; column < job->w; column++)
        pixel (job, x + image * job->x_image + row * job->stride_h * job->x_row + (ptrdiff_t) column * job->stride_w * job->c, w,
               y + image * job->y_image + row * job->y_row + (ptrdiff_t) column * job->c);
}
