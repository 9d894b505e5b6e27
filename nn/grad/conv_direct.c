/* SPDX-License-Identifier: MIT
 * Convolution by the direct kernels. The input of a few images is copied into padded planes that stay in the second-level cache. The derivative
 * of the input is again a convolution: of the padded derivative of the output with the filters turned by 180 degrees, channels in and out
 * exchanged. */
#include "conv.h"

#include <string.h>

enum { BLOCK = 1 << 16 }; /* nn_reals of padded planes that are filled at once, unless one image has more */

/* Images (h, w, c) on padded planes (rows, columns, c). */
typedef struct planes {
  int h, w, c, top, left, rows, columns;
} planes;

static size_t
plane_size (const planes *p)
{
  return (size_t) p->rows * p->columns * p->c;
}

static int
block_images (const planes *p, int n)
{
  size_t images = BLOCK / plane_size (p);
  return images < 1 ? 1 : images < (size_t) n ? (int) images : n;
}

static int
larger (int a, int b)
{
  return a > b ? a : b;
}

static planes
input_planes (const nn_node *node, nn_shape in, nn_shape out)
{
  const nn_window *v = &node->u.conv.window;
  planes p = { .h = in.h, .w = in.w, .c = in.c };
  int out_h, out_w;
  nn_window_size (v, in.h, in.w, &out_h, &out_w, &p.top, &p.left);
  p.rows = larger (p.top + in.h, (out.h - 1) * v->stride_h + v->kh);
  p.columns = larger (p.left + in.w, (out.w - 1) * v->stride_w + v->kw);
  return p;
}

/* The derivative of the output, padded so that every input position sees all windows that saw it. */
static planes
output_planes (const nn_node *node, nn_shape in, nn_shape out)
{
  const nn_window *v = &node->u.conv.window;
  planes p = input_planes (node, in, out);
  return (planes) {
    .h = out.h,
    .w = out.w,
    .c = out.c,
    .top = v->kh - 1 - p.top,
    .left = v->kw - 1 - p.left,
    .rows = in.h + v->kh - 1,
    .columns = in.w + v->kw - 1,
  };
}

static void
copy_planes (const planes *p, int n, const nn_real *x, nn_real *padded)
{
  size_t row = (size_t) p->w * p->c;
  for (int i = 0; i < n; i++)
    for (int y = 0; y < p->h; y++, x += row)
      memcpy (padded + i * plane_size (p) + ((size_t) (y + p->top) * p->columns + p->left) * p->c, x, row * sizeof *x);
}

/* The border stays 0 through all blocks of a call. */
static void
clear_planes (const planes *p, int n, nn_real *padded)
{
  memset (padded, 0, block_images (p, n) * plane_size (p) * sizeof *padded);
}

static nn_conv_job
job_of (const nn_window *v, const planes *p, nn_shape out)
{
  return (nn_conv_job) {
    .h = out.h,
    .w = out.w,
    .k = out.c,
    .c = p->c,
    .kh = v->kh,
    .kw = v->kw,
    .stride_h = v->stride_h,
    .stride_w = v->stride_w,
    .x_row = (ptrdiff_t) p->columns * p->c,
    .x_image = (ptrdiff_t) plane_size (p),
    .y_row = (ptrdiff_t) out.w * out.c,
    .y_image = (ptrdiff_t) nn_shape_count (out),
  };
}

bool
nn_conv_direct_fits_input (const nn_node *node, nn_shape in, nn_shape out)
{
  const nn_window *v = &node->u.conv.window;
  planes p = output_planes (node, in, out);
  return v->stride_h == 1 && v->stride_w == 1 && p.top >= 0 && p.left >= 0 && p.top + p.h <= p.rows && p.left + p.w <= p.columns;
}

static size_t
scratch (const nn_node *node, nn_shape in, nn_shape out)
{
  planes x = input_planes (node, in, out), dy = output_planes (node, in, out);
  size_t a = block_images (&x, NN_SHARD) * plane_size (&x), b = block_images (&dy, NN_SHARD) * plane_size (&dy);
  return a > b ? a : b;
}

