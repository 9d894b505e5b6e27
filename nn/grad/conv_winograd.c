/* SPDX-License-Identifier: MIT
 * Convolution with a 3x3 window by fewer products (kernels/winograd.h). The derivative of the input, at stride 1, is the same algorithm over the
 * derivative of the output with turned filters. */
#include "conv.h"

enum { SCRATCH = 1 << 18 }; /* nn_reals that the transformed tiles of a block may take */

/* One part of the work: an output (n, h, w, k) of an input of c channels. */
typedef struct geometry {
  nn_winograd_kind kind;
  nn_shape in, out;
  int top, left; /* rows and columns of zeros before the input */
} geometry;

static geometry
geometry_of (const nn_grad_site *site, nn_conv_part part)
{
  const nn_window *v = &site->node->u.conv.window;
  geometry g = { .in = site->shapes[0], .out = site->shape };
  int out_h, out_w;
  nn_window_size (v, g.in.h, g.in.w, &out_h, &out_w, &g.top, &g.left);
  if (part == NN_CONV_INPUT)
    g = (geometry) { .in = g.out, .out = g.in, .top = 2 - g.top, .left = 2 - g.left };
  return g;
}

/* What a part costs an image, in multiplications: of the kind, or of the direct way for NN_N_WINOGRADS. An element of a transformed tile costs
 * as much as TRANSFORM of them; one of the filters' transformed gradient, once for a shard, as much as FILTER. Both measured. */
static double
cost_of (const geometry *g, nn_conv_part part, nn_winograd_kind kind)
{
  enum { TRANSFORM = 24, FILTER = 8 };
  double pairs = (double) g->in.c * g->out.c;
  if (kind == NN_N_WINOGRADS)
    return 9.0 * g->out.h * g->out.w * pairs;
  const nn_winograd *a = &nn_winograds[kind];
  double tiles = (double) ((g->out.h + a->m - 1) / a->m) * ((g->out.w + a->m - 1) / a->m), points = a->points * a->points;
  double filters = part == NN_CONV_WEIGHTS ? (double) a->filters * a->filters * FILTER / NN_SHARD * pairs : 0;
  return tiles * points * (pairs + TRANSFORM * (g->in.c + g->out.c)) + filters;
}

/* The cheapest kind, NN_N_WINOGRADS for the direct way, which the reference level, a specification, always takes. F6 is left out: its rounding
 * errors are twice those of F4. */
static nn_winograd_kind
kind_of (const nn_grad_site *site, nn_conv_part part, const geometry *g)
{
  const nn_window *v = &site->node->u.conv.window;
  int width = site->kernels->winograd->width;
  nn_winograd_kind best = NN_N_WINOGRADS;
  if (v->kh != 3 || v->kw != 3 || v->stride_h != v->stride_w || width == 1 || g->in.c < width || g->out.c < width)
    return best;
  for (nn_winograd_kind kind = 0; kind < NN_N_WINOGRADS; kind++)
    if (kind != NN_WINOGRAD_F6 && nn_winograds[kind].stride == v->stride_h && (part != NN_CONV_INPUT || v->stride_h == 1)
        && cost_of (g, part, kind) < cost_of (g, part, best))
      best = kind;
  return best;
}

static geometry
plan_of (const nn_grad_site *site, nn_conv_part part)
{
  geometry g = geometry_of (site, part);
  g.kind = kind_of (site, part, &g);
  return g;
}

bool
nn_conv_winograd_pays (const nn_grad_site *site, nn_conv_part part)
{
  return plan_of (site, part).kind != NN_N_WINOGRADS;
}

static nn_winograd_job
job_of (const geometry *g, int n)
{
  return (nn_winograd_job) {
    .n = n,
    .h = g->out.h,
    .w = g->out.w,
    .k = g->out.c,
    .c = g->in.c,
    .x_row = (ptrdiff_t) g->in.w * g->in.c,
    .x_image = (ptrdiff_t) nn_shape_count (g->in),
    .y_row = (ptrdiff_t) g->out.w * g->out.c,
    .y_image = (ptrdiff_t) nn_shape_count (g->out),
    .row_from = g->top,
    .row_to = g->top + g->in.h,
    .column_from = g->left,
    .column_to = g->left + g->in.w,
  };
}

