/* SPDX-License-Identifier: MIT
 * The fast body of nn_winograd_kernels, included once per instruction set by a file that defines
 *   BUILD   the table's name
 *   WIDTH   floats in a vector
 * A transform works on a vector of channels: one axis from memory into a small square, the other from there to memory. The matrices are
 * constants, so that after unrolling nothing is left of their zeros and ones. */
#include "vec.h"
#include "winograd_matrices.h"

#define MOST 9 /* inputs and points of an axis */

/* A constant matrix, element (i, j) at p[i * row + j * column]; rows p and p + 1 (by columns: columns) of a bit p of pairs belong to a and -a. */
typedef struct matrix {
  const float *p;
  int row, column;
  unsigned pairs;
} matrix;

/* Half the sum of elements (i, j) and (i + di, j + dj), or their difference for sign -1. */
static ALWAYS_INLINE float
half (matrix a, int i, int j, int di, int dj, int sign)
{
  return (a.p[i * a.row + j * a.column] + (float) sign * a.p[(i + di) * a.row + (j + dj) * a.column]) / 2;
}

/* sum + f x, where sum is there already or not */
static ALWAYS_INLINE vec
plus (bool there, vec sum, float f, vec x)
{
  vec product = f == 1 ? x : f == -1 ? -x : f * x;
  return f == 0 ? sum : there ? sum + product : product;
}

/* y (rows) = a x (columns); of a pair of rows, the sum and the difference of what they share. */
static ALWAYS_INLINE void
by_rows (int rows, int columns, matrix a, const vec *x, vec *y)
{
  UNROLL
  for (int i = 0; i < rows; i++) {
    bool pair = a.pairs >> i & 1, second = i && a.pairs >> (i - 1) & 1, there[2] = { false, false };
    vec sum[2] = { { 0 }, { 0 } };
    if (second)
      continue;
    UNROLL
    for (int j = 0; j < columns; j++) {
      float f = half (a, i, j, pair, 0, 1), g = half (a, i, j, pair, 0, -1);
      sum[0] = plus (there[0], sum[0], f, x[j]);
      there[0] |= f != 0;
      sum[1] = plus (there[1], sum[1], g, x[j]);
      there[1] |= g != 0;
    }
    y[i] = pair ? sum[0] + sum[1] : sum[0];
    if (pair)
      y[i + 1] = sum[0] - sum[1];
  }
}

/* y (rows) = a x (columns), with pairs of columns. */
static ALWAYS_INLINE void
by_columns (int rows, int columns, matrix a, const vec *x, vec *y)
{
  vec z[MOST];
  UNROLL
  for (int j = 0; j < columns; j++) {
    bool pair = a.pairs >> j & 1, second = j && a.pairs >> (j - 1) & 1;
    z[j] = pair ? x[j] + x[j + 1] : second ? x[j - 1] - x[j] : x[j];
  }
  UNROLL
  for (int i = 0; i < rows; i++) {
    bool there = false;
    vec sum = { 0 };
    UNROLL
    for (int j = 0; j < columns; j++) {
      bool pair = a.pairs >> j & 1, second = j && a.pairs >> (j - 1) & 1;
      float f = pair ? half (a, i, j, 0, 1, 1) : second ? half (a, i, j - 1, 0, 1, -1) : a.p[i * a.row + j * a.column];
      sum = plus (there, sum, f, z[j]);
      there |= f != 0;
    }
    y[i] = sum;
  }
}

/* A tile at work. */
typedef struct place {
  int image, row, column; /* of its first output */
} place;

static ALWAYS_INLINE place
place_of (int m, const nn_winograd_job *job, int tile)
{
  int down = (job->h + m - 1) / m, across = (job->w + m - 1) / m;
  return (place) { tile / (down * across), tile / across % down * m, tile % across * m };
}

#define LOAD(p) (*(const vec *) (p))
#define STORE(p, x) (*(vec *) (p) = (x))

/* First channel of a vector; the last one reaches back where channels fill none. */
static ALWAYS_INLINE int
reach_back (int channel, int channels)
{
  return channel + WIDTH <= channels ? channel : channels - WIDTH;
}

/* Points that share a filter are the last of an axis. */
static ALWAYS_INLINE int
shared (const nn_winograd a)
{
  return a.points - a.filters + 1;
}

/* Stores row i of the points. */
static ALWAYS_INLINE void
store_row (const nn_winograd a, int i, const vec *t, float *v, size_t step)
{
  int plain = a.filters - 1;
  size_t apart = i < plain ? step : (size_t) shared (a) * step;
  float *to = v + (size_t) nn_winograd_slot (&a, i, 0) * step;
  UNROLL
  for (int j = 0; j < plain; j++, to += apart)
    STORE (to, t[j]);
  to = v + (size_t) nn_winograd_slot (&a, i, plain) * step;
  UNROLL
  for (int j = plain; j < a.points; j++, to += step)
    STORE (to, t[j]);
}

