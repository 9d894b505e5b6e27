/* SPDX-License-Identifier: MIT
 * conv on integers: the input, rounded if it is not held as integers, with a zero border; then a direct or a Winograd kernel, which adds and clamps. */
#include "fast_op.h"

#include "../kernels/kernels.h"
#include "../memory.h"

#include <math.h>

/* Filters of more weights would leave each of them too few bits (conv16_pack.c). */
#define MAX_TAPS 32768

static bool
takes (const nn_node *node)
{
  const nn_window *window = &node->u.conv.window;
  bool clamp = node->act == NN_ACT_NONE || node->act == NN_ACT_RELU || node->act == NN_ACT_CLIP;
  return clamp && node->u.conv.groups == 1 && window->dilation_h == 1 && window->dilation_w == 1
         && nn_mul_limited (nn_mul_limited (window->kh, window->kw), node->u.conv.c) <= MAX_TAPS;
}

/* Multiplications of 16 bits that a tile's transforms are worth, for each channel in or out at each point; measured with AVX2 on Zen 3. */
#define TRANSFORM 14

static double
cost (const nn_node *node, nn_kind16 kind, nn_shape out)
{
  const nn_shape16 *shape = &nn_shape16_of[kind];
  double c = node->u.conv.c, k = node->u.conv.k, pixels = (double) out.h * out.w;
  if (kind == NN_DIRECT16)
    return pixels * node->u.conv.window.kh * node->u.conv.window.kw * c * k;
  double tiles = (double) ((out.h + shape->m - 1) / shape->m) * ((out.w + shape->m - 1) / shape->m);
  return tiles * shape->points * shape->points * (c * k + TRANSFORM * (c + k));
}

nn_kind16
nn_fast_kind (const nn_node *node, nn_shape out)
{
  const nn_window *window = &node->u.conv.window;
  nn_kind16 best = NN_DIRECT16;
  if (window->kh != 3 || window->kw != 3 || window->stride_h != window->stride_w)
    return best;
  for (nn_kind16 kind = NN_F2_16; kind < NN_N_KINDS16; kind++)
    if (nn_shape16_of[kind].stride == window->stride_h && cost (node, kind, out) < cost (node, best, out))
      best = kind;
  return best;
}

/* Input of a plane with the border that its tiles see. */
typedef struct geometry {
  int top, left, h, w; /* pixels above and to the left of the plane; of all */
} geometry;

static geometry
geometry_of (const nn_node *node, const nn_fast *fast, nn_shape from, nn_shape to)
{
  const nn_window *window = &node->u.conv.window;
  int out_h, out_w, m = nn_shape16_of[fast->kind].m;
  geometry g;
  nn_window_size (window, from.h, from.w, &out_h, &out_w, &g.top, &g.left);
  g.h = ((to.h + m - 1) / m * m - 1) * window->stride_h + window->kh;
  g.w = ((to.w + m - 1) / m * m - 1) * window->stride_w + window->kw;
  return g;
}

static int
at_least_0 (int value)
{
  return value > 0 ? value : 0;
}

static nn_border
border (const nn_node *node, const nn_fast *fast, const nn_shape *in, nn_shape out)
{
  geometry g = geometry_of (node, fast, in[0], out);
  return (nn_border) { .top = g.top, .left = g.left, .bottom = at_least_0 (g.h - g.top - in[0].h), .right = at_least_0 (g.w - g.left - in[0].w) };
}

/* Bytes of one image's bordered copy; kernels may read a vector behind it. */
static size_t
copy_bytes (const geometry *g, nn_shape from)
{
  return nn_aligned ((size_t) g->h * (size_t) g->w * (size_t) from.c * sizeof (int16_t) + NN_ALIGN);
}

static nn_conv16_job
job_of (const nn_node *node, nn_shape to)
{
  const nn_window *window = &node->u.conv.window;
  return (nn_conv16_job) { .n = 1, .h = to.h, .w = to.w, .k = to.c, .c = node->u.conv.c, .kh = window->kh, .kw = window->kw,
                           .stride_h = window->stride_h, .stride_w = window->stride_w };
}

