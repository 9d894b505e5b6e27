/* SPDX-License-Identifier: MIT
 * conv: y[k] = b[k] + sum over the window and the k's group of channels of W[k] x, outside the plane x = 0; plus a second input, if there is one. */
#include "conv_way.h"

#include <string.h>

static int64_t
filter_size (const nn_node *node)
{
  const nn_window *window = &node->u.conv.window;
  return nn_mul_limited (nn_mul_limited (window->kh, window->kw), node->u.conv.c / node->u.conv.groups);
}

static bool
check (const nn_node *node, nn_error *error)
{
  int k = node->u.conv.k, c = node->u.conv.c, groups = node->u.conv.groups;
  if (k < 1 || c < 1 || groups < 1 || k % groups || c % groups)
    return nn_fail (error, "%d filters of %d channels in %d groups; expected multiples of the groups", k, c, groups);
  if (!nn_window_check (&node->u.conv.window, error))
    return false;
  if (nn_mul_limited (k, filter_size (node) + 1) > NN_MAX_ELEMENTS)
    return nn_fail (error, "%d filters of %lld weights; expected at most %lld weights", k, (long long) filter_size (node),
                    (long long) NN_MAX_ELEMENTS);
  return true;
}

static size_t
n_weights (const nn_node *node)
{
  return (size_t) node->u.conv.k * ((size_t) filter_size (node) + node->u.conv.bias);
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  if (in[0].c != node->u.conv.c)
    return nn_fail (error, "input with %d channels; expected %d", in[0].c, node->u.conv.c);
  out->c = node->u.conv.k;
  if (!nn_window_shape (&node->u.conv.window, in[0], out, error))
    return false;
  if (node->n_in > 1 && memcmp (&in[1], out, sizeof *out))
    return nn_fail (error, "second input (%d, %d, %d); expected (%d, %d, %d), to which it is added", in[1].h, in[1].w, in[1].c, out->h, out->w,
                    out->c);
  return true;
}

static int64_t
macs (const nn_node *node, nn_shape out)
{
  return (int64_t) out.h * out.w * out.c * filter_size (node);
}

/* Sum of one filter w (kh, kw, c) over the window whose corner is at (y0, x0) of image x (shape, rows stride apart), channels from `first` on. */
static nn_real
filter_at (const nn_window *window, nn_shape shape, size_t stride, const nn_real *x, int y0, int x0, int first, int c, const nn_real *w)
{
  nn_real sum = 0;
  for (int kh = 0; kh < window->kh; kh++) {
    int64_t row = y0 + (int64_t) kh * window->dilation_h;
    if (row < 0 || row >= shape.h)
      continue;
    for (int kw = 0; kw < window->kw; kw++) {
      int64_t column = x0 + (int64_t) kw * window->dilation_w;
      if (column < 0 || column >= shape.w)
        continue;
      const nn_real *pixel = x + (size_t) row * stride + (size_t) column * (size_t) shape.c + first;
      const nn_real *tap = w + ((size_t) kh * (size_t) window->kw + (size_t) kw) * (size_t) c;
      for (int i = 0; i < c; i++)
        sum += pixel[i] * tap[i];
    }
  }
  return sum;
}

const nn_real *
nn_conv_added (const nn_call *call, size_t image, size_t row)
{
  if (call->node->n_in < 2)
    return NULL;
  nn_storage stored = nn_call_stored (call, 1);
  return call->in[1] + image * stored.image + row * stored.row;
}

static bool
by_winograd (const nn_node *node)
{
  return node->way >= NN_CONV_WINOGRAD;
}

static nn_border
border (const nn_node *node, const nn_shape *in, nn_shape out)
{
  return (by_winograd (node) ? nn_conv_winograd_border : nn_conv_packed_border) (node, in, out);
}

static size_t
scratch (const nn_node *node, const nn_shape *in, nn_shape out, const nn_kernels *kernels)
{
  return !kernels ? 0 : (by_winograd (node) ? nn_conv_winograd_scratch : nn_conv_packed_scratch) (node, in, out);
}

static size_t
packed_bytes (const nn_node *node, const nn_kernels *kernels)
{
  return (by_winograd (node) ? nn_conv_winograd_bytes : nn_conv_packed_bytes) (node, kernels);
}

static void
pack (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed)
{
  (by_winograd (node) ? nn_conv_winograd_pack : nn_conv_packed_pack) (node, weights, kernels, packed);
}

static void
forward (const nn_call *call)
{
  if (call->packed) {
    (by_winograd (call->node) ? nn_conv_winograd_forward : nn_conv_packed_forward) (call);
    return;
  }
  const nn_node *node = call->node;
  const nn_window *window = &node->u.conv.window;
  nn_shape from = call->shapes[0], to = call->shape;
  int k = node->u.conv.k, c = from.c / node->u.conv.groups, per_group = k / node->u.conv.groups, out_h, out_w, top, left;
  size_t filter = (size_t) filter_size (node);
  const nn_real *bias = node->u.conv.bias ? call->weights + (size_t) k * filter : NULL;
  nn_window_size (window, from.h, from.w, &out_h, &out_w, &top, &left);
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  for (size_t i = 0; i < (size_t) call->n; i++)
    for (int h = 0; h < to.h; h++) {
      nn_real *y = call->out + i * out.image + (size_t) h * out.row;
      const nn_real *add = nn_conv_added (call, i, (size_t) h);
      for (int w = 0; w < to.w; w++)
        for (int f = 0; f < k; f++)
          y[w * k + f] = (bias ? bias[f] : 0) + (add ? add[w * k + f] : 0)
                         + filter_at (window, from, stored.row, call->in[0] + i * stored.image, h * window->stride_h - top,
                                      w * window->stride_w - left, f / per_group * c, c, call->weights + (size_t) f * filter);
      nn_act_apply (call, y, (size_t) to.w * (size_t) k);
    }
}

const nn_op_impl nn_op_conv = {
  .min_in = 1,
  .max_in = 2,
  .in_place = 2,
  .strided = true,
  .check = check,
  .n_weights = n_weights,
  .shape = shape,
  .macs = macs,
  .forward = forward,
  .border = border,
  .scratch = scratch,
  .choose = nn_conv_choose,
  .way_name = nn_conv_way_name,
  .products = nn_conv_products,
  .packed_bytes = packed_bytes,
  .pack = pack,
};
