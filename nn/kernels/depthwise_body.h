/* SPDX-License-Identifier: MIT
 * The fast body of nn_depthwise_fn, included once per instruction set by a file that defines BUILD, its name, and WIDTH, floats in a vector.
 * A tile is a few neighbouring outputs of one or two vectors of channels: an input that several of its windows see is loaded once, and so are
 * the weights of a window's row. Every output sums its window's taps in the same order, whatever tile it is in. */
#include "depthwise.h"
#include "vec.h"

#define COLUMNS 4

/* Where a tile's numbers lie. */
typedef struct corner {
  const float *x, *w, *bias, *add; /* bias, add: or NULL */
  float *y;
} corner;

static ALWAYS_INLINE vec
load (int lanes, const float *x)
{
  return lanes == WIDTH ? *(const vec *) x : vec_load (x, lanes);
}

/* The taps of one row of windows of known size. */
static ALWAYS_INLINE void
add_row (int vectors, int columns, int kw, int stride, int c, const float *x, const float *w, vec sums[COLUMNS][2])
{
  vec weights[5][2];
  UNROLL
  for (int tap = 0; tap < kw; tap++)
    UNROLL
    for (int v = 0; v < vectors; v++)
      weights[tap][v] = *(const vec *) (w + (ptrdiff_t) tap * c + v * WIDTH);
  UNROLL
  for (int i = 0; i < (columns - 1) * stride + kw; i++)
    UNROLL
    for (int v = 0; v < vectors; v++) {
      vec input = *(const vec *) (x + (ptrdiff_t) i * c + v * WIDTH);
      UNROLL
      for (int column = 0; column < columns; column++)
        if (i >= column * stride && i < column * stride + kw)
          sums[column][v] += input * weights[i - column * stride][v];
    }
}

/* The same for windows of any size. */
static ALWAYS_INLINE void
add_any_row (int vectors, int columns, int lanes, const nn_conv_job *job, const float *x, const float *w, vec sums[COLUMNS][2])
{
  ptrdiff_t step = (ptrdiff_t) job->stride_w * job->c;
  for (int tap = 0; tap < job->kw; tap++, x += job->c, w += job->c)
    UNROLL
    for (int v = 0; v < vectors; v++) {
      vec weights = load (lanes, w + v * WIDTH);
      UNROLL
      for (int column = 0; column < columns; column++)
        sums[column][v] += load (lanes, x + column * step + v * WIDTH) * weights;
    }
}

/* kw 0: any window; lanes: channels of a vector that exist. */
static ALWAYS_INLINE void
tile (int vectors, int columns, int lanes, int kw, int stride, const nn_conv_job *job, const nn_epilogue *e, corner at)
{
  vec sums[COLUMNS][2];
  UNROLL
  for (int column = 0; column < columns; column++)
    UNROLL
    for (int v = 0; v < vectors; v++)
      sums[column][v] = at.bias ? load (lanes, at.bias + v * WIDTH) : (vec) { 0 };
  for (int row = 0; row < job->kh; row++, at.x += job->x_row, at.w += (ptrdiff_t) job->kw * job->c)
    if (kw)
      add_row (vectors, columns, kw, stride, job->c, at.x, at.w, sums);
    else
      add_any_row (vectors, columns, lanes, job, at.x, at.w, sums);
  UNROLL
  for (int column = 0; column < columns; column++)
    UNROLL
    for (int v = 0; v < vectors; v++) {
      ptrdiff_t to = (ptrdiff_t) column * job->c + v * WIDTH;
      vec sum = at.add ? sums[column][v] + load (lanes, at.add + to) : sums[column][v];
      vec_store (at.y + to, vec_clamp (sum, BROADCAST (e->low), BROADCAST (e->high)), lanes);
    }
}

