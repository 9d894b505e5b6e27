/* SPDX-License-Identifier: MIT
 * Pooling. A maximum hands its derivative to the first position that has it; an average shares it out. */
#include "grad.h"

#include <string.h>

/* The positions of an input plane under one output position: rows y0 + i * dilation for i in [i0, i1), columns likewise. */
typedef struct field {
  int y0, i0, i1, x0, j0, j1;
} field;

typedef struct geometry {
  const nn_window *window;
  int h, w, top, left;
} geometry;

static geometry
geometry_of (const nn_grad_call *call)
{
  geometry g = { .window = &call->node->u.pool.window, .h = call->shapes[0].h, .w = call->shapes[0].w };
  int out_h, out_w;
  nn_window_size (g.window, g.h, g.w, &out_h, &out_w, &g.top, &g.left);
  return g;
}

/* Kernel indices [*first, *end) whose place start + i * dilation is in [0, size). */
static void
inside (int start, int dilation, int kernel, int size, int *first, int *end)
{
  *first = start < 0 ? (-start + dilation - 1) / dilation : 0;
  *end = kernel;
  while (*end > *first && start + (*end - 1) * dilation >= size)
    --*end;
}

static field
field_at (const geometry *g, int oy, int ox)
{
  field f = { .y0 = oy * g->window->stride_h - g->top, .x0 = ox * g->window->stride_w - g->left };
  inside (f.y0, g->window->dilation_h, g->window->kh, g->h, &f.i0, &f.i1);
  inside (f.x0, g->window->dilation_w, g->window->kw, g->w, &f.j0, &f.j1);
  return f;
}

static size_t
place (const geometry *g, const field *f, int i, int j, int c)
{
  return ((size_t) (f->y0 + i * g->window->dilation_h) * g->w + f->x0 + j * g->window->dilation_w) * c;
}

/* dx at the maximum of x += dy, channel by channel */
static void
max_field (const geometry *g, const field *f, int c, const nn_real *x, const nn_real *dy, nn_real *dx)
{
  for (int l = 0; l < c; l++) {
    size_t best = place (g, f, f->i0, f->j0, c) + l;
    for (int i = f->i0; i < f->i1; i++)
      for (int j = f->j0; j < f->j1; j++) {
        size_t at = place (g, f, i, j, c) + l;
        if (x[at] > x[best])
          best = at;
      }
    dx[best] += dy[l];
  }
}

/* What one output's derivatives dy (c) add to dx, where the input is x. */
typedef void share_fn (const geometry *g, const field *f, int c, const nn_real *x, const nn_real *dy, nn_real *dx);

/* The common windows: without an input in common, none cut at an edge. */
static bool
is_apart (const geometry *g, nn_shape out)
{
  const nn_window *v = g->window;
  return v->stride_h >= v->kh && v->stride_w >= v->kw && v->dilation_h == 1 && v->dilation_w == 1 && !g->top && !g->left
         && (out.h - 1) * v->stride_h + v->kh <= g->h && (out.w - 1) * v->stride_w + v->kw <= g->w;
}

/* Inputs that no window sees get 0. */
static void
apart_backward (const nn_grad_call *call, const geometry *g, nn_pool_slope_fn *slope)
{
  const nn_window *v = g->window;
  nn_shape out = call->shape;
  ptrdiff_t c = out.c, row = g->w * c, size = g->h * row;
  nn_pool_job job = { out.w, out.c, v->kh, v->kw, row, c, v->stride_w * c, (nn_real) 1 / (nn_real) (v->kh * v->kw) };
  if (v->stride_h > v->kh || v->stride_w > v->kw || out.h * v->stride_h < g->h || out.w * v->stride_w < g->w)
    memset (call->din[0], 0, (size_t) call->n * (size_t) size * sizeof (nn_real));
  const nn_real *dy = call->dout;
  for (int i = 0; i < call->n; i++)
    for (int oy = 0; oy < out.h; oy++, dy += out.w * c) {
      ptrdiff_t at = i * size + oy * v->stride_h * row;
      slope (&job, call->in[0] + at, dy, call->din[0] + at);
    }
}

static void
any_backward (const nn_grad_call *call, const geometry *g, share_fn *share)
{
  int c = call->shape.c;
  size_t in_size = nn_shape_count (call->shapes[0]);
  memset (call->din[0], 0, call->n * in_size * sizeof (nn_real));
  const nn_real *dy = call->dout;
  for (int i = 0; i < call->n; i++)
    for (int oy = 0; oy < call->shape.h; oy++)
      for (int ox = 0; ox < call->shape.w; ox++, dy += c) {
        field f = field_at (g, oy, ox);
        if (f.i0 < f.i1 && f.j0 < f.j1)
          share (g, &f, c, call->in[0] + i * in_size, dy, call->din[0] + i * in_size);
      }
}

static void
backward (const nn_grad_call *call, nn_pool_slope_fn *slope, share_fn *share)
{
  if (!call->din[0])
    return;
  geometry g = geometry_of (call);
  if (is_apart (&g, call->shape))
    apart_backward (call, &g, slope);
  else
    any_backward (call, &g, share);
}

static void
max_backward (const nn_grad_call *call)
{
  backward (call, call->kernels->pool->max_slope, max_field);
}

/* Kernel indices along one axis that lie on the padded input: ceil_mode may reach past it. */
static int
counted (int start, int dilation, int kernel, int padded_size)
{
  int first, end;
  inside (start, dilation, kernel, padded_size, &first, &end);
  return end;
}

/* How many values an average divides by. */
static int
divisor (const geometry *g, const field *f)
{
  const nn_window *v = g->window;
  if (!v->count_include_pad)
    return (f->i1 - f->i0) * (f->j1 - f->j0);
  if (v->auto_pad != NN_PAD_GIVEN)
    return v->kh * v->kw;
  return counted (f->y0 + v->pad_top, v->dilation_h, v->kh, v->pad_top + g->h + v->pad_bottom)
         * counted (f->x0 + v->pad_left, v->dilation_w, v->kw, v->pad_left + g->w + v->pad_right);
}

static void
average_field (const geometry *g, const field *f, int c, const nn_real *x, const nn_real *dy, nn_real *dx)
{
  (void) x;
  nn_real part = (nn_real) 1 / (nn_real) divisor (g, f);
  for (int i = f->i0; i < f->i1; i++)
    for (int j = f->j0; j < f->j1; j++) {
      nn_real *at = dx + place (g, f, i, j, c);
      for (int l = 0; l < c; l++)
        at[l] += dy[l] * part;
    }
}

static void
average_backward (const nn_grad_call *call)
{
  backward (call, call->kernels->pool->mean_slope, average_field);
}

const nn_grad_impl nn_grad_max_pool = { .reads_in = true, .backward = max_backward };
const nn_grad_impl nn_grad_avg_pool = { .backward = average_backward };
