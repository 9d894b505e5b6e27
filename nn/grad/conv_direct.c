/* SPDX-License-Identifier: MIT
 * Convolution by the direct kernels. The input of a few images is copied into padded planes that stay in the second-level cache. The derivative
 * of the input is again a convolution, of the padded derivative of the output with the filters turned by 180 degrees, channels in and out
 * exchanged; with a stride it is one for each phase: input rows y with (y + pad) mod stride = p see the window's rows p, p + stride, ... only. */
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

/* Along one axis: the input positions first, first + stride, ... and the taps of the window that see them. */
typedef struct phase {
  int first, count, taps;
  int start; /* the output position that the last of the taps gives to the first of them */
} phase;

static phase
phase_of (int p, int stride, int kernel, int pad, int size)
{
  int first = ((p - pad) % stride + stride) % stride, taps = p < kernel ? (kernel - p + stride - 1) / stride : 0;
  return (phase) { first, first < size ? (size - first + stride - 1) / stride : 0, taps, (first + pad - p) / stride - (taps - 1) };
}

/* How far the taps reach before the first output, over all phases. */
static int
reach_before (int stride, int kernel, int pad, int size)
{
  int reach = 0;
  for (int p = 0; p < stride; p++)
    reach = larger (reach, -phase_of (p, stride, kernel, pad, size).start);
  return reach;
}

/* The derivative of the output, padded so that every input position sees all windows that saw it. */
static planes
output_planes (const nn_node *node, nn_shape in, nn_shape out)
{
  const nn_window *v = &node->u.conv.window;
  planes x = input_planes (node, in, out), p = { .h = out.h, .w = out.w, .c = out.c };
  p.top = reach_before (v->stride_h, v->kh, x.top, in.h);
  p.left = reach_before (v->stride_w, v->kw, x.left, in.w);
  p.rows = p.top + larger (out.h, (in.h - 1 + x.top) / v->stride_h + 1);
  p.columns = p.left + larger (out.w, (in.w - 1 + x.left) / v->stride_w + 1);
  return p;
}

static void
copy_planes (const planes *p, int n, const nn_real *x, nn_real *padded)
{
  size_t row = (size_t) p->w * p->c;
  for (int i = 0; i < n; i++)
    for (int y = 0; y < p->h; y++, x += row)
      memcpy (padded + i * plane_size (p) + ((size_t) (y + p->top) * p->columns + p->left) * p->c, x, row * sizeof *x);
}

/* Without a border the images are planes as they lie. */
static bool
is_bare (const planes *p)
{
  return p->rows == p->h && p->columns == p->w;
}

/* n images from x on as planes: there, or copied into padded ones whose border is clear. */
static const nn_real *
pad_planes (const planes *p, int n, const nn_real *x, nn_real *padded)
{
  if (is_bare (p))
    return x;
  copy_planes (p, n, x, padded);
  return padded;
}

/* The border stays 0 through all blocks of a call: what is before the first row and behind the last one, and between the end of a row and the begin
 * of the next. */
