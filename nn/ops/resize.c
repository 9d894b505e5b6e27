/* SPDX-License-Identifier: MIT
 * resize: a plane looked at from other points, at the nearest pixel or between the four around. Points are computed in float, as ONNX Runtime does,
 * so that no nearest pixel is another one. */
#include "resize.h"

#include <math.h>
#include <string.h>

#define MAX_SCALE (1 << 15)
#define BLOCK 64 /* columns whose samples are kept at hand */

static bool
check (const nn_node *node, nn_error *error)
{
  int h = node->u.resize.h, w = node->u.resize.w;
  float sh = node->u.resize.scale_h, sw = node->u.resize.scale_w;
  if ((unsigned) node->u.resize.mode > NN_RESIZE_LINEAR || (unsigned) node->u.resize.grid > NN_GRID_ALIGN_CORNERS
      || (unsigned) node->u.resize.round > NN_ROUND_PREFER_CEIL)
    return nn_fail (error, "mode %d, grid %d, rounding %d; expected one of each in nn.h", (int) node->u.resize.mode, (int) node->u.resize.grid,
                    (int) node->u.resize.round);
  if ((h || w) && (h < 1 || w < 1 || h > NN_MAX_ELEMENTS || w > NN_MAX_ELEMENTS))
    return nn_fail (error, "to a size of %dx%d; expected at least 1x1", h, w);
  if (!h && !(sh > 0 && sw > 0 && sh <= MAX_SCALE && sw <= MAX_SCALE))
    return nn_fail (error, "factors %g and %g; expected more than 0 and at most %d", (double) sh, (double) sw, MAX_SCALE);
  return true;
}

static float
scale_of (const nn_node *node, nn_axis axis, int in, int out)
{
  if (node->u.resize.h)
    return (float) out / (float) in;
  return axis == NN_AXIS_H ? node->u.resize.scale_h : node->u.resize.scale_w;
}

int
nn_resize_side (const nn_node *node, nn_axis axis, int in)
{
  if (node->u.resize.h)
    return axis == NN_AXIS_H ? node->u.resize.h : node->u.resize.w;
  float size = floorf ((float) in * scale_of (node, axis, in, 0));
  return size > (float) NN_MAX_ELEMENTS ? (int) NN_MAX_ELEMENTS : (int) size;
}

static bool
shape (const nn_node *node, const nn_shape *in, nn_shape *out, nn_error *error)
{
  (void) error;
  *out = (nn_shape) { nn_resize_side (node, NN_AXIS_H, in[0].h), nn_resize_side (node, NN_AXIS_W, in[0].w), in[0].c };
  return true;
}

/* The point of the input that output position i looks at. */
static float
point_of (nn_grid grid, float scale, int in, int out, int i)
{
  switch (grid) {
  case NN_GRID_HALF_PIXEL: return ((float) i + 0.5f) / scale - 0.5f;
  case NN_GRID_PYTORCH_HALF_PIXEL: return out > 1 ? ((float) i + 0.5f) / scale - 0.5f : 0;
  case NN_GRID_ALIGN_CORNERS: return out > 1 ? (float) i * (float) (in - 1) / (float) (out - 1) : 0;
  default: return (float) i / scale;
  }
}

static float
rounded (nn_round round, float x)
{
  switch (round) {
  case NN_ROUND_CEIL: return ceilf (x);
  case NN_ROUND_PREFER_FLOOR: return ceilf (x - 0.5f);
  case NN_ROUND_PREFER_CEIL: return floorf (x + 0.5f);
  default: return floorf (x);
  }
}

nn_sample
nn_resize_sample (const nn_node *node, nn_axis axis, int in, int out, int i)
{
  float x = point_of (node->u.resize.grid, scale_of (node, axis, in, out), in, out, i), last = (float) (in - 1);
  if (node->u.resize.mode == NN_RESIZE_NEAREST)
    x = rounded (node->u.resize.round, x);
  x = x < 0 ? 0 : x > last ? last : x;
  int a = (int) x < in ? (int) x : in - 1;
  return (nn_sample) { a, a + 1 < in && x > (float) a ? a + 1 : a, (nn_real) (x - (float) a) };
}

/* One row of the columns whose samples these are, from rows x[0] and x[1] with the second's weight. */
static void
mix (const nn_real *const x[2], nn_real weight, const nn_sample *samples, int n, size_t c, nn_real *y)
{
  for (int i = 0; i < n; i++, y += c) {
    nn_real right = samples[i].weight;
    const nn_real *a = x[0] + (size_t) samples[i].a * c, *b = x[0] + (size_t) samples[i].b * c;
    const nn_real *d = x[1] + (size_t) samples[i].a * c, *e = x[1] + (size_t) samples[i].b * c;
    for (size_t k = 0; k < c; k++) {
      nn_real above = a[k] + right * (b[k] - a[k]), below = d[k] + right * (e[k] - d[k]);
      y[k] = above + weight * (below - above);
    }
  }
}

static void
pick (const nn_real *x, const nn_sample *samples, int n, size_t c, nn_real *y)
{
  for (int i = 0; i < n; i++)
    memcpy (y + (size_t) i * c, x + (size_t) samples[i].a * c, c * sizeof *y);
}

/* n columns of one image; a row that looks where the one above does is a copy of it. */
static void
resize_columns (const nn_call *call, const nn_sample *samples, int n, const nn_real *x, nn_real *y)
{
  size_t c = (size_t) call->shape.c, row = nn_call_stored (call, 0).row, out_row = nn_call_out_stored (call).row;
  int above = -1;
  for (int h = 0; h < call->shape.h; h++, y += out_row) {
    nn_sample s = nn_resize_sample (call->node, NN_AXIS_H, call->shapes[0].h, call->shape.h, h);
    const nn_real *const rows[2] = { x + (size_t) s.a * row, x + (size_t) s.b * row };
    if (call->node->u.resize.mode == NN_RESIZE_LINEAR)
      mix (rows, s.weight, samples, n, c, y);
    else if (s.a == above)
      memcpy (y, y - out_row, (size_t) n * c * sizeof *y);
    else
      pick (rows[0], samples, n, c, y);
    above = s.a;
  }
}

static void
forward (const nn_call *call)
{
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  nn_sample samples[BLOCK];
  for (int w = 0; w < call->shape.w; w += BLOCK) {
    int n = call->shape.w - w < BLOCK ? call->shape.w - w : BLOCK;
    for (int i = 0; i < n; i++)
      samples[i] = nn_resize_sample (call->node, NN_AXIS_W, call->shapes[0].w, call->shape.w, w + i);
    for (size_t i = 0; i < (size_t) call->n; i++)
      resize_columns (call, samples, n, call->in[0] + i * stored.image, call->out + i * out.image + (size_t) w * (size_t) call->shape.c);
  }
}

const nn_op_impl nn_op_resize = { .min_in = 1, .max_in = 1, .strided = true, .check = check, .shape = shape, .forward = forward };