/* The place of the first input that output (0, 0) sees. */
static const nn_real *
corner (const geometry *g, const nn_real *x)
{
  return x - ((ptrdiff_t) g->top * g->in.w + g->left) * g->in.c;
}

/* Tiles of a block, of n images. */
static int
block_tiles (const geometry *g, int n)
{
  nn_winograd_job job = job_of (g, n);
  size_t points = (size_t) nn_winograds[g->kind].points, most = SCRATCH / (points * points * (size_t) (g->in.c + g->out.c));
  int tiles = nn_winograd_tiles (g->kind, &job);
  return most < 1 ? 1 : most < (size_t) tiles ? (int) most : tiles;
}

/* Of dU, the gradient of the transformed filters. */
static size_t
slopes_size (const geometry *g)
{
  size_t filters = (size_t) nn_winograds[g->kind].filters;
  return filters * filters * nn_winograd_step (g->in.c, g->out.c);
}

static size_t
scratch (const nn_grad_site *site, nn_conv_part part)
{
  geometry g = plan_of (site, part);
  return nn_winograd_scratch (g.kind, g.out.c, g.in.c, block_tiles (&g, NN_SHARD)) + (part == NN_CONV_WEIGHTS ? slopes_size (&g) : 0);
}

static size_t
packed (const nn_grad_site *site, nn_conv_part part)
{
  geometry g = plan_of (site, part);
  return nn_winograd_packed_size (g.kind, site->kernels, g.out.c, g.in.c);
}

static void
pack (const nn_grad_site *site, nn_conv_part part, const nn_real *w, nn_real *to)
{
  geometry g = plan_of (site, part);
  ptrdiff_t c = site->node->u.conv.c;
  nn_conv_steps steps = { .k = 9 * c, .h = 3 * c, .w = c, .c = 1 }, turned = { .k = 1, .h = -3 * c, .w = -c, .c = 9 * c };
  if (part == NN_CONV_INPUT)
    site->kernels->winograd->pack (g.kind, g.out.c, g.in.c, w + 8 * c, turned, to);
  else
    site->kernels->winograd->pack (g.kind, g.out.c, g.in.c, w, steps, to);
}

static void
convolve (const nn_grad_call *call, nn_conv_part part, const nn_real *x, nn_real *y)
{
  nn_grad_site site = nn_grad_site_of (call);
  geometry g = plan_of (&site, part);
  nn_winograd_job job = job_of (&g, call->n);
  nn_winograd_forward (g.kind, call->kernels, &job, block_tiles (&g, call->n), corner (&g, x), call->packed, NULL, y, call->scratch);
}

static void
forward (const nn_grad_call *call)
{
  convolve (call, NN_CONV_FORWARD, call->in[0], call->out);
}

static void
input (const nn_grad_call *call)
{
  convolve (call, NN_CONV_INPUT, call->dout, call->din[0]);
}

static void
weights (const nn_grad_call *call)
{
  nn_grad_site site = nn_grad_site_of (call);
  geometry g = plan_of (&site, NN_CONV_WEIGHTS);
  nn_winograd_job job = job_of (&g, call->n);
  nn_real *du = call->scratch, *rest = du + slopes_size (&g);
  nn_winograd_weight_gradient (g.kind, call->kernels, &job, block_tiles (&g, call->n), corner (&g, call->in[0]), call->dout, du, rest);
  call->kernels->winograd->gradient (g.kind, g.out.c, g.in.c, du, call->dweights);
}

const nn_conv_way nn_conv_winograd = {
  .scratch = scratch,
  .packed = packed,
  .pack = pack,
  .forward = forward,
  .weights = weights,
  .input = input,
};
