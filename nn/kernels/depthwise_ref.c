/* SPDX-License-Identifier: MIT
 * The specification of nn_depthwise_fn. */
#include "depthwise.h"

static void
pixel (const nn_conv_job *job, const nn_real *x, const nn_real *w, const nn_epilogue *epilogue, const nn_real *add, nn_real *y)
{
  for (int c = 0; c < job->c; c++) {
    nn_real sum = 0;
    for (int row = 0; row < job->kh; row++)
      for (int column = 0; column < job->kw; column++)
        sum += x[row * job->x_row + (ptrdiff_t) column * job->c + c] * w[(size_t) (row * job->kw + column) * (size_t) job->c + (size_t) c];
    y[c] = nn_clamp (sum + (epilogue->bias ? epilogue->bias[c] : 0) + (add ? add[c] : 0), epilogue->low, epilogue->high);
  }
}

void
nn_depthwise_ref (const nn_conv_job *job, const nn_real *x, const nn_real *w, const nn_epilogue *epilogue, nn_real *y)
{
  const nn_epilogue *e = epilogue ? epilogue : &NN_EPILOGUE_NONE;
  for (int image = 0; image < job->n; image++)
    for (int row = 0; row < job->h; row++)
      for (int column = 0; column < job->w; column++) {
        ptrdiff_t first = (ptrdiff_t) column * job->c;
        pixel (job, x + image * job->x_image + row * job->stride_h * job->x_row + first * job->stride_w, w, e,
               e->add ? e->add + image * e->add_image + row * e->add_row + first : NULL, y + image * job->y_image + row * job->y_row + first);
      }
}
