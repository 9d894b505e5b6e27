/* SPDX-License-Identifier: MIT
 * A strip of output rows at a time, so that what is copied for it and what comes out stay in the cache:
 *   direct     one group, no dilation: the rows under the strip with a zero border, then the direct kernel;
 *   depthwise  a window per channel, no dilation: the same border, then the depthwise kernel;
 *   gathered   all others: each pixel's window side by side, group by group, then the direct kernel as a matrix product. */
#include "conv_way.h"

#include <string.h>

/* nn_reals that a strip's copy of the input should not exceed. */
#define STRIP (16 * 1024)

/* Sizes that follow from node and shapes. */
typedef struct geometry {
  const nn_node *node;
  const nn_window *window;
  nn_shape from, to;
  int top, left;
  int group_c, group_k, taps; /* channels in and out of a group, and weights of one of its filters */
  nn_border border;           /* how far the window reaches beyond the plane */
  bool copies;                /* a strip of the input with that border; not where the border is stored */
  int width;                  /* pixels of a row with its border */
  int rows;                   /* of output in a strip */
  size_t copied;              /* nn_reals of the strip's copy of the input */
} geometry;

/* Input rows under so many rows of output. */
static int
rows_under (const nn_window *window, int rows)
{
  return (rows - 1) * window->stride_h + window->kh;
}

static int
at_least_0 (int value)
{
  return value > 0 ? value : 0;
}

static geometry
geometry_of (const nn_node *node, nn_shape from, nn_shape to)
{
  const nn_window *window = &node->u.conv.window;
  geometry g = { .node = node, .window = window, .from = from, .to = to };
  int out_h, out_w;
  nn_window_size (window, from.h, from.w, &out_h, &out_w, &g.top, &g.left);
  g.group_c = from.c / node->u.conv.groups;
  g.group_k = to.c / node->u.conv.groups;
  g.taps = window->kh * window->kw * g.group_c;
  g.width = (to.w - 1) * window->stride_w + window->kw;
  g.border = (nn_border) { .top = g.top,
                           .left = g.left,
                           .bottom = at_least_0 (rows_under (window, to.h) - g.top - from.h),
                           .right = at_least_0 (g.width - g.left - from.w) };
  g.copies = node->way != NN_CONV_GATHERED && (g.border.top || g.border.left || g.border.bottom || g.border.right);
  size_t row = node->way == NN_CONV_GATHERED ? (size_t) to.w * (size_t) g.taps : (size_t) window->stride_h * (size_t) g.width * (size_t) from.c;
  size_t rows = STRIP / row;
  g.rows = rows < 1 ? 1 : rows < (size_t) to.h ? (int) rows : to.h;
  if (node->way == NN_CONV_GATHERED)
    g.copied = (size_t) g.rows * row;
  else
    g.copied = g.copies ? (size_t) rows_under (window, g.rows) * (size_t) g.width * (size_t) from.c : 0;
  return g;
}

nn_border
nn_conv_packed_border (const nn_node *node, const nn_shape *in, nn_shape out)
{
  geometry g = geometry_of (node, in[0], out);
  return node->way == NN_CONV_GATHERED ? (nn_border) { 0 } : g.border;
}

size_t
nn_conv_packed_scratch (const nn_node *node, const nn_shape *in, nn_shape out)
{
  return geometry_of (node, in[0], out).copied;
}

/* nn_reals of one group's packed filters. */
static size_t
group_size (const nn_node *node, const nn_kernels *kernels)
{
  const nn_window *window = &node->u.conv.window;
  int groups = node->u.conv.groups;
  if (node->way == NN_CONV_DEPTHWISE)
    return (size_t) window->kh * (size_t) window->kw;
  return nn_conv_packed_size (kernels->conv, node->u.conv.k / groups, node->u.conv.c / groups, window->kh, window->kw);
}

size_t
nn_conv_packed_bytes (const nn_node *node, const nn_kernels *kernels)
{
  return (size_t) node->u.conv.groups * group_size (node, kernels) * sizeof (nn_real);
}

void
nn_conv_packed_pack (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed)
{
  const nn_window *window = &node->u.conv.window;
  int groups = node->u.conv.groups, k = node->u.conv.k / groups, taps = window->kh * window->kw * (node->u.conv.c / groups);
  nn_real *to = packed;
  if (node->way == NN_CONV_DEPTHWISE) {
    for (int tap = 0; tap < taps; tap++)
      for (int c = 0; c < node->u.conv.c; c++)
        *to++ = weights[(size_t) c * (size_t) taps + (size_t) tap];
    return;
  }
  for (int group = 0; group < groups; group++, to += group_size (node, kernels), weights += (size_t) k * (size_t) taps)
    nn_conv_pack (kernels->conv, k, taps, 1, 1, weights, (nn_conv_steps) { .k = taps, .c = 1 }, to);
}

static nn_real *
zeros (nn_real *to, size_t count)
{
  memset (to, 0, count * sizeof *to);
  return to + count;
}

