/* SPDX-License-Identifier: MIT
 * resize: what a position looked at gets its derivative, as much of it as it had weight. */
#include "../ops/resize.h"
#include "grad.h"

#include <string.h>

/* d += weight dy */
static void
give (nn_real weight, const nn_real *dy, size_t c, nn_real *d)
{
  for (size_t i = 0; weight != 0 && i < c; i++)
    d[i] += weight * dy[i];
}

static void
backward (const nn_grad_call *call)
{
  nn_shape in = call->shapes[0], out = call->shape;
  size_t c = (size_t) in.c, row = (size_t) in.w * c;
  const nn_real *dy = call->dout;
  nn_real *dx = call->din[0];
  if (!dx)
    return;
  memset (dx, 0, call->n * nn_shape_count (in) * sizeof *dx);
  for (int i = 0; i < call->n; i++, dx += nn_shape_count (in))
    for (int y = 0; y < out.h; y++) {
      nn_sample v = nn_resize_sample (call->node, NN_AXIS_H, in.h, out.h, y);
      nn_real *above = dx + (size_t) v.a * row, *below = dx + (size_t) v.b * row;
      for (int x = 0; x < out.w; x++, dy += c) {
        nn_sample u = nn_resize_sample (call->node, NN_AXIS_W, in.w, out.w, x);
        size_t left = (size_t) u.a * c, right = (size_t) u.b * c;
        give ((1 - v.weight) * (1 - u.weight), dy, c, above + left);
        give ((1 - v.weight) * u.weight, dy, c, above + right);
        give (v.weight * (1 - u.weight), dy, c, below + left);
        give (v.weight * u.weight, dy, c, below + right);
      }
    }
}

const nn_grad_impl nn_grad_resize = { .backward = backward };