static void
clear_border (const planes *p, int n, nn_real *padded)
{
  if (is_bare (p))
    return;
  size_t row = (size_t) p->columns * p->c, inside = (size_t) p->w * p->c, before = (size_t) p->top * row + (size_t) p->left * p->c;
  for (int i = block_images (p, n); i > 0; i--, padded += plane_size (p)) {
    nn_real *end = padded + before + inside;
    memset (padded, 0, before * sizeof *padded);
    for (int y = 1; y < p->h; y++, end += row)
      memset (end, 0, (row - inside) * sizeof *padded);
    memset (end, 0, (size_t) (padded + plane_size (p) - end) * sizeof *padded);
  }
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

static size_t
scratch (const nn_grad_site *site, nn_conv_part part)
{
  nn_shape in = site->shapes[0], out = site->shape;
  planes p = part == NN_CONV_INPUT ? output_planes (site->node, in, out) : input_planes (site->node, in, out);
  return is_bare (&p) ? 0 : block_images (&p, NN_SHARD) * plane_size (&p);
}

/* Of the input's phases together as many as of the filters, channels in and out exchanged. */
static size_t
packed (const nn_grad_site *site, nn_conv_part part)
{
  const nn_window *v = &site->node->u.conv.window;
  int k = site->node->u.conv.k, c = site->node->u.conv.c;
  return nn_conv_packed_size (site->kernels->conv, part == NN_CONV_INPUT ? c : k, part == NN_CONV_INPUT ? k : c, v->kh, v->kw);
}

/* Of each phase the turned filters. */
static void
pack_phases (const nn_grad_site *site, const nn_real *w, nn_conv_steps steps, nn_real *to)
{
  const nn_window *v = &site->node->u.conv.window;
  int k = site->node->u.conv.k, c = site->node->u.conv.c;
  nn_conv_steps turned = { .k = 1, .h = -v->stride_h * steps.h, .w = -v->stride_w * steps.w, .c = steps.k };
  for (int p = 0; p < v->stride_h && p < v->kh; p++)
    for (int q = 0; q < v->stride_w && q < v->kw; q++) {
      int rows = phase_of (p, v->stride_h, v->kh, 0, 1).taps, columns = phase_of (q, v->stride_w, v->kw, 0, 1).taps;
      const nn_real *last = w + (p + (rows - 1) * v->stride_h) * steps.h + (q + (columns - 1) * v->stride_w) * steps.w;
      nn_conv_pack (site->kernels->conv, c, k, rows, columns, last, turned, to);
      to += nn_conv_packed_size (site->kernels->conv, c, k, rows, columns);
    }
}

static void
pack (const nn_grad_site *site, nn_conv_part part, const nn_real *w, nn_real *to)
{
  const nn_window *v = &site->node->u.conv.window;
  int k = site->node->u.conv.k, c = site->node->u.conv.c;
  nn_conv_steps steps = { .k = (ptrdiff_t) v->kh * v->kw * c, .h = (ptrdiff_t) v->kw * c, .w = c, .c = 1 };
  if (part == NN_CONV_INPUT)
    pack_phases (site, w, steps, to);
  else
    nn_conv_pack (site->kernels->conv, k, c, v->kh, v->kw, w, steps, to);
}

static void
forward (const nn_grad_call *call)
{
  planes p = input_planes (call->node, call->shapes[0], call->shape);
  nn_conv_job job = job_of (&call->node->u.conv.window, &p, call->shape);
  int step = block_images (&p, call->n);
  clear_border (&p, call->n, call->scratch);
  for (int i = 0; i < call->n; i += step) {
    job.n = call->n - i < step ? call->n - i : step;
    const nn_real *x = pad_planes (&p, job.n, call->in[0] + i * nn_shape_count (call->shapes[0]), call->scratch);
    call->kernels->conv->forward (&job, x, call->packed, NULL, call->out + i * job.y_image);
  }
}

static void
weights (const nn_grad_call *call)
{
  planes p = input_planes (call->node, call->shapes[0], call->shape);
  nn_conv_job job = job_of (&call->node->u.conv.window, &p, call->shape);
  int step = block_images (&p, call->n);
  clear_border (&p, call->n, call->scratch);
  for (int i = 0; i < call->n; i += step) {
    job.n = call->n - i < step ? call->n - i : step;
    const nn_real *x = pad_planes (&p, job.n, call->in[0] + i * nn_shape_count (call->shapes[0]), call->scratch);
    call->kernels->conv->weight_gradient (&job, x, call->dout + i * job.y_image, call->dweights);
  }
}

/* dx (n, h, w, c), a phase at a time, from n planes of dy. */
static void
input_of_planes (const nn_grad_call *call, const planes *p, int n, const nn_real *dy, nn_real *dx)
{
  const nn_window *v = &call->node->u.conv.window;
  nn_shape in = call->shapes[0];
  planes x = input_planes (call->node, in, call->shape);
  const nn_real *packed = call->packed;
  for (int i = 0; i < v->stride_h && i < v->kh; i++)
    for (int j = 0; j < v->stride_w && j < v->kw; j++) {
      phase h = phase_of (i, v->stride_h, v->kh, x.top, in.h), w = phase_of (j, v->stride_w, v->kw, x.left, in.w);
      nn_conv_job job = {
        .n = n,
        .h = h.count,
        .w = w.count,
        .k = in.c,
        .c = p->c,
        .kh = h.taps,
        .kw = w.taps,
        .stride_h = 1,
        .stride_w = 1,
        .x_row = (ptrdiff_t) p->columns * p->c,
        .x_image = (ptrdiff_t) plane_size (p),
        .y_row = (ptrdiff_t) v->stride_h * in.w * in.c,
        .y_image = (ptrdiff_t) nn_shape_count (in),
        .y_pixel = (ptrdiff_t) v->stride_w * in.c,
      };
      const nn_real *from = dy + (p->top + h.start) * job.x_row + (ptrdiff_t) (p->left + w.start) * p->c;
      call->kernels->conv->forward (&job, from, packed, NULL, dx + ((ptrdiff_t) h.first * in.w + w.first) * in.c);
      packed += nn_conv_packed_size (call->kernels->conv, in.c, p->c, h.taps, w.taps);
    }
}

static void
input (const nn_grad_call *call)
{
  const nn_window *v = &call->node->u.conv.window;
  planes p = output_planes (call->node, call->shapes[0], call->shape);
  size_t in_size = nn_shape_count (call->shapes[0]), out_size = nn_shape_count (call->shape);
  int step = block_images (&p, call->n);
  if (v->stride_h > v->kh || v->stride_w > v->kw) /* no window sees the other phases */
    memset (call->din[0], 0, call->n * in_size * sizeof (nn_real));
  clear_border (&p, call->n, call->scratch);
  for (int i = 0; i < call->n; i += step) {
    int n = call->n - i < step ? call->n - i : step;
    const nn_real *dy = pad_planes (&p, n, call->dout + i * out_size, call->scratch);
    input_of_planes (call, &p, n, dy, call->din[0] + i * in_size);
  }
}

/* (kh, kw, c, k) to (k, kh, kw, c) */
static void
unpack (const nn_node *node, const nn_real *sum, nn_real *dweights)
{
  const nn_window *v = &node->u.conv.window;
  nn_grad_transpose ((size_t) v->kh * v->kw * node->u.conv.c, (size_t) node->u.conv.k, sum, dweights);
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