/* Loads column j of the points. */
static ALWAYS_INLINE void
load_column (const nn_winograd a, int j, const float *m, size_t step, vec *t)
{
  int plain = a.filters - 1;
  size_t apart = j < plain ? step : (size_t) shared (a) * step;
  const float *from = m + (size_t) j * step;
  UNROLL
  for (int i = 0; i < plain; i++, from += (size_t) a.points * step)
    t[i] = LOAD (from);
  from = m + (size_t) nn_winograd_slot (&a, plain, j) * step;
  UNROLL
  for (int i = plain; i < a.points; i++, from += apart)
    t[i] = LOAD (from);
}

/* v[point] of a vector of channels of one tile, x (inputs, inputs). */
static ALWAYS_INLINE void
input_tile (const nn_winograd a, matrix b, const float *x, ptrdiff_t row, ptrdiff_t pixel, float *v, size_t step)
{
  vec half_done[MOST][MOST];
  for (int j = 0; j < a.inputs; j++) {
    vec d[MOST], t[MOST];
    UNROLL
    for (int i = 0; i < a.inputs; i++)
      d[i] = LOAD (x + i * row + j * pixel);
    by_rows (a.points, a.inputs, b, d, t);
    UNROLL
    for (int i = 0; i < a.points; i++)
      half_done[i][j] = t[i];
  }
  for (int i = 0; i < a.points; i++) {
    vec t[MOST];
    by_rows (a.points, a.inputs, b, half_done[i], t);
    store_row (a, i, t, v, step);
  }
}

/* The inputs of a tile that are stored, zeros for the others. */
static ALWAYS_INLINE void
gather (const nn_winograd a, const nn_winograd_job *job, int row, int column, const float *x, vec window[MOST][MOST])
{
  for (int i = 0; i < a.inputs; i++)
    for (int j = 0; j < a.inputs; j++) {
      bool stored = row + i >= job->row_from && row + i < job->row_to && column + j >= job->column_from && column + j < job->column_to;
      window[i][j] = stored ? LOAD (x + i * job->x_row + (ptrdiff_t) j * job->c) : (vec) { 0 };
    }
}

static ALWAYS_INLINE void
input_tiles (const nn_winograd a, matrix b, const nn_winograd_job *job, int first, int count, const float *x, float *v)
{
  size_t step = nn_winograd_step (count, job->c);
  for (int tile = 0; tile < count; tile++, v += job->c) {
    place at = place_of (a.m, job, first + tile);
    int row = at.row * a.stride, column = at.column * a.stride;
    const float *corner = x + at.image * job->x_image + row * job->x_row + (ptrdiff_t) column * job->c;
    bool inside = row >= job->row_from && row + a.inputs <= job->row_to && column >= job->column_from && column + a.inputs <= job->column_to;
    for (int i = 0; i < job->c; i += WIDTH) {
      int c = reach_back (i, job->c);
      vec window[MOST][MOST];
      if (!inside)
        gather (a, job, row, column, corner + c, window);
      input_tile (a, b, inside ? corner + c : (const float *) window, inside ? job->x_row : MOST * WIDTH, inside ? job->c : WIDTH, v + c, step);
    }
  }
}

/* y (rows, columns) of a vector of channels of one tile from m[point]; the lanes before `done` are stored already, and may be what is added. */
static ALWAYS_INLINE void
output_tile (const nn_winograd a, matrix at, const float *m, size_t step, vec bias, vec low, vec high, const float *add, ptrdiff_t add_row,
             float *y, ptrdiff_t y_row, ptrdiff_t pixel, int rows, int columns, int done)
{
  vec half_done[MOST][MOST];
  for (int j = 0; j < a.points; j++) {
    vec d[MOST], t[MOST];
    load_column (a, j, m, step, d);
    by_columns (a.m, a.points, at, d, t);
    UNROLL
    for (int i = 0; i < a.m; i++)
      half_done[i][j] = t[i];
  }
  for (int i = 0; i < rows; i++, y += y_row) {
    vec t[MOST];
    by_columns (a.m, a.points, at, half_done[i], t);
    UNROLL
    for (int j = 0; j < a.m; j++)
      if (j < columns) {
        vec sum = t[j] + bias;
        if (add)
          sum += LOAD (add + i * add_row + j * pixel);
        sum = vec_clamp (sum, low, high);
        if (done)
          vec_store_part (y + j * pixel, sum, done, WIDTH);
        else
          STORE (y + j * pixel, sum);
      }
  }
}

