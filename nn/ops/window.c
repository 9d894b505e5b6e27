/* SPDX-License-Identifier: MIT
 * The window that convolution and pooling slide over a plane. */
#include "op.h"

#define MAX_SIDE (1 << 15) /* of kernel, stride, dilation and pad */

/* ONNX's rules along one axis. With ceil_mode the last window must start inside the input or the padding before it. */
static void
axis_size (const nn_window *window, int in, int kernel, int stride, int dilation, int before, int after, int *out, int *pad)
{
  int64_t extent = (int64_t) (kernel - 1) * dilation + 1;
  if (window->auto_pad != NN_PAD_GIVEN) {
    int64_t n = ((int64_t) in + stride - 1) / stride, total = (n - 1) * stride + extent - in;
    if (total < 0)
      total = 0;
    *out = (int) n;
    *pad = (int) (window->auto_pad == NN_PAD_SAME_UPPER ? total / 2 : total - total / 2);
    return;
  }
  *pad = before;
  int64_t room = (int64_t) in + before + after - extent;
  if (room < 0) {
    *out = 0;
    return;
  }
  int64_t n = room / stride + 1;
  if (window->ceil_mode && room % stride && n * stride < (int64_t) in + before)
    n++;
  *out = (int) n;
}

void
nn_window_size (const nn_window *window, int h, int w, int *out_h, int *out_w, int *pad_top, int *pad_left)
{
  axis_size (window, h, window->kh, window->stride_h, window->dilation_h, window->pad_top, window->pad_bottom, out_h, pad_top);
  axis_size (window, w, window->kw, window->stride_w, window->dilation_w, window->pad_left, window->pad_right, out_w, pad_left);
}

static bool
in_range (const char *what, int a, int b, int low, nn_error *error)
{
  if (a < low || b < low || a > MAX_SIDE || b > MAX_SIDE)
    return nn_fail (error, "%s of %d and %d; expected %d to %d", what, a, b, low, MAX_SIDE);
  return true;
}

bool
nn_window_check (const nn_window *window, nn_error *error)
{
  if ((unsigned) window->auto_pad > NN_PAD_SAME_LOWER)
    return nn_fail (error, "unknown auto_pad %d", (int) window->auto_pad);
  return in_range ("kernel", window->kh, window->kw, 1, error) && in_range ("strides", window->stride_h, window->stride_w, 1, error)
         && in_range ("dilations", window->dilation_h, window->dilation_w, 1, error)
         && in_range ("pads above and left", window->pad_top, window->pad_left, 0, error)
         && in_range ("pads below and right", window->pad_bottom, window->pad_right, 0, error);
}

bool
nn_window_shape (const nn_window *window, nn_shape in, nn_shape *out, nn_error *error)
{
  int pad_top, pad_left;
  nn_window_size (window, in.h, in.w, &out->h, &out->w, &pad_top, &pad_left);
  if (out->h < 1 || out->w < 1)
    return nn_fail (error, "the %dx%d kernel does not fit a plane of %dx%d with its pads", window->kh, window->kw, in.h, in.w);
  return true;
}
