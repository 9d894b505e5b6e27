/* SPDX-License-Identifier: MIT
 * The fast body of nn_kernels16, included once per instruction set by a file that defines
 *   BUILD, NAME   the table entry and its name
 *   WIDTH         32-bit sums in a vector
 *   PIXELS_1, PIXELS_2   height of a register tile that is 1, 2 vectors wide
 *   DOT (sum, x, w)      sum + x[2 i] w[2 i] + x[2 i + 1] w[2 i + 1] in lane i
 *   MAX (x, y), MIN (x, y)   of floats
 *   NARROW (x)           floats rounded to 16-bit integers
 * This half has the products; winograd16_body.h the transforms around them. */
#include "conv16.h"

#include <string.h>

#include "vec.h"

typedef int32_t sum_vec __attribute__ ((vector_size (WIDTH * 4), aligned (4)));
typedef int16_t value_vec __attribute__ ((vector_size (WIDTH * 2), aligned (2)));

/* What is added at an output, of which only lanes channels exist. */
static ALWAYS_INLINE vec
load_added (const nn_finish16 *finish, ptrdiff_t at, int lanes)
{
  if (finish->add) {
    float part[WIDTH] = { 0 };
    memcpy (part, finish->add + at, (size_t) lanes * sizeof *part);
    return *(const vec *) part * finish->add_scale;
  }
  int16_t part[WIDTH] = { 0 };
  memcpy (part, finish->add16 + at, (size_t) lanes * sizeof *part);
  return __builtin_convertvector (*(const value_vec *) part, vec) * finish->add_scale;
}

static ALWAYS_INLINE void
finish_lanes (const nn_finish16 *finish, vec x, ptrdiff_t y_at, ptrdiff_t add_at, int lanes)
{
  if (finish->add16 || finish->add)
    x += load_added (finish, add_at, lanes);
  x = MIN (MAX (x, BROADCAST (finish->low)), BROADCAST (finish->high));
  if (finish->y)
    memcpy (finish->y + y_at, &x, (size_t) lanes * sizeof *finish->y);
  else {
    value_vec rounded = NARROW (x);
    memcpy (finish->y16 + y_at, &rounded, (size_t) lanes * sizeof *finish->y16);
  }
}

/* Stores x, scaled and biased. Callers have a copy of finish of their own: the stores cannot change it, so that it stays in registers. */
static ALWAYS_INLINE void
finish_vector (const nn_finish16 *finish, vec x, ptrdiff_t y_at, ptrdiff_t add_at, int lanes)
{
  if (lanes >= WIDTH)
    finish_lanes (finish, x, y_at, add_at, WIDTH);
  else
    finish_lanes (finish, x, y_at, add_at, lanes);
}

typedef sum_vec tile[PIXELS_1][2];

/* sums = a window of `rows` rows of pairs of inputs, for height neighbouring pixels. */
static ALWAYS_INLINE void
sum_tile (int vectors, int height, int rows, int pairs, const int16_t *x, ptrdiff_t x_row, ptrdiff_t step, const int16_t *weights, tile sums)
{
  UNROLL
  for (int i = 0; i < height; i++)
    UNROLL
    for (int v = 0; v < vectors; v++)
      sums[i][v] = (sum_vec) { 0 };
  for (int row = 0; row < rows; row++, x += x_row)
    for (int pair = 0; pair < pairs; pair++, weights += vectors * 2 * WIDTH) {
      sum_vec w[2];
      UNROLL
      for (int v = 0; v < vectors; v++)
        w[v] = *(const sum_vec *) (weights + v * 2 * WIDTH);
      UNROLL
      for (int i = 0; i < height; i++) {
        int32_t both;
        memcpy (&both, x + i * step + 2 * pair, sizeof both);
        sum_vec s = (sum_vec) { 0 } + both;
        UNROLL
        for (int v = 0; v < vectors; v++)
          sums[i][v] = DOT (sums[i][v], s, w[v]);
      }
    }
}

/* Neighbouring pixels of a row, one panel of channels. */
typedef struct strip {
  const int16_t *x, *weights;
  int count, first, k;   /* pixels; of the panel's channels; of all */
  ptrdiff_t y_at, add_at;
} strip;

static ALWAYS_INLINE void
store_tile (int vectors, int height, tile sums, int32_t *y, ptrdiff_t step)
{
  UNROLL
  for (int i = 0; i < height; i++)
    UNROLL
    for (int v = 0; v < vectors; v++)
      *(sum_vec *) (y + i * step + v * WIDTH) = sums[i][v];
}

