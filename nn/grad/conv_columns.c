/* SPDX-License-Identifier: MIT
 * Convolution as a matrix product over blocks of output rows, whose input windows are copied into a matrix of columns that stays in the
 * second-level cache: col (p, kh kw c / groups) for p output positions.
 *   Y (p, k) = col W^T,  dcol = dY W,  dW^T = col^T dY. */
#include "conv.h"

#include <string.h>

enum { BLOCK = 1 << 16 }; /* nn_reals of columns that a block may have, unless one row has more */

typedef struct geometry {
  const nn_window *window;
  int h, w, c, out_h, out_w, k, groups, top, left;
  int cg, kg, depth; /* channels in and out of a group; length of a column */
  int rows;          /* output rows of a block */
} geometry;

static geometry
geometry_of (const nn_node *node, nn_shape in, nn_shape out)
{
  geometry g = { .window = &node->u.conv.window, .h = in.h, .w = in.w, .c = in.c, .out_h = out.h, .out_w = out.w, .k = out.c };
  int out_h, out_w;
  nn_window_size (g.window, g.h, g.w, &out_h, &out_w, &g.top, &g.left);
  g.groups = node->u.conv.groups;
  g.cg = g.c / g.groups;
  g.kg = g.k / g.groups;
  g.depth = g.window->kh * g.window->kw * g.cg;
  g.rows = (int) (BLOCK / ((size_t) g.out_w * g.depth));
  g.rows = g.rows < 1 ? 1 : g.rows > g.out_h ? g.out_h : g.rows;
  return g;
}

static size_t
scratch (const nn_grad_site *site, nn_conv_part part)
{
  (void) part;
  geometry g = geometry_of (site->node, site->shapes[0], site->shape);
  return (size_t) g.rows * g.out_w * g.depth;
}

static int
depth_of (const nn_node *node)
{
  return node->u.conv.window.kh * node->u.conv.window.kw * (node->u.conv.c / node->u.conv.groups);
}

/* Of one group: its filters, or for the derivative of the columns those transposed. */
static size_t
group_packed (const nn_node *node, const nn_kernels *kernels, nn_conv_part part)
{
  int kg = node->u.conv.k / node->u.conv.groups, depth = depth_of (node);
  return nn_conv_packed_size (kernels->conv, part == NN_CONV_INPUT ? depth : kg, part == NN_CONV_INPUT ? kg : depth, 1, 1);
}

static size_t
packed (const nn_grad_site *site, nn_conv_part part)
{
  return (size_t) site->node->u.conv.groups * group_packed (site->node, site->kernels, part);
}

static void
pack (const nn_grad_site *site, nn_conv_part part, const nn_real *w, nn_real *to)
{
  int kg = site->node->u.conv.k / site->node->u.conv.groups, depth = depth_of (site->node);
  for (int i = 0; i < site->node->u.conv.groups; i++, w += (ptrdiff_t) kg * depth, to += group_packed (site->node, site->kernels, part))
    if (part == NN_CONV_INPUT)
      nn_conv_pack (site->kernels->conv, depth, kg, 1, 1, w, (nn_conv_steps) { .k = 1, .c = depth }, to);
    else
      nn_conv_pack (site->kernels->conv, kg, depth, 1, 1, w, (nn_conv_steps) { .k = depth, .c = 1 }, to);
}

/* The packed filters of a block's group. */
static const nn_real *
packed_of (const nn_grad_call *call, nn_conv_part part, int group)
{
  return call->packed + (size_t) group * group_packed (call->node, call->kernels, part);
}

/* What to do with one row of a window: the kw places of input row y (NULL: padding) from column x on, and their columns. */
typedef void (*row_fn) (const geometry *g, nn_real *y, int x, nn_real *col);

static void
copy_row (const geometry *g, nn_real *y, int x, nn_real *col)
{
  for (int i = 0; i < g->window->kw; i++, x += g->window->dilation_w, col += g->cg)
    if (y && x >= 0 && x < g->w)
      memcpy (col, y + (size_t) x * g->c, (size_t) g->cg * sizeof *col);
    else
      memset (col, 0, (size_t) g->cg * sizeof *col);
}

static void
add_row (const geometry *g, nn_real *y, int x, nn_real *col)
{
  for (int i = 0; i < g->window->kw; i++, x += g->window->dilation_w, col += g->cg)
    if (y && x >= 0 && x < g->w)
      for (int j = 0; j < g->cg; j++)
        y[(size_t) x * g->c + j] += col[j];
}