static ALWAYS_INLINE void
output_tiles (const nn_winograd a, matrix at, const nn_winograd_job *job, int first, int count, const float *m, const nn_epilogue *e, float *y)
{
  size_t step = nn_winograd_step (count, job->k);
  vec low = BROADCAST (e->low), high = BROADCAST (e->high);
  for (int tile = 0; tile < count; tile++, m += job->k) {
    place p = place_of (a.m, job, first + tile);
    ptrdiff_t pixel = (ptrdiff_t) p.column * job->k;
    float *corner = y + p.image * job->y_image + p.row * job->y_row + pixel;
    const float *add = e->add ? e->add + p.image * e->add_image + p.row * e->add_row + pixel : NULL;
    int rows = job->h - p.row < a.m ? job->h - p.row : a.m, columns = job->w - p.column;
    for (int i = 0; i < job->k; i += WIDTH) {
      int k = reach_back (i, job->k);
      vec bias = e->bias ? LOAD (e->bias + k) : (vec) { 0 };
      output_tile (a, at, m + k, step, bias, low, high, add ? add + k : NULL, e->add_row, corner + k, job->y_row, job->k, rows, columns, i - k);
    }
  }
}

/* w[point] of a vector of channels of one tile from dy (rows, columns). */
static ALWAYS_INLINE void
slope_tile (const nn_winograd a, matrix at, const float *dy, ptrdiff_t row, ptrdiff_t pixel, int rows, int columns, float *w, size_t step)
{
  matrix transposed = { at.p, at.column, at.row, at.pairs };
  vec half_done[MOST][MOST];
  for (int j = 0; j < a.m; j++) {
    vec d[MOST], t[MOST];
    UNROLL
    for (int i = 0; i < a.m; i++)
      d[i] = i < rows && j < columns ? LOAD (dy + i * row + j * pixel) : (vec) { 0 };
    by_rows (a.points, a.m, transposed, d, t);
    UNROLL
    for (int i = 0; i < a.points; i++)
      half_done[i][j] = t[i];
  }
  for (int i = 0; i < a.points; i++) {
    vec t[MOST];
    by_rows (a.points, a.m, transposed, half_done[i], t);
    store_row (a, i, t, w, step);
  }
}

static ALWAYS_INLINE void
slope_tiles (const nn_winograd a, matrix at, const nn_winograd_job *job, int first, int count, const float *dy, float *w)
{
  size_t step = nn_winograd_step (count, job->k);
  for (int tile = 0; tile < count; tile++, w += job->k) {
    place p = place_of (a.m, job, first + tile);
    const float *corner = dy + p.image * job->y_image + p.row * job->y_row + (ptrdiff_t) p.column * job->k;
    for (int i = 0; i < job->k; i += WIDTH) {
      int k = reach_back (i, job->k);
      slope_tile (a, at, corner + k, job->y_row, job->k, job->h - p.row, job->w - p.column, w + k, step);
    }
  }
}

/* One vector of filters at a channel: its 3x3 taps, lane by lane, into packed[filter]. */
static ALWAYS_INLINE void
pack_vector (const nn_winograd a, matrix g, const float *w, nn_conv_steps steps, int lanes, float *packed, size_t step)
{
  vec half_done[MOST][3];
  for (int s = 0; s < 3; s++) {
    vec d[3], t[MOST];
    UNROLL
    for (int r = 0; r < 3; r++) {
      d[r] = (vec) { 0 };
      for (int lane = 0; lane < lanes; lane++)
        d[r][lane] = w[lane * steps.k + r * steps.h + s * steps.w];
    }
    by_rows (a.filters, 3, g, d, t);
    UNROLL
    for (int i = 0; i < a.filters; i++)
      half_done[i][s] = t[i];
  }
  for (int i = 0; i < a.filters; i++) {
    vec t[MOST];
    by_rows (a.filters, 3, g, half_done[i], t);
    UNROLL
    for (int j = 0; j < a.filters; j++)
      STORE (packed + (size_t) (i * a.filters + j) * step, t[j]);
  }
}

static ALWAYS_INLINE void
pack_filters (const nn_winograd a, matrix g, int k, int c, const float *w, nn_conv_steps steps, float *packed)
{
  int vectors = (k + WIDTH - 1) / WIDTH;
  size_t step = (size_t) vectors * WIDTH * (size_t) c;
  for (int first = 0, panel; vectors > 0; vectors -= panel, first += panel * WIDTH) {
    panel = nn_conv_panel (vectors);
    for (int i = 0; i < c; i++)
      for (int f = first; f < first + panel * WIDTH; f += WIDTH, packed += WIDTH)
        pack_vector (a, g, w + f * steps.k + i * steps.c, steps, k - f < WIDTH ? k - f : WIDTH, packed, step);
  }
}

