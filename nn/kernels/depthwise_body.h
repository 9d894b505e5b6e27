/* SPDX-License-Identifier: MIT
 * The fast body of nn_depthwise_fn, included once per instruction set by a file that defines BUILD, its name, and WIDTH, floats in a vector. */
#include "depthwise.h"
#include "vec.h"

/* One pixel, `vectors` vectors of channels from c on: the sums stay in registers. */
static ALWAYS_INLINE void
pixel_tile (int vectors, const nn_conv_job *job, const nn_epilogue *e, int c, const float *x, const float *w, const float *add, float *y)
{
  vec sums[4];
  UNROLL
  for (int v = 0; v < vectors; v++)
    sums[v] = e->bias ? *(const vec *) (e->bias + c + v * WIDTH) : (vec) { 0 };
  for (int row = 0; row < job->kh; row++, x += job->x_row)
    for (int column = 0; column < job->kw; column++, w += job->c)
      UNROLL
      for (int v = 0; v < vectors; v++)
        sums[v] += *(const vec *) (x + (ptrdiff_t) column * job->c + c + v * WIDTH) * *(const vec *) (w + c + v * WIDTH);
  if (add)
    UNROLL
    for (int v = 0; v < vectors; v++)
      sums[v] += *(const vec *) (add + c + v * WIDTH);
  UNROLL
  for (int v = 0; v < vectors; v++)
    *(vec *) (y + c + v * WIDTH) = vec_clamp (sums[v], BROADCAST (e->low), BROADCAST (e->high));
}

static void
pixel (const nn_conv_job *job, const nn_epilogue *e, const float *x, const float *w, const float *add, float *y)
{
  int c = 0;
  for (; c + 4 * WIDTH <= job->c; c += 4 * WIDTH)
    pixel_tile (4, job, e, c, x, w, add, y);
  for (; c + WIDTH <= job->c; c += WIDTH)
    pixel_tile (1, job, e, c, x, w, add, y);
  for (; c < job->c; c++) {
    float sum = (e->bias ? e->bias[c] : 0) + (add ? add[c] : 0);
    for (int row = 0; row < job->kh; row++)
      for (int column = 0; column < job->kw; column++)
        sum += x[row * job->x_row + (ptrdiff_t) column * job->c + c] * w[(size_t) (row * job->kw + column) * (size_t) job->c + (size_t) c];
    y[c] = nn_clamp (sum, e->low, e->high);
  }
}

void
BUILD (const nn_conv_job *job, const float *x, const float *w, const nn_epilogue *epilogue, float *y)
{
  const nn_epilogue *e = epilogue ? epilogue : &NN_EPILOGUE_NONE;
  for (int image = 0; image < job->n; image++)
    for (int row = 0; row < job->h; row++)
      for (int column = 0; column < job->w; column++) {
        ptrdiff_t first = (ptrdiff_t) column * job->c;
        pixel (job, e, x + image * job->x_image + row * job->stride_h * job->x_row + first * job->stride_w, w,
               e->add ? e->add + image * e->add_image + row * e->add_row + first : NULL, y + image * job->y_image + row * job->y_row + first);
      }
}
