/* SPDX-License-Identifier: MIT
 * Convolution with a window for each channel: at every tap of every output position one loop over the channels, with taps as (kh, kw, c). */
#include "conv.h"

#include <string.h>

static size_t
packed (const nn_grad_site *site, nn_conv_part part)
{
  (void) part;
  return (size_t) site->node->u.conv.c * site->node->u.conv.window.kh * site->node->u.conv.window.kw;
}

/* (c, kh, kw) to (kh, kw, c) */
static void
pack (const nn_grad_site *site, nn_conv_part part, const nn_real *weights, nn_real *to)
{
  (void) part;
  const nn_node *node = site->node;
  size_t c = (size_t) node->u.conv.c, taps = (size_t) node->u.conv.window.kh * node->u.conv.window.kw;
  for (size_t tap = 0; tap < taps; tap++)
    for (size_t i = 0; i < c; i++)
      *to++ = weights[i * taps + tap];
}

static void
unpack (const nn_node *node, const nn_real *sum, nn_real *dweights)
{
  size_t c = (size_t) node->u.conv.c, taps = (size_t) node->u.conv.window.kh * node->u.conv.window.kw;
  for (size_t i = 0; i < c; i++)
    for (size_t tap = 0; tap < taps; tap++)
      *dweights++ = sum[tap * c + i];
}

/* sum += a b, channel by channel */
static void
multiply_add (int c, const nn_real *restrict a, const nn_real *restrict b, nn_real *restrict sum)
{
  for (int i = 0; i < c; i++)
    sum[i] += a[i] * b[i];
}

/* Of the three places that belong together (input, tap, output), the one that the product of the others is added to. */
typedef enum product { OUTPUT, TAP, INPUT } product;

static inline void
multiply (product which, int c, nn_real *x, nn_real *tap, nn_real *y)
{
  if (which == OUTPUT)
    multiply_add (c, x, tap, y);
  else if (which == TAP)
    multiply_add (c, x, y, tap);
  else
    multiply_add (c, y, tap, x);
}

static void
walk (const nn_grad_call *call, product which, nn_real *x, nn_real *taps, nn_real *y)
{
  const nn_window *v = &call->node->u.conv.window;
  nn_shape in = call->shapes[0], out = call->shape;
  int c = out.c, out_h, out_w, top, left;
  nn_window_size (v, in.h, in.w, &out_h, &out_w, &top, &left);
  for (int i = 0; i < call->n; i++, x += nn_shape_count (in))
    for (int oy = 0; oy < out.h; oy++)
      for (int ox = 0; ox < out.w; ox++, y += c)
        for (int tap = 0; tap < v->kh * v->kw; tap++) {
          int row = oy * v->stride_h - top + tap / v->kw * v->dilation_h, column = ox * v->stride_w - left + tap % v->kw * v->dilation_w;
          if (row >= 0 && row < in.h && column >= 0 && column < in.w)
            multiply (which, c, x + ((size_t) row * in.w + column) * c, taps + (size_t) tap * c, y);
        }
}

static void
forward (const nn_grad_call *call)
{
  memset (call->out, 0, call->n * nn_shape_count (call->shape) * sizeof (nn_real));
  walk (call, OUTPUT, (nn_real *) call->in[0], (nn_real *) call->packed, call->out);
}

static void
weights (const nn_grad_call *call)
{
  walk (call, TAP, (nn_real *) call->in[0], call->dweights, (nn_real *) call->dout);
}

static void
input (const nn_grad_call *call)
{
  memset (call->din[0], 0, call->n * nn_shape_count (call->shapes[0]) * sizeof (nn_real));
  walk (call, INPUT, call->din[0], (nn_real *) call->packed, (nn_real *) call->dout);
}

const nn_conv_way nn_conv_depthwise = {
  .packed = packed,
  .pack = pack,
  .forward = forward,
  .weights = weights,
  .input = input,
  .unpack = unpack,
};