/* dw[tap] += of a vector of elements (c, k) of du[filter]. */
static ALWAYS_INLINE void
gradient_vector (const nn_winograd a, matrix g, const float *du, size_t step, float *dw, size_t size, int lanes)
{
  matrix transposed = { g.p, g.column, g.row, g.pairs };
  vec half_done[3][MOST];
  for (int j = 0; j < a.filters; j++) {
    vec d[MOST], t[3];
    UNROLL
    for (int i = 0; i < a.filters; i++)
      d[i] = vec_load (du + (size_t) (i * a.filters + j) * step, lanes);
    by_columns (3, a.filters, transposed, d, t);
    UNROLL
    for (int r = 0; r < 3; r++)
      half_done[r][j] = t[r];
  }
  for (int r = 0; r < 3; r++) {
    vec t[3];
    by_columns (3, a.filters, transposed, half_done[r], t);
    UNROLL
    for (int s = 0; s < 3; s++) {
      float *tap = dw + (size_t) (r * 3 + s) * size;
      vec_store (tap, vec_load (tap, lanes) + t[s], lanes);
    }
  }
}

static ALWAYS_INLINE void
gradient_all (const nn_winograd a, matrix g, int k, int c, const float *du, float *dw)
{
  size_t size = (size_t) k * (size_t) c, step = nn_winograd_step (c, k), i = 0;
  for (; i + WIDTH <= size; i += WIDTH)
    gradient_vector (a, g, du + i, step, dw + i, size, WIDTH);
  if (i < size)
    gradient_vector (a, g, du + i, step, dw + i, size, (int) (size - i));
}

/* One function of each sort per kind, so that the kind's sizes and matrices are constants in it. */
#define MATRIX(letter, name) ((matrix) { *letter##_##name, (int) (sizeof *letter##_##name / sizeof (float)), 1, PAIRS_##name })
#define DEFINE_KIND(name, title, m, stride, points, filters)                                                                       \
  static const nn_winograd kind_##name = { title, m, stride, (m - 1) * stride + 3, points, filters };                              \
  static void input_##name (const nn_winograd_job *job, int first, int count, const float *x, float *v)                            \
  {                                                                                                                                \
    input_tiles (kind_##name, MATRIX (b, name), job, first, count, x, v);                                                          \
  }                                                                                                                                \
  static void output_##name (const nn_winograd_job *job, int first, int count, const float *from, const nn_epilogue *e, float *y)  \
  {                                                                                                                                \
    output_tiles (kind_##name, MATRIX (a, name), job, first, count, from, e, y);                                                   \
  }                                                                                                                                \
  static void slope_##name (const nn_winograd_job *job, int first, int count, const float *dy, float *w)                           \
  {                                                                                                                                \
    slope_tiles (kind_##name, MATRIX (a, name), job, first, count, dy, w);                                                         \
  }                                                                                                                                \
  static void pack_##name (int k, int c, const float *w, nn_conv_steps steps, float *packed)                                       \
  {                                                                                                                                \
    pack_filters (kind_##name, MATRIX (g, name), k, c, w, steps, packed);                                                          \
  }                                                                                                                                \
  static void gradient_##name (int k, int c, const float *du, float *dw)                                                           \
  {                                                                                                                                \
    gradient_all (kind_##name, MATRIX (g, name), k, c, du, dw);                                                                    \
  }
NN_WINOGRADS (DEFINE_KIND)

static const struct {
  void (*input) (const nn_winograd_job *, int first, int count, const float *x, float *v);
  void (*output) (const nn_winograd_job *, int first, int count, const float *m, const nn_epilogue *, float *y);
  void (*slope) (const nn_winograd_job *, int first, int count, const float *dy, float *w);
  void (*pack) (int k, int c, const float *w, nn_conv_steps, float *packed);
  void (*gradient) (int k, int c, const float *du, float *dw);
} kinds[NN_N_WINOGRADS] = {
#define ENTRY(name, ...) { input_##name, output_##name, slope_##name, pack_##name, gradient_##name },
  NN_WINOGRADS (ENTRY)
#undef ENTRY
};

static void
input (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const float *x, float *v)
{
  kinds[kind].input (job, first, count, x, v);
}

static void
output (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const float *m, const nn_epilogue *epilogue, float *y)
{
  kinds[kind].output (job, first, count, m, epilogue ? epilogue : &NN_EPILOGUE_NONE, y);
}

static void
slope (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const float *dy, float *w)
{
  kinds[kind].slope (job, first, count, dy, w);
}

static void
pack (nn_winograd_kind kind, int k, int c, const float *w, nn_conv_steps steps, float *packed)
{
  kinds[kind].pack (k, c, w, steps, packed);
}

static void
gradient (nn_winograd_kind kind, int k, int c, const float *du, float *dw)
{
  kinds[kind].gradient (k, c, du, dw);
}

const nn_winograd_kernels BUILD = { WIDTH, input, output, slope, pack, gradient };