/* The rows from `row` on of image x with the border that the window sees. */
static void
copy_bordered (const geometry *g, const nn_real *x, size_t stride, int row, int rows, nn_real *to)
{
  size_t c = (size_t) g->from.c;
  int inside = g->width - g->left < g->from.w ? g->width - g->left : g->from.w;
  if (inside < 0)
    inside = 0;
  int left = g->left < g->width ? g->left : g->width;
  for (int end = row + rows; row < end; row++) {
    if (row < 0 || row >= g->from.h) {
      to = zeros (to, (size_t) g->width * c);
      continue;
    }
    to = zeros (to, (size_t) left * c);
    memcpy (to, x + (size_t) row * stride, (size_t) inside * c * sizeof *to);
    to = zeros (to + (size_t) inside * c, (size_t) (g->width - left - inside) * c);
  }
}

/* The windows of one group, channels from `first` on, for output rows [row, row + rows): (rows * w, taps). */
static void
copy_windows (const geometry *g, const nn_real *x, size_t stride, int row, int rows, int first, nn_real *to)
{
  const nn_window *window = g->window;
  size_t c = (size_t) g->group_c;
  for (int h = row; h < row + rows; h++)
    for (int w = 0; w < g->to.w; w++)
      for (int kh = 0; kh < window->kh; kh++)
        for (int kw = 0; kw < window->kw; kw++) {
          int64_t y = (int64_t) h * window->stride_h - g->top + (int64_t) kh * window->dilation_h;
          int64_t z = (int64_t) w * window->stride_w - g->left + (int64_t) kw * window->dilation_w;
          if (y < 0 || y >= g->from.h || z < 0 || z >= g->from.w) {
            to = zeros (to, c);
            continue;
          }
          memcpy (to, x + (size_t) y * stride + (size_t) z * (size_t) g->from.c + first, c * sizeof *to);
          to += c;
        }
}

/* Direct or depthwise: one strip of an image. */
static void
run_bordered (const nn_call *call, const geometry *g, const nn_epilogue *epilogue, const nn_real *x, int row, int rows, nn_real *y, size_t y_row)
{
  const nn_window *window = g->window;
  nn_conv_job job = { .n = 1, .h = rows, .w = g->to.w, .k = g->to.c, .c = g->from.c, .kh = window->kh, .kw = window->kw };
  job.stride_h = window->stride_h, job.stride_w = window->stride_w;
  size_t stride = nn_call_stored (call, 0).row;
  job.x_row = (ptrdiff_t) (g->copies ? (size_t) g->width * (size_t) g->from.c : stride);
  job.y_row = (ptrdiff_t) y_row;
  int first = row * window->stride_h - g->top;
  if (g->copies) {
    copy_bordered (g, x, stride, first, rows_under (window, rows), call->scratch);
    x = call->scratch;
  } else
    x += first * job.x_row - (ptrdiff_t) g->left * g->from.c;
  if (g->node->way == NN_CONV_DIRECT)
    call->kernels->conv->forward (&job, x, call->packed, epilogue, y);
  else
    call->kernels->depthwise (&job, x, call->packed, epilogue, y);
}

static void
run_gathered (const nn_call *call, const geometry *g, const nn_epilogue *epilogue, const nn_real *x, int row, int rows, nn_real *y, size_t y_row)
{
  nn_conv_job job = { .n = 1, .h = rows, .w = g->to.w, .k = g->group_k, .c = g->taps, .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1 };
  job.x_row = (ptrdiff_t) g->to.w * g->taps;
  job.y_row = (ptrdiff_t) y_row;
  job.y_pixel = g->to.c;
  const nn_real *packed = call->packed;
  for (int group = 0; group < g->node->u.conv.groups; group++, packed += group_size (g->node, call->kernels), y += g->group_k) {
    copy_windows (g, x, nn_call_stored (call, 0).row, row, rows, group * g->group_c, call->scratch);
    nn_epilogue own = *epilogue;
    own.bias = own.bias ? own.bias + group * g->group_k : NULL;
    own.add = own.add ? own.add + group * g->group_k : NULL;
    call->kernels->conv->forward (&job, call->scratch, packed, &own, y);
  }
}

static bool
holds (nn_border border, nn_border wish)
{
  return border.top >= wish.top && border.left >= wish.left && border.bottom >= wish.bottom && border.right >= wish.right;
}

void
nn_conv_packed_forward (const nn_call *call)
{
  geometry g = geometry_of (call->node, call->shapes[0], call->shape);
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  g.copies = g.copies && !holds (stored.border, g.border);
  nn_epilogue epilogue = { .bias = call->node->u.conv.bias ? call->weights + (size_t) g.to.c * (size_t) g.taps : NULL };
  bool clamp = nn_act_clamp (call->node, &epilogue.low, &epilogue.high);
  if (call->node->n_in > 1)
    epilogue.add_row = (ptrdiff_t) nn_call_stored (call, 1).row;
  for (size_t i = 0; i < (size_t) call->n; i++)
    for (int row = 0, rows; row < g.to.h; row += rows) {
      rows = g.to.h - row < g.rows ? g.to.h - row : g.rows;
      nn_real *y = call->out + i * out.image + (size_t) row * out.row;
      epilogue.add = nn_conv_added (call, i, (size_t) row);
      (call->node->way == NN_CONV_GATHERED ? run_gathered : run_bordered) (call, &g, &epilogue, call->in[0] + i * stored.image, row, rows, y, out.row);
      for (int h = 0; h < rows && !clamp; h++)
        nn_act_apply (call, y + (size_t) h * out.row, (size_t) g.to.w * (size_t) g.to.c);
    }
}