static size_t
forward_packed (const nn_node *node, const nn_kernels *kernels)
{
  const nn_window *v = &node->u.conv.window;
  return nn_conv_packed_size (kernels->conv, node->u.conv.k, node->u.conv.c, v->kh, v->kw);
}

static size_t
packed (const nn_node *node, const nn_kernels *kernels)
{
  const nn_window *v = &node->u.conv.window;
  return forward_packed (node, kernels) + nn_conv_packed_size (kernels->conv, node->u.conv.c, node->u.conv.k, v->kh, v->kw);
}

/* The filters, then the turned ones. */
static void
pack (const nn_node *node, const nn_kernels *kernels, const nn_real *w, nn_real *to)
{
  const nn_window *v = &node->u.conv.window;
  int k = node->u.conv.k, c = node->u.conv.c, kh = v->kh, kw = v->kw;
  nn_conv_steps steps = { .k = (ptrdiff_t) kh * kw * c, .h = (ptrdiff_t) kw * c, .w = c, .c = 1 };
  nn_conv_pack (kernels->conv, k, c, kh, kw, w, steps, to);
  nn_conv_steps turned = { .k = 1, .h = -steps.h, .w = -steps.w, .c = steps.k };
  const nn_real *last = w + (kh - 1) * steps.h + (kw - 1) * steps.w;
  nn_conv_pack (kernels->conv, c, k, kh, kw, last, turned, to + forward_packed (node, kernels));
}

/* y (n, to) = padded x (n, from) * packed, a block of images at a time. */
static void
convolve (const nn_grad_call *call, const planes *p, nn_shape from, nn_shape to, const nn_real *x, const nn_real *packed, nn_real *y)
{
  nn_conv_job job = job_of (&call->node->u.conv.window, p, to);
  int step = block_images (p, call->n);
  clear_planes (p, call->n, call->scratch);
  for (int i = 0; i < call->n; i += step) {
    job.n = call->n - i < step ? call->n - i : step;
    copy_planes (p, job.n, x + i * nn_shape_count (from), call->scratch);
    call->kernels->conv->forward (&job, call->scratch, packed, NULL, y + i * job.y_image);
  }
}

static void
forward (const nn_grad_call *call)
{
  planes p = input_planes (call->node, call->shapes[0], call->shape);
  convolve (call, &p, call->shapes[0], call->shape, call->in[0], call->packed, call->out);
}

static void
weights (const nn_grad_call *call)
{
  planes p = input_planes (call->node, call->shapes[0], call->shape);
  nn_conv_job job = job_of (&call->node->u.conv.window, &p, call->shape);
  int step = block_images (&p, call->n);
  clear_planes (&p, call->n, call->scratch);
  for (int i = 0; i < call->n; i += step) {
    job.n = call->n - i < step ? call->n - i : step;
    copy_planes (&p, job.n, call->in[0] + i * nn_shape_count (call->shapes[0]), call->scratch);
    call->kernels->conv->weight_gradient (&job, call->scratch, call->dout + i * job.y_image, call->dweights);
  }
}

static void
input (const nn_grad_call *call)
{
  planes p = output_planes (call->node, call->shapes[0], call->shape);
  const nn_real *turned = call->packed + forward_packed (call->node, call->kernels);
  convolve (call, &p, call->shape, call->shapes[0], call->dout, turned, call->din[0]);
}

/* (kh, kw, c, k) to (k, kh, kw, c) */
static void
unpack (const nn_node *node, const nn_real *sum, nn_real *dweights)
{
  const nn_window *v = &node->u.conv.window;
  size_t k = (size_t) node->u.conv.k, taps = (size_t) v->kh * v->kw * node->u.conv.c;
  for (size_t i = 0; i < k; i++)
    for (size_t tap = 0; tap < taps; tap++)
      *dweights++ = sum[tap * k + i];
}

const nn_conv_way nn_conv_direct = {
  .scratch = scratch,
  .packed = packed,
  .pack = pack,
  .forward = forward,
  .weights = weights,
  .input = input,
  .unpack = unpack,
};