/* The sums go through memory: among the branches of what follows, compilers do not keep them in registers. */
static ALWAYS_INLINE void
direct_tile (int vectors, int height, const nn_conv16_job *job, const strip *at, int column, int32_t *y)
{
  tile sums;
  ptrdiff_t step = (ptrdiff_t) job->stride_w * job->c;
  sum_tile (vectors, height, job->kh, (job->kw * job->c + 1) / 2, at->x + column * step, job->x_row, step, at->weights, sums);
  store_tile (vectors, height, sums, y, vectors * WIDTH);
}

/* Stores `height` pixels of sums (height, vectors). */
static ALWAYS_INLINE void
finish_tile (int vectors, int height, const strip *at, int column, const int32_t *sums, const nn_finish16 *to)
{
  const nn_finish16 finish = *to;
  vec scale[2], bias[2];
  UNROLL
  for (int v = 0; v < vectors; v++) {
    scale[v] = *(const vec *) (finish.scale + at->first + v * WIDTH);
    bias[v] = *(const vec *) (finish.bias + at->first + v * WIDTH);
  }
  for (int i = 0; i < height; i++)
    UNROLL
    for (int v = 0; v < vectors; v++, sums += WIDTH) {
      int first = at->first + v * WIDTH;
      ptrdiff_t y = (ptrdiff_t) (column + i) * at->k + first;
      vec sum = __builtin_convertvector (*(const sum_vec *) sums, vec);
      finish_vector (&finish, sum * scale[v] + bias[v], at->y_at + y, at->add_at + y, at->k - first);
    }
}

/* The products of one point and one panel: rows of inputs and of sums. */
typedef struct product {
  const int16_t *x, *weights;
  int32_t *y;
  int count, pairs;
  ptrdiff_t step, y_step;
} product;

static ALWAYS_INLINE void
product_tile (int vectors, int height, const product *at, int row)
{
  tile sums;
  sum_tile (vectors, height, 1, at->pairs, at->x + row * at->step, 0, at->step, at->weights, sums);
  store_tile (vectors, height, sums, at->y + row * at->y_step, at->y_step);
}