static size_t
scratch (const nn_node *node, const nn_fast *fast, const nn_shape *in, nn_shape out, const nn_kernels *kernels)
{
  geometry g = geometry_of (node, fast, in[0], out);
  nn_conv16_job job = job_of (node, out);
  return copy_bytes (&g, in[0]) + (fast->kind == NN_DIRECT16 ? 0 : nn_block16_of (kernels->fast, fast->kind, &job).bytes);
}

/* Packed: scale (lanes), bias (lanes), weights. */
static size_t
floats (const nn_node *node, const nn_kernels *kernels)
{
  return nn_aligned (2 * nn_lanes16 (kernels->fast, node->u.conv.k) * sizeof (float)) / sizeof (float);
}

static size_t
packed_bytes (const nn_node *node, const nn_fast *fast, const nn_kernels *kernels)
{
  const nn_window *window = &node->u.conv.window;
  return floats (node, kernels) * sizeof (float)
         + nn_packed16_size (kernels->fast, fast->kind, node->u.conv.k, node->u.conv.c, window->kh, window->kw) * sizeof (int16_t);
}

/* What a unit of the output is worth. */
static double
out_step (const nn_fast *fast)
{
  return fast->out.held ? (double) fast->out.step : 1;
}

static void
pack (const nn_node *node, const nn_fast *fast, const nn_real *weights, const nn_kernels *kernels, void *packed)
{
  const nn_window *window = &node->u.conv.window;
  int k = node->u.conv.k, c = node->u.conv.c;
  size_t lanes = nn_lanes16 (kernels->fast, k), taps = (size_t) (window->kh * window->kw) * (size_t) c;
  float *scale = packed, *bias = scale + lanes;
  memset (scale, 0, floats (node, kernels) * sizeof *scale);
  nn_pack16 (kernels->fast, fast->kind, k, c, window->kh, window->kw, weights, fast->in.most, fast->in.negative,
             (double) fast->in.step / out_step (fast), (int16_t *) (scale + floats (node, kernels)), scale);
  for (int i = 0; node->u.conv.bias && i < k; i++)
    bias[i] = (float) ((double) weights[(size_t) k * taps + (size_t) i] / out_step (fast));
}

/* Image x, rounded where it is not held as integers, with the border. */
static void
copy (const nn_call *call, const nn_fast *fast, const geometry *g, size_t image, int16_t *to)
{
  nn_shape from = call->shapes[0];
  nn_storage stored = nn_call_stored (call, 0);
  int rows = g->h - g->top < from.h ? g->h - g->top : from.h, columns = g->w - g->left < from.w ? g->w - g->left : from.w;
  size_t c = (size_t) from.c, row = (size_t) g->w * c;
  memset (to, 0, (size_t) g->h * row * sizeof *to);
  if (columns <= 0)
    return;
  for (int h = 0; h < rows; h++) {
    size_t at = image * stored.image + (size_t) h * stored.row, count = (size_t) columns * c;
    int16_t *y = to + (size_t) (h + g->top) * row + (size_t) g->left * c;
    if (fast->in.held)
      memcpy (y, (const int16_t *) call->in[0] + at, count * sizeof *y);
    else
      call->kernels->fast->to_integers (count, (const float *) call->in[0] + at, 1 / fast->in.step,
                                        fast->in.negative ? (float) -fast->in.most : 0, (float) fast->in.most, y);
  }
}