/* Walks over the columns of output rows [first, end) and the places of the input that they stand for; image points at the group's first channel. */
static void
walk (const geometry *g, int first, int end, nn_real *image, nn_real *col, row_fn act)
{
  const nn_window *v = g->window;
  for (int oy = first; oy < end; oy++)
    for (int ox = 0; ox < g->out_w; ox++)
      for (int i = 0; i < v->kh; i++, col += v->kw * g->cg) {
        int y = oy * v->stride_h - g->top + i * v->dilation_h;
        act (g, y >= 0 && y < g->h ? image + (size_t) y * g->w * g->c : NULL, ox * v->stride_w - g->left, col);
      }
}

/* Output rows [first, end) of an image, one group's channels. */
typedef struct block {
  int group, first, end, positions;
  size_t in, out; /* where the group's channels begin: in the image of x, in row first of y */
  size_t weights; /* where the group's filters begin */
} block;

static block
block_at (const geometry *g, int image, int group, int first)
{
  int end = first + g->rows < g->out_h ? first + g->rows : g->out_h;
  return (block) {
    .group = group,
    .first = first,
    .end = end,
    .positions = (end - first) * g->out_w,
    .in = (size_t) image * g->h * g->w * g->c + (size_t) group * g->cg,
    .out = ((size_t) image * g->out_h + first) * g->out_w * g->k + (size_t) group * g->kg,
    .weights = (size_t) group * g->kg * g->depth,
  };
}

/* A product of b's positions with k outputs each, `apart` from position to position, of c inputs each. */
static nn_conv_job
product (const block *b, int k, int c, int apart)
{
  return (nn_conv_job) { .n = 1, .h = 1, .w = b->positions, .k = k, .c = c, .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1, .y_pixel = apart };
}

static void
forward_block (const nn_grad_call *call, const geometry *g, const block *b)
{
  nn_conv_job job = product (b, g->kg, g->depth, g->k);
  walk (g, b->first, b->end, (nn_real *) call->in[0] + b->in, call->scratch, copy_row);
  call->kernels->conv->forward (&job, call->scratch, packed_of (call, NN_CONV_FORWARD, b->group), NULL, call->out + b->out);
}

static void
weights_block (const nn_grad_call *call, const geometry *g, const block *b)
{
  nn_conv_job job = product (b, g->kg, g->depth, g->k);
  walk (g, b->first, b->end, (nn_real *) call->in[0] + b->in, call->scratch, copy_row);
  call->kernels->conv->weight_gradient (&job, call->scratch, call->dout + b->out, call->dweights + b->weights);
}

/* The other groups' channels of dy are what a stride skips. */
static void
input_block (const nn_grad_call *call, const geometry *g, const block *b)
{
  nn_conv_job job = product (b, g->depth, g->kg, 0);
  job.stride_w = g->groups;
  call->kernels->conv->forward (&job, call->dout + b->out, packed_of (call, NN_CONV_INPUT, b->group), NULL, call->scratch);
  walk (g, b->first, b->end, call->din[0] + b->in, call->scratch, add_row);
}

static void
each_block (const nn_grad_call *call, void (*act) (const nn_grad_call *, const geometry *, const block *))
{
  geometry g = geometry_of (call->node, call->shapes[0], call->shape);
  for (int i = 0; i < call->n; i++)
    for (int first = 0; first < g.out_h; first += g.rows)
      for (int j = 0; j < g.groups; j++) {
        block b = block_at (&g, i, j, first);
        act (call, &g, &b);
      }
}

static void
forward (const nn_grad_call *call)
{
  each_block (call, forward_block);
}

static void
weights (const nn_grad_call *call)
{
  each_block (call, weights_block);
}

static void
input (const nn_grad_call *call)
{
  memset (call->din[0], 0, call->n * nn_shape_count (call->shapes[0]) * sizeof (nn_real));
  each_block (call, input_block);
}

/* Of each group (depth, k) to (k, depth). */
static void
unpack (const nn_node *node, const nn_real *sum, nn_real *dweights)
{
  size_t kg = (size_t) (node->u.conv.k / node->u.conv.groups), depth = (size_t) depth_of (node);
  for (int i = 0; i < node->u.conv.groups; i++, sum += kg * depth, dweights += kg * depth)
    nn_grad_transpose (depth, kg, sum, dweights);
}

const nn_conv_way nn_conv_columns = {
  .scratch = scratch,
  .packed = packed,
  .pack = pack,
  .forward = forward,
  .weights = weights,
  .input = input,
  .unpack = unpack,
};
