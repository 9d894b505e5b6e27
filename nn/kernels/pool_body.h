/* SPDX-License-Identifier: MIT
 * The fast body of nn_pool_kernels, included once per instruction set by a file that defines BUILD, the table entry, and WIDTH, floats in a
 * vector. */
#include "pool.h"
#include "vec.h"

/* Lane by lane it becomes the instruction; a comparison of vectors does not. */
static ALWAYS_INLINE vec
larger (vec a, vec b)
{
  UNROLL
  for (int i = 0; i < WIDTH; i++)
    a[i] = a[i] > b[i] ? a[i] : b[i];
  return a;
}

/* One window, `vectors` vectors of channels of which `lanes` exist: what is taken stays in registers. */
static ALWAYS_INLINE void
window (bool mean, int vectors, int lanes, int rows, int columns, const nn_pool_job *job, const float *x, float *y)
{
  vec parts[4];
  UNROLL
  for (int v = 0; v < vectors; v++)
    parts[v] = mean ? (vec) { 0 } : vec_load (x + v * WIDTH, lanes - v * WIDTH);
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++) {
      const float *tap = x + row * job->x_row + column * job->x_column;
      UNROLL
      for (int v = 0; v < vectors; v++) {
        vec t = vec_load (tap + v * WIDTH, lanes - v * WIDTH);
        parts[v] = mean ? parts[v] + t : larger (t, parts[v]);
      }
    }
  UNROLL
  for (int v = 0; v < vectors; v++)
    vec_store (y + v * WIDTH, mean ? parts[v] * job->scale : parts[v], lanes - v * WIDTH);
}

/* Channels that fill no vector are taken with some of those before them, once more. */
static ALWAYS_INLINE void
row_of (bool mean, int rows, int columns, const nn_pool_job *job, const float *x, float *y)
{
  for (int w = 0; w < job->w; w++, x += job->x_step, y += job->c) {
    int c = 0;
    for (; c + 4 * WIDTH <= job->c; c += 4 * WIDTH)
      window (mean, 4, 4 * WIDTH, rows, columns, job, x + c, y + c);
    for (; c + WIDTH <= job->c; c += WIDTH)
      window (mean, 1, WIDTH, rows, columns, job, x + c, y + c);
    if (c < job->c && c)
      window (mean, 1, WIDTH, rows, columns, job, x + job->c - WIDTH, y + job->c - WIDTH);
    else if (c < job->c)
      window (mean, 1, job->c, rows, columns, job, x, y);
  }
}

/* The common windows have their loops unrolled. */
static ALWAYS_INLINE void
pool (bool mean, const nn_pool_job *job, const float *x, float *y)
{
  if (job->rows == 2 && job->columns == 2)
    row_of (mean, 2, 2, job, x, y);
  else if (job->rows == 3 && job->columns == 3)
    row_of (mean, 3, 3, job, x, y);
  else
    row_of (mean, job->rows, job->columns, job, x, y);
}

static void
max_pool (const nn_pool_job *job, const float *x, float *y)
{
  pool (false, job, x, y);
}

static void
mean_pool (const nn_pool_job *job, const float *x, float *y)
{
  pool (true, job, x, y);
}

/* A vector of channels of one window. What nobody has taken is the last tap's. */
static ALWAYS_INLINE void
window_slope (bool mean, int lanes, int rows, int columns, const nn_pool_job *job, const float *x, const float *dy, float *dx)
{
  vec rest = vec_load (dy, lanes), max = mean ? rest * job->scale : vec_load (x, lanes);
  for (int row = 0; row < rows && !mean; row++)
    for (int column = 0; column < columns; column++)
      max = larger (vec_load (x + row * job->x_row + column * job->x_column, lanes), max);
  for (int row = 0; row < rows; row++)
    for (int column = 0; column < columns; column++) {
      ptrdiff_t at = row * job->x_row + column * job->x_column;
      bool last = row == rows - 1 && column == columns - 1;
      vec d = mean ? max : last ? rest : vec_select (vec_load (x + at, lanes) == max, rest, (vec) { 0 });
      vec_store (dx + at, d, lanes);
      rest -= d;
    }
}

static ALWAYS_INLINE void
slope_row (bool mean, int rows, int columns, const nn_pool_job *job, const float *x, const float *dy, float *dx)
{
  for (int w = 0; w < job->w; w++, x += job->x_step, dx += job->x_step, dy += job->c) {
    int c = 0;
    for (; c + WIDTH <= job->c; c += WIDTH)
      window_slope (mean, WIDTH, rows, columns, job, x + c, dy + c, dx + c);
    if (c < job->c)
      window_slope (mean, job->c - c, rows, columns, job, x + c, dy + c, dx + c);
  }
}

static ALWAYS_INLINE void
slope (bool mean, const nn_pool_job *job, const float *x, const float *dy, float *dx)
{
  if (job->rows == 2 && job->columns == 2)
    slope_row (mean, 2, 2, job, x, dy, dx);
  else
    slope_row (mean, job->rows, job->columns, job, x, dy, dx);
}

static void
max_slope (const nn_pool_job *job, const float *x, const float *dy, float *dx)
{
  slope (false, job, x, dy, dx);
}

static void
mean_slope (const nn_pool_job *job, const float *x, const float *dy, float *dx)
{
  slope (true, job, x, dy, dx);
}

const nn_pool_kernels BUILD = { max_pool, mean_pool, max_slope, mean_slope };