static nn_finish16
finish_of (const nn_call *call, const nn_fast *fast)
{
  const nn_node *node = call->node;
  nn_storage out = nn_call_out_stored (call);
  float step = (float) out_step (fast);
  nn_finish16 finish = { .scale = call->packed, .low = -INFINITY, .high = INFINITY, .y_row = (ptrdiff_t) out.row, .y_image = (ptrdiff_t) out.image };
  finish.bias = finish.scale + nn_lanes16 (call->kernels->fast, node->u.conv.k);
  if (node->act == NN_ACT_RELU)
    finish.low = 0;
  if (node->act == NN_ACT_CLIP)
    finish.low = (float) node->act_a / step, finish.high = (float) node->act_b / step;
  if (fast->out.held) {
    finish.low = fmaxf (finish.low, fast->out.negative ? (float) -fast->out.most : 0);
    finish.high = fminf (finish.high, (float) fast->out.most);
    finish.y16 = (int16_t *) call->out;
  } else
    finish.y = (float *) call->out;
  if (node->n_in < 2)
    return finish;
  nn_storage add = nn_call_stored (call, 1);
  finish.add_row = (ptrdiff_t) add.row, finish.add_image = (ptrdiff_t) add.image;
  finish.add_scale = (fast->add.held ? fast->add.step : 1) / step;
  if (fast->add.held)
    finish.add16 = (const int16_t *) call->in[1];
  else
    finish.add = (const float *) call->in[1];
  return finish;
}

/* The same for the images from `image` on. */
static void
advance (nn_finish16 *finish)
{
  if (finish->y16)
    finish->y16 += finish->y_image;
  else
    finish->y += finish->y_image;
  if (finish->add16)
    finish->add16 += finish->add_image;
  if (finish->add)
    finish->add += finish->add_image;
}

static void
run (const nn_call *call, const nn_fast *fast, const nn_conv16_job *job, const int16_t *x, const nn_finish16 *finish, void *room)
{
  const int16_t *packed = (const int16_t *) ((const float *) call->packed + floats (call->node, call->kernels));
  if (fast->kind == NN_DIRECT16)
    call->kernels->fast->direct (job, x, packed, finish);
  else
    call->kernels->fast->winograd (job, fast->kind, x, packed, finish, room);
}

static bool
holds (nn_border stored, nn_border wanted)
{
  return stored.top >= wanted.top && stored.left >= wanted.left && stored.bottom >= wanted.bottom && stored.right >= wanted.right;
}

static void
forward (const nn_call *call, const nn_fast *fast)
{
  geometry g = geometry_of (call->node, fast, call->shapes[0], call->shape);
  nn_storage stored = nn_call_stored (call, 0);
  nn_conv16_job job = job_of (call->node, call->shape);
  nn_finish16 finish = finish_of (call, fast);
  unsigned char *room = (unsigned char *) call->scratch + copy_bytes (&g, call->shapes[0]);
  if (fast->in.held && holds (stored.border, border (call->node, fast, call->shapes, call->shape))) {
    job.n = call->n, job.x_row = (ptrdiff_t) stored.row, job.x_image = (ptrdiff_t) stored.image;
    run (call, fast, &job, (const int16_t *) call->in[0] - g.top * job.x_row - (ptrdiff_t) g.left * job.c, &finish, room);
    return;
  }
  job.x_row = (ptrdiff_t) g.w * job.c;
  for (int i = 0; i < call->n; i++, advance (&finish)) {
    copy (call, fast, &g, (size_t) i, (int16_t *) call->scratch);
    run (call, fast, &job, (const int16_t *) call->scratch, &finish, room);
  }
}

static int64_t
products (const nn_node *node, const nn_fast *fast, nn_shape out)
{
  const nn_shape16 *shape = &nn_shape16_of[fast->kind];
  if (fast->kind == NN_DIRECT16)
    return nn_op_conv.macs (node, out);
  int64_t tiles = (int64_t) ((out.h + shape->m - 1) / shape->m) * ((out.w + shape->m - 1) / shape->m);
  return tiles * shape->points * shape->points * node->u.conv.c * node->u.conv.k;
}

const nn_fast_impl nn_fast_conv = {
  .takes = takes,
  .border = border,
  .scratch = scratch,
  .packed_bytes = packed_bytes,
  .pack = pack,
  .products = products,
  .forward = forward,
};