/* Loops for one panel width: the largest tile as often as it fits, then each smaller one once. */
#define SIZES(X, vectors) X (vectors, 11) X (vectors, 10) X (vectors, 9) X (vectors, 8) X (vectors, 7) X (vectors, 6) X (vectors, 5) X (vectors, 4) X (vectors, 3) X (vectors, 2) X (vectors, 1)
#define DIRECT_REST(vectors, height)                                                                                               \
  case height:                                                                                                                     \
    direct_tile (vectors, height < PIXELS_##vectors ? height : 1, &job, &at, column, sums);                                        \
    break;
#define PRODUCT_REST(vectors, height)                                                                                              \
  case height:                                                                                                                     \
    product_tile (vectors, height < PIXELS_##vectors ? height : 1, &at, row);                                                      \
    break;
#define DEFINE_PANEL(vectors)                                                                                                      \
  static void direct_##vectors (const nn_conv16_job *whole, const strip *part, const nn_finish16 *to)                              \
  {                                                                                                                                \
    const nn_conv16_job job = *whole;                                                                                              \
    const strip at = *part;                                                                                                        \
    int32_t sums[PIXELS_1 * 2 * WIDTH] __attribute__ ((aligned (NN_ALIGN)));                                                       \
    int column = 0;                                                                                                                \
    for (; column + PIXELS_##vectors <= at.count; column += PIXELS_##vectors) {                                                    \
      direct_tile (vectors, PIXELS_##vectors, &job, &at, column, sums);                                                            \
      finish_tile (vectors, PIXELS_##vectors, &at, column, sums, to);                                                              \
    }                                                                                                                              \
    switch (at.count - column) {                                                                                                   \
      SIZES (DIRECT_REST, vectors)                                                                                                 \
    }                                                                                                                              \
    finish_tile (vectors, at.count - column, &at, column, sums, to);                                                               \
  }                                                                                                                                \
  static void product_##vectors (const product *part)                                                                              \
  {                                                                                                                                \
    const product at = *part;                                                                                                      \
    int row = 0;                                                                                                                   \
    for (; row + PIXELS_##vectors <= at.count; row += PIXELS_##vectors)                                                            \
      product_tile (vectors, PIXELS_##vectors, &at, row);                                                                          \
    switch (at.count - row) {                                                                                                      \
      SIZES (PRODUCT_REST, vectors)                                                                                                \
    }                                                                                                                              \
  }
DEFINE_PANEL (1)
DEFINE_PANEL (2)

/* Rows at a time: a panel of weights is read from L2 once for ROWS rows of pixels. */
#define ROWS 2

static void
direct_rows (const nn_conv16_job *job, int image, int first_row, int rows, const int16_t *x, const int16_t *packed, const nn_finish16 *finish)
{
  size_t pairs = (size_t) job->kh * (size_t) ((job->kw * job->c + 1) / 2);
  int vectors = (job->k + WIDTH - 1) / WIDTH;
  strip at = { .weights = packed, .count = job->w, .k = job->k };
  for (int panel; vectors > 0; vectors -= panel, at.first += panel * WIDTH, at.weights += pairs * (size_t) panel * 2 * WIDTH) {
    panel = nn_panel16 (vectors);
    for (int row = first_row; row < first_row + rows; row++) {
      at.x = x + image * job->x_image + row * job->stride_h * job->x_row;
      at.y_at = image * finish->y_image + row * finish->y_row;
      at.add_at = image * finish->add_image + row * finish->add_row;
      (panel == 2 ? direct_2 : direct_1) (job, &at, finish);
    }
  }
}

static void
direct (const nn_conv16_job *job, const int16_t *x, const int16_t *packed, const nn_finish16 *finish)
{
  for (int image = 0; image < job->n; image++)
    for (int row = 0; row < job->h; row += ROWS)
      direct_rows (job, image, row, job->h - row < ROWS ? job->h - row : ROWS, x, packed, finish);
}

/* One point: y (count, lanes of all panels) = x (count, c) * weights. */
static void
multiply (product at, int k)
{
  int vectors = (k + WIDTH - 1) / WIDTH;
  for (int panel; vectors > 0; vectors -= panel, at.y += panel * WIDTH, at.weights += (size_t) at.pairs * (size_t) panel * 2 * WIDTH) {
    panel = nn_panel16 (vectors);
    (panel == 2 ? product_2 : product_1) (&at);
  }
}

#include "winograd16_body.h"

static ALWAYS_INLINE vec
load_values (const int16_t *x, int lanes)
{
  value_vec values = { 0 };
  if (lanes >= WIDTH)
    values = *(const value_vec *) x;
  else
    memcpy (&values, x, (size_t) lanes * sizeof *x);
  return __builtin_convertvector (values, vec);
}

static ALWAYS_INLINE void
pool_windows (bool most, int rows, int columns, const nn_pool_job *given, const int16_t *x, const nn_finish16 *to)
{
  const nn_pool_job job = *given;
  const nn_finish16 finish = *to;
  for (int i = 0; i < job.w; i++, x += job.x_step)
    for (int c = 0; c < job.c; c += WIDTH) {
      int lanes = job.c - c;
      vec total = load_values (x + c, lanes);
      for (int row = 0; row < rows; row++)
        for (int column = row == 0; column < columns; column++) {
          vec value = load_values (x + row * job.x_row + column * job.x_column + c, lanes);
          total = most ? MAX (total, value) : total + value;
        }
      finish_vector (&finish, total * job.scale, (ptrdiff_t) i * job.c + c, 0, lanes);
    }
}

/* The usual window's loops unroll. */
static ALWAYS_INLINE void
pool (bool most, const nn_pool_job *job, const int16_t *x, const nn_finish16 *to)
{
  if (job->rows == 2 && job->columns == 2)
    pool_windows (most, 2, 2, job, x, to);
  else
    pool_windows (most, job->rows, job->columns, job, x, to);
}

static void
sum (const nn_pool_job *job, const int16_t *x, const nn_finish16 *finish)
{
  pool (false, job, x, finish);
}

static void
largest (const nn_pool_job *job, const int16_t *x, const nn_finish16 *finish)
{
  pool (true, job, x, finish);
}

static void
to_integers (size_t count, const float *x, float scale, float low, float high, int16_t *y)
{
  nn_finish16 finish = { .low = low, .high = high, .y16 = y };
  size_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH)
    finish_lanes (&finish, *(const vec *) (x + i) * scale, (ptrdiff_t) i, 0, WIDTH);
  vec last = { 0 };
  memcpy (&last, x + i, (count - i) * sizeof *x);
  finish_lanes (&finish, last * scale, (ptrdiff_t) i, 0, (int) (count - i));
}

const nn_kernels16 BUILD = { NAME, WIDTH, PIXELS_2, direct, winograd, sum, largest, to_integers };
