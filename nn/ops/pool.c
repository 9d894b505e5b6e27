/* SPDX-License-Identifier: MIT
 * max_pool and avg_pool, channel by channel, as ONNX defines them. */
#include "../kernels/kernels.h"
#include "pool.h"

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

/* Windows along one axis: where the first tap inside the plane is, how many there are, and how many the average counts. */
typedef struct span {
  int from, taps, counted;
} span;

/* One axis of the plane. */
typedef struct axis {
  int size, kernel, stride, dilation, before;
  int after; /* where padding that counts ends */
  bool include_pad;
} axis;

static int
count_taps (int64_t from, int64_t to, int dilation)
{
  return to > from ? (int) ((to - from - 1) / dilation + 1) : 0;
}

static span
span_at (const axis *a, int output)
{
  int64_t start = (int64_t) output * a->stride - a->before, end = start + (int64_t) (a->kernel - 1) * a->dilation + 1, from = start;
  if (from < 0)
    from += (-from + a->dilation - 1) / a->dilation * a->dilation;
  span s = { .from = (int) from, .taps = count_taps (from, end < a->size ? end : a->size, a->dilation) };
  s.counted = a->include_pad ? count_taps (start, end < a->after ? end : a->after, a->dilation) : s.taps;
  return s;
}

/* Outputs from `output` on whose windows are cut alike: by nothing at all, or only this one. */
static int
count_alike (const axis *a, int output, int outputs)
{
  int64_t start = (int64_t) output * a->stride - a->before, extent = (int64_t) (a->kernel - 1) * a->dilation + 1;
  int64_t more = start < 0 || start + extent > a->size ? 0 : (a->size - start - extent) / a->stride;
  return more + 1 < outputs - output ? (int) more + 1 : outputs - output;
}

static axis
axis_of (const nn_window *window, bool rows, int size, int before)
{
  axis a = { .size = size, .before = before, .include_pad = window->count_include_pad };
  a.kernel = rows ? window->kh : window->kw;
  a.stride = rows ? window->stride_h : window->stride_w;
  a.dilation = rows ? window->dilation_h : window->dilation_w;
  a.after = size + (window->auto_pad != NN_PAD_GIVEN ? a.kernel * a.dilation : rows ? window->pad_bottom : window->pad_right);
  return a;
}

/* One row of outputs of the image whose element 0 is x_at. */
static void
walk_row (const nn_call *call, nn_pool_strip_fn *strip, const void *data, const axis *columns, int dilation_h, span row, size_t x_at, size_t x_row,
          size_t y_at)
{
  size_t c = (size_t) call->shape.c;
  for (int w = 0, alike; w < call->shape.w; w += alike) {
    span s = span_at (columns, w);
    alike = count_alike (columns, w, call->shape.w);
    nn_pool_job job = { .w = alike, .c = call->shape.c, .rows = row.taps, .columns = s.taps, .x_row = (ptrdiff_t) x_row * dilation_h };
    job.x_column = (ptrdiff_t) columns->dilation * call->shape.c;
    job.x_step = (ptrdiff_t) columns->stride * call->shape.c;
    job.scale = 1 / ((nn_real) row.counted * (nn_real) s.counted);
    strip (call, data, &job, row.taps && s.taps ? x_at + (size_t) row.from * x_row + (size_t) s.from * c : x_at, y_at + (size_t) w * c);
  }
}

void
nn_pool_walk (const nn_call *call, nn_pool_strip_fn *strip, const void *data)
{
  const nn_window *window = &call->node->u.pool.window;
  nn_shape from = call->shapes[0];
  int out_h, out_w, top, left;
  nn_window_size (window, from.h, from.w, &out_h, &out_w, &top, &left);
  axis rows = axis_of (window, true, from.h, top), columns = axis_of (window, false, from.w, left);
  nn_storage stored = nn_call_stored (call, 0), out = nn_call_out_stored (call);
  for (size_t i = 0; i < (size_t) call->n; i++)
    for (int h = 0; h < call->shape.h; h++)
      walk_row (call, strip, data, &columns, window->dilation_h, span_at (&rows, h), i * stored.image, stored.row, i * out.image + (size_t) h * out.row);
}

/* data: whether it is the mean. */
static void
pool_strip (const nn_call *call, const void *data, const nn_pool_job *job, size_t x_at, size_t y_at)
{
  const bool *mean = data;
  const nn_pool_kernels *kernels = nn_call_kernels (call)->pool;
  nn_real *y = call->out + y_at;
  if (job->rows && job->columns)
    (*mean ? kernels->mean : kernels->max) (job, call->in[0] + x_at, y);
  else
    for (size_t i = 0; i < (size_t) job->w * (size_t) job->c; i++)
      y[i] = *mean ? 0 : LOWEST;
}

static void
max_forward (const nn_call *call)
{
  nn_pool_walk (call, pool_strip, &(bool) { false });
}

static void
avg_forward (const nn_call *call)
{
  nn_pool_walk (call, pool_strip, &(bool) { true });
}

const nn_op_impl nn_op_max_pool = { .min_in = 1, .max_in = 1, .strided = true, .check = check, .shape = shape, .forward = max_forward };
const nn_op_impl nn_op_avg_pool = { .min_in = 1, .max_in = 1, .strided = true, .check = check, .shape = shape, .forward = avg_forward };
