/* SPDX-License-Identifier: MIT
 * max_pool and avg_pool, channel by channel, as ONNX defines them. */
#include "op.h"

#include <float.h>

#ifdef NN_DOUBLE
#define LOWEST (-DBL_MAX)
#else
#define LOWEST (-FLT_MAX)
#endif

static bool
check (const nn_node *node, nn_error *error)
{
  const nn_window *window = &node->u.pool.window;
  if (!nn_window_check (window, error))
    return false;
  if (window->pad_top >= window->kh || window->pad_bottom >= window->kh || window->pad_left >= window->kw || window->pad_right >= window->kw)
    return nn_fail (error, "pads (%d, %d, %d, %d); expected less than the %dx%d kernel", window->pad_top, window->pad_left, window->pad_bottom,
                    window->pad_right, window->kh, window->kw);
  return true;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  out->c = in[0].c;
  return nn_window_shape (&node->u.pool.window, in[0], out, error);
}

/* The taps of one window along one axis that lie inside: positions from, from + dilation, ... < to; how many the average counts. */
typedef struct span {
  int from, to, counted;
} span;

static span
span_at (int start, int kernel, int dilation, int size, int size_after, bool include_pad)
{
  int64_t end = start + (int64_t) (kernel - 1) * dilation + 1;
  span s = { start, (int) (end < size ? end : size), 0 };
  if (s.from < 0)
    s.from += (int) (((int64_t) -s.from + dilation - 1) / dilation * dilation);
  int last = include_pad ? (int) (end < size_after ? end : size_after) : s.to, first = include_pad ? start : s.from;
  s.counted = last > first ? (last - first - 1) / dilation + 1 : 0;
  return s;
}

/* Reduces the window (rows x columns) of an image x of c channels, whose rows are stride apart, into y (c). */
typedef void reduce_fn (const nn_real *x, size_t stride, int channels, const nn_window *window, span rows, span columns, nn_real *y);

static void
reduce_max (const nn_real *x, size_t stride, int channels, const nn_window *window, span rows, span columns, nn_real *y)
{
  for (int c = 0; c < channels; c++)
    y[c] = LOWEST;
  for (int row = rows.from; row < rows.to; row += window->dilation_h)
    for (int column = columns.from; column < columns.to; column += window->dilation_w) {
      const nn_real *pixel = x + (size_t) row * stride + (size_t) column * (size_t) channels;
      for (int c = 0; c < channels; c++)
        y[c] = pixel[c] > y[c] ? pixel[c] : y[c];
    }
}

static void
reduce_avg (const nn_real *x, size_t stride, int channels, const nn_window *window, span rows, span columns, nn_real *y)
{
  for (int c = 0; c < channels; c++)
    y[c] = 0;
  for (int row = rows.from; row < rows.to; row += window->dilation_h)
    for (int column = columns.from; column < columns.to; column += window->dilation_w) {
      const nn_real *pixel = x + (size_t) row * stride + (size_t) column * (size_t) channels;
      for (int c = 0; c < channels; c++)
        y[c] += pixel[c];
    }
  nn_real count = (nn_real) rows.counted * (nn_real) columns.counted;
  for (int c = 0; c < channels && count > 0; c++)
    y[c] /= count;
}

static void
walk (const nn_call *call, reduce_fn *reduce)
{
  const nn_window *window = &call->node->u.pool.window;
  nn_shape from = call->shapes[0], to = call->shape;
  int out_h, out_w, top, left;
  nn_window_size (window, from.h, from.w, &out_h, &out_w, &top, &left);
  /* Where counted padding ends. */
  bool same = window->auto_pad != NN_PAD_GIVEN;
  int after_h = from.h + (same ? window->kh * window->dilation_h : window->pad_bottom);
  int after_w = from.w + (same ? window->kw * window->dilation_w : window->pad_right);
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  for (int i = 0; i < call->n; i++)
    for (int h = 0; h < to.h; h++) {
      const nn_real *x = call->in[0] + (size_t) i * stored.image;
      nn_real *y = call->out + (size_t) i * out.image + (size_t) h * out.row;
      span rows = span_at (h * window->stride_h - top, window->kh, window->dilation_h, from.h, after_h, window->count_include_pad);
      for (int w = 0; w < to.w; w++, y += to.c) {
        span columns = span_at (w * window->stride_w - left, window->kw, window->dilation_w, from.w, after_w, window->count_include_pad);
        reduce (x, stored.row, from.c, window, rows, columns, y);
      }
    }
}

static void
max_forward (const nn_call *call)
{
  walk (call, reduce_max);
}

static void
avg_forward (const nn_call *call)
{
  walk (call, reduce_avg);
}

const nn_op_impl nn_op_max_pool = { .min_in = 1, .max_in = 1, .strided = true, .check = check, .shape = shape, .forward = max_forward };
const nn_op_impl nn_op_avg_pool = { .min_in = 1, .max_in = 1, .strided = true, .check = check, .shape = shape, .forward = avg_forward };