/* Some channels of all outputs of a run. */
static ALWAYS_INLINE void
columns_of (int vectors, int lanes, int kw, int stride, const nn_conv_job *job, const nn_epilogue *e, corner at)
{
  for (int w = 0, columns; w < job->w; w += columns) {
    int left = job->w - w;
    columns = left >= COLUMNS ? COLUMNS : left >= 2 ? 2 : 1;
    if (columns == COLUMNS)
      tile (vectors, COLUMNS, lanes, kw, stride, job, e, at);
    else if (columns == 2)
      tile (vectors, 2, lanes, kw, stride, job, e, at);
    else
      tile (vectors, 1, lanes, kw, stride, job, e, at);
    ptrdiff_t done = (ptrdiff_t) columns * job->c;
    at.x += done * job->stride_w;
    at.y += done;
    at.add = at.add ? at.add + done : NULL;
  }
}

static ALWAYS_INLINE corner
corner_at (corner row, int c)
{
  return (corner) { row.x + c, row.w + c, row.bias ? row.bias + c : NULL, row.add ? row.add + c : NULL, row.y + c };
}

/* Channels that fill no vector. */
static void
lanes_of (int lanes, const nn_conv_job *job, const nn_epilogue *e, corner at)
{
  columns_of (1, lanes, 0, 0, job, e, at);
}

static ALWAYS_INLINE void
run_of (int kw, int stride, const nn_conv_job *job, const nn_epilogue *e, corner run)
{
  int c = 0;
  for (; c + 2 * WIDTH <= job->c; c += 2 * WIDTH)
    columns_of (2, WIDTH, kw, stride, job, e, corner_at (run, c));
  for (; c + WIDTH <= job->c; c += WIDTH)
    columns_of (1, WIDTH, kw, stride, job, e, corner_at (run, c));
  if (c < job->c)
    lanes_of (job->c - c, job, e, corner_at (run, c));
}

/* All channels of a few outputs before the next: of a large plane every line comes from memory once. */
static ALWAYS_INLINE void
row_of (int kw, int stride, const nn_conv_job *job, const nn_epilogue *e, corner at)
{
  nn_conv_job run = *job;
  int most = job->c > 2 * WIDTH ? COLUMNS : job->w;
  for (int w = 0; w < job->w; w += most) {
    run.w = job->w - w < most ? job->w - w : most;
    run_of (kw, stride, &run, e, at);
    at.x += (ptrdiff_t) most * job->stride_w * job->c;
    at.y += (ptrdiff_t) most * job->c;
    at.add = at.add ? at.add + (ptrdiff_t) most * job->c : NULL;
  }
}

typedef void row_fn (const nn_conv_job *job, const nn_epilogue *e, corner row);

#define ROW(name, kw, stride)                                                                                                      \
  static void name (const nn_conv_job *job, const nn_epilogue *e, corner row)                                                      \
  {                                                                                                                                \
    row_of (kw, stride, job, e, row);                                                                                              \
  }
ROW (row_3, 3, 1)
ROW (row_3_stride_2, 3, 2)
ROW (row_5, 5, 1)
ROW (row_any, 0, 0)

static row_fn *
row_for (const nn_conv_job *job)
{
  if (job->kw == 3 && job->stride_w <= 2)
    return job->stride_w == 1 ? row_3 : row_3_stride_2;
  return job->kw == 5 && job->stride_w == 1 ? row_5 : row_any;
}

void
BUILD (const nn_conv_job *job, const float *x, const float *w, const nn_epilogue *epilogue, float *y)
{
  const nn_epilogue *e = epilogue ? epilogue : &NN_EPILOGUE_NONE;
  row_fn *run = row_for (job);
  for (int image = 0; image < job->n; image++)
    for (int row = 0; row < job->h; row++)
      run (job, e,
           (corner) { x + image * job->x_image + row * job->stride_h * job->x_row, w, e->bias,
                      e->add ? e->add + image * e->add_image + row * e->add_row : NULL, y + image * job->y_image + row * job->y_row });
}
