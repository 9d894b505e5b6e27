/* SPDX-License-Identifier: MIT
 * Which way a plan convolves: the cheapest by a model of a core that multiplies and adds two vectors a cycle. The unit of cost is one such
 * operation; the other figures were read off `test-nn-winograd --bench` and hold for vectors of 8 (Zen 3) and of 16 floats (Zen 5). */
#include "conv_way.h"

#define SUM 4         /* to begin, finish and store a vector of sums */
#define POINT 8       /* to transform a vector of one point, in or out */
#define STREAM 4.5    /* to read a vector of weights from the third-level cache */
#define SHARD 8       /* images that a runner works on at a time */

/* Rows of a matrix product that cost as much as rows pixels side by side: the last, lower register tile is slower for its size. */
static double
filled (int rows)
{
  int rest = rows % 4;
  return rows - rest + (rest && rest < 3 ? 2.7 : rest);
}

static double
larger (double a, double b)
{
  return a > b ? a : b;
}

/* One plane of sums: rows of pixels, taps multiplications each, k channels. */
static double
product_cost (double rows, int pixels, double taps, int k, int width)
{
  return rows * filled (pixels) * ((k + width - 1) / width) * (taps + SUM);
}

/* Of an image in a batch of n. */
static double
direct_cost (const nn_node *node, nn_shape out, int width, int n)
{
  double taps = (double) node->u.conv.window.kh * node->u.conv.window.kw * node->u.conv.c;
  double weights = taps * ((node->u.conv.k + width - 1) / width);
  return larger (product_cost (out.h, out.w, taps, node->u.conv.k, width), STREAM * weights / n);
}

static double
winograd_cost (const nn_node *node, nn_shape out, int width, int n)
{
  const nn_winograd *a = &nn_winograds[node->way - NN_CONV_WINOGRAD];
  int k = node->u.conv.k, c = node->u.conv.c, block = nn_conv_winograd_block (node);
  int tiles = n * ((out.h + a->m - 1) / a->m) * ((out.w + a->m - 1) / a->m), blocks = (tiles + block - 1) / block;
  double points = (double) a->points * a->points, vectors = (c + width - 1) / width + (k + width - 1) / width;
  double products = product_cost (points * blocks, (tiles + blocks - 1) / blocks, c, k, width);
  double weights = (double) a->filters * a->filters * c * ((k + width - 1) / width);
  return (POINT * points * vectors * tiles + larger (products, STREAM * weights * blocks)) / n;
}

/* The reference level sums directly. */
static bool
fits_winograd (const nn_node *node, const nn_winograd *a, const nn_kernels *kernels)
{
  const nn_window *v = &node->u.conv.window;
  bool window = kernels->winograd->width > 1 && v->kh == 3 && v->kw == 3 && v->stride_h == a->stride && v->stride_w == a->stride && v->dilation_h == 1 && v->dilation_w == 1;
  return window && node->u.conv.groups == 1 && node->u.conv.c >= kernels->winograd->width && node->u.conv.k >= kernels->winograd->width;
}

static int
packed_way (const nn_node *node)
{
  const nn_window *v = &node->u.conv.window;
  if (v->dilation_h > 1 || v->dilation_w > 1)
    return NN_CONV_GATHERED;
  bool depthwise = node->u.conv.groups == node->u.conv.c && node->u.conv.k == node->u.conv.c;
  return node->u.conv.groups == 1 ? NN_CONV_DIRECT : depthwise ? NN_CONV_DEPTHWISE : NN_CONV_GATHERED;
}

int
nn_conv_choose (const nn_node *node, const nn_shape *in, nn_shape out, const nn_kernels *kernels, const nn_aim *aim)
{
  (void) in;
  nn_node tried = *node;
  tried.way = packed_way (node);
  int best = tried.way, width = kernels->conv->width;
  if (best != NN_CONV_DIRECT || aim->exact)
    return best;
  double least = direct_cost (node, out, width, 1) + direct_cost (node, out, width, SHARD);
  least += aim->price * (double) nn_conv_packed_bytes (&tried, kernels);
  for (int kind = 0; kind < NN_N_WINOGRADS; kind++) {
    if (!fits_winograd (node, &nn_winograds[kind], kernels))
      continue;
    tried.way = NN_CONV_WINOGRAD + kind;
    double cost = winograd_cost (&tried, out, width, 1) + winograd_cost (&tried, out, width, SHARD);
    cost += aim->price * (double) nn_conv_winograd_bytes (&tried, kernels);
    if (cost < least)
      best = tried.way, least = cost;
  }
  return best;
}

const char *
nn_conv_way_name (const nn_node *node)
{
  static const char *const names[] = { "direct", "depthwise", "gathered" };
  const nn_window *v = &node->u.conv.window;
  if (node->way >= NN_CONV_WINOGRAD)
    return nn_winograds[node->way - NN_CONV_WINOGRAD].title;
  return node->way == NN_CONV_DIRECT && v->kh == 1 && v->kw == 1 ? "product" : names[node->way];
}

int64_t
nn_conv_products (const nn_node *node, nn_shape out)
{
  if (node->way < NN_CONV_WINOGRAD)
    return nn_op_conv.macs (node, out);
  const nn_winograd *a = &nn_winograds[node->way - NN_CONV_WINOGRAD];
  int64_t tiles = (int64_t) ((out.h + a->m - 1) / a->m) * ((out.w + a->m - 1) / a->m);
  return tiles * a->points * a->points * node->u.conv.c * node->u.conv.k;
}
