/* SPDX-License-Identifier: MIT
 * The fast body of nn_conv_kernels, included once per instruction set by a file that defines
 *   BUILD, NAME   the table entry and its name
 *   WIDTH         floats in a vector
 *   PIXELS_1, PIXELS_2, PIXELS_3   height of a register tile that is 1, 2, 3 vectors wide: accumulators, weights and one broadcast
 *                 fit the registers, and the accumulators are enough to hide the latency of a multiply-add
 * A tile of the forward pass is pixels x channels, one of the gradient is taps x channels; a tap is an input of the window. */
#include "conv_builds.h"
#include "vec.h"

#include <string.h>

typedef vec tile[PIXELS_1][3];

/* sums[i][v] += x[i * x_step] * weights[v] */
static ALWAYS_INLINE void
multiply_add (int vectors, int height, const float *x, ptrdiff_t x_step, const float *weights, tile sums)
{
  vec w[3];
  UNROLL
  for (int v = 0; v < vectors; v++)
    w[v] = *(const vec *) (weights + v * WIDTH);
  UNROLL
  for (int i = 0; i < height; i++) {
    vec s = BROADCAST (x[i * x_step]);
    UNROLL
    for (int v = 0; v < vectors; v++)
      sums[i][v] += s * w[v];
  }
}

/* Copies sums to y, row i at y + i * step: the first `lanes` channels of the tile's. */
static ALWAYS_INLINE void
store (int vectors, int height, tile sums, int lanes, float *y, ptrdiff_t step)
{
  UNROLL
  for (int i = 0; i < height; i++, y += step)
    UNROLL
  for (int v = 0; v < vectors; v++) {
    if (lanes == vectors * WIDTH)
      *(vec *) (y + v * WIDTH) = sums[i][v];
    else
      vec_store_part (y + v * WIDTH, sums[i][v], 0, lanes - v * WIDTH);
  }
}

#define LINE 16 /* floats in a line of the cache */

/* A panel of filters: their weights, and what follows their sums. */
typedef struct filters {
  const nn_conv_job *job;
  const float *weights;
  int most;                    /* pixels of a tile; those of a row share them out evenly */
  ptrdiff_t share, tile_share; /* of the next panel, floats fetched into the cache at each tap and by each tile: spread over all tiles */
  int lanes;                   /* channels that exist */
  bool ends;                   /* bias and clamp follow */
  vec bias[3], low, high;
} filters;

/* height neighbouring pixels of a row; add (NULL: nothing) lies as y does; next: the tile's part of the next panel. */
static ALWAYS_INLINE void
forward_tile (int vectors, int height, const filters *p, const float *next, const float *x, const float *add, float *y)
{
  tile sums;
  const nn_conv_job *job = p->job;
  const float *weights = p->weights;
  ptrdiff_t step = (ptrdiff_t) job->stride_w * job->c, y_step = nn_conv_y_pixel (job);
  int span = job->kw * job->c;
  UNROLL
  for (int i = 0; i < height; i++)
    UNROLL
  for (int v = 0; v < vectors; v++)
    sums[i][v] = (vec) { 0 };
  for (int row = 0; row < job->kh; row++, x += job->x_row)
    for (int tap = 0; tap < span; tap++, weights += vectors * WIDTH, next += p->share) {
      UNROLL
      for (int i = 0; i < vectors * WIDTH; i += LINE)
        __builtin_prefetch (next + i);
      multiply_add (vectors, height, x + tap, step, weights, sums);
    }
  if (add)
    UNROLL
  for (int i = 0; i < height; i++)
    UNROLL
  for (int v = 0; v < vectors; v++)
    sums[i][v] += vec_load (add + i * y_step + v * WIDTH, p->lanes - v * WIDTH);
  if (p->ends)
    UNROLL
  for (int i = 0; i < height; i++)
    UNROLL
  for (int v = 0; v < vectors; v++)
    sums[i][v] = vec_clamp (sums[i][v] + p->bias[v], p->low, p->high);
  store (vectors, height, sums, p->lanes, y, y_step);
}

/* height neighbouring taps, one full panel of channels, all pixels of the job. Nothing else is done here: what takes registers elsewhere in a
 * function makes gcc keep sums in memory. */
static ALWAYS_INLINE void
gradient_tile (int vectors, int height, const nn_conv_job *job, const float *x, const float *dy, float *dw)
{
  tile sums;
  ptrdiff_t x_step = (ptrdiff_t) job->stride_w * job->c, y_step = nn_conv_y_pixel (job);
  UNROLL
  for (int i = 0; i < height; i++)
    UNROLL
  for (int v = 0; v < vectors; v++)
    sums[i][v] = *(const vec *) (dw + (size_t) i * job->k + v * WIDTH);
  for (int image = 0; image < job->n; image++)
    for (int row = 0; row < job->h; row++) {
      const float *input = x + image * job->x_image + row * job->stride_h * job->x_row, *slope = dy + image * job->y_image + row * job->y_row;
      for (int column = 0; column < job->w; column++, input += x_step, slope += y_step)
        multiply_add (vectors, height, input, 1, slope, sums);
    }
  UNROLL
  for (int i = 0; i < height; i++)
    UNROLL
  for (int v = 0; v < vectors; v++)
    *(vec *) (dw + (size_t) i * job->k + v * WIDTH) = sums[i][v];
}

/* Tile heights, so that the loops of each unroll into registers; the largest that fits is taken, but 6 + 3 rather than 8 + 1:
 * a single one has too few sums to hide the latency of their multiply-adds. */
#define SIZES(X, vectors) X (vectors, 12) X (vectors, 8) X (vectors, 6) X (vectors, 4) X (vectors, 3) X (vectors, 2) X (vectors, 1)

#define FITS(vectors, height) (height <= PIXELS_##vectors && left >= height && (vectors == 1 || left != height + 1))
#define FORWARD_SIZE(vectors, height)                                                                                                                \
  for (; FITS (vectors, height) && height <= p->most; left -= height, x += height * x_step, y += height * y_step) {                                  \
    forward_tile (vectors, height <= PIXELS_##vectors ? height : 1, p, next, x, add, y);                                                             \
    add = add ? add + height * y_step : NULL;                                                                                                        \
    next += p->tile_share;                                                                                                                           \
  }
#define GRADIENT_SIZE(vectors, height)                                                                                                               \
  if (FITS (vectors, height)) {                                                                                                                      \
    gradient_tile (vectors, height <= PIXELS_##vectors ? height : 1, job, x, dy, dw);                                                                \
    return height;                                                                                                                                   \
  }
#define DEFINE_TILES(vectors)                                                                                                                        \
  static const float *forward_##vectors (const filters *p, const float *next, const float *x, const float *add, float *y)                            \
  {                                                                                                                                                  \
    ptrdiff_t x_step = (ptrdiff_t) p->job->stride_w * p->job->c, y_step = nn_conv_y_pixel (p->job);                                                  \
    int left = p->job->w;                                                                                                                            \
    SIZES (FORWARD_SIZE, vectors)                                                                                                                    \
    return next;                                                                                                                                     \
  }                                                                                                                                                  \
  static int gradient_##vectors (const nn_conv_job *job, int left, const float *x, const float *dy, float *dw)                                       \
  {                                                                                                                                                  \
    SIZES (GRADIENT_SIZE, vectors)                                                                                                                   \
    return 0;                                                                                                                                        \
  }
DEFINE_TILES (1)
DEFINE_TILES (2)
DEFINE_TILES (3)

typedef const float *forward_fn (const filters *, const float *next, const float *x, const float *add,
                                 float *y); /* a row; returns what is left of next */
typedef int gradient_fn (const nn_conv_job *, int left, const float *x, const float *dy, float *dw);
static const int heights[] = { 0, PIXELS_1, PIXELS_2, PIXELS_3 };
static forward_fn *const forward_tiles[] = { NULL, forward_1, forward_2, forward_3 };
static gradient_fn *const gradient_tiles[] = { NULL, gradient_1, gradient_2, gradient_3 };

static filters
filters_at (const nn_conv_job *job, const float *weights, const nn_epilogue *epilogue, int first)
{
  filters p = { .job = job,
                .ends = epilogue->bias || epilogue->low > -INFINITY || epilogue->high < INFINITY,
                .weights = weights,
                .lanes = job->k - first,
                .low = BROADCAST (epilogue->low),
                .high = BROADCAST (epilogue->high) };
  for (int v = 0; v < 3 && epilogue->bias; v++)
    p.bias[v] = vec_load (epilogue->bias + first + v * WIDTH, p.lanes - v * WIDTH);
  return p;
}

/* Pixels at a time: a panel of weights is read from L2 once for so many, in at least two rows. */
#define PIXELS 48

/* All panels for rows [row, end) of an image. */
static void
forward_rows (const nn_conv_job *job, int row, int end, const float *x, const float *packed, const nn_epilogue *epilogue, const float *add, float *y)
{
  size_t taps = (size_t) job->kh * job->kw * job->c;
  int vectors = (job->k + WIDTH - 1) / WIDTH;
  for (int first = 0, wide; vectors > 0; vectors -= wide, first += wide * WIDTH, packed += taps * wide * WIDTH) {
    wide = nn_conv_panel (vectors);
    filters p = filters_at (job, packed, epilogue, first);
    p.lanes = p.lanes < wide * WIDTH ? p.lanes : wide * WIDTH;
    int tiles = (job->w + heights[wide] - 1) / heights[wide];
    p.most = (job->w + tiles - 1) / tiles;
    p.share = (wide * WIDTH - 1) / (tiles * (end - row)) + 1;
    p.tile_share = p.share * (ptrdiff_t) taps;
    const float *next = packed + taps * wide * WIDTH;
    for (int i = row; i < end; i++)
      next = forward_tiles[wide](&p, next, x + i * job->stride_h * job->x_row, add ? add + i * epilogue->add_row + first : NULL,
                                 y + i * job->y_row + first);
  }
}

static void
forward_image (const nn_conv_job *job, const float *x, const float *packed, const nn_epilogue *e, const float *add, float *y)
{
  int rows = job->w < PIXELS / 2 ? PIXELS / job->w : 2;
  for (int row = 0; row < job->h; row += rows)
    forward_rows (job, row, job->h - row < rows ? job->h : row + rows, x, packed, e, add, y);
}

/* A matrix product whose rows of pixels lie one behind another. */
static bool
is_one_row (const nn_conv_job *job, const nn_epilogue *e)
{
  bool product = job->kh == 1 && job->kw == 1 && job->stride_h == 1 && job->stride_w == 1, dense = job->x_row == (ptrdiff_t) job->w * job->c;
  return product && dense && job->y_row == job->w * nn_conv_y_pixel (job) && (!e->add || e->add_row == job->y_row);
}

/* The same in rows that tiles divide, but for the last. */
static void
forward_row (const nn_conv_job *job, const float *x, const float *packed, const nn_epilogue *e, const float *add, float *y)
{
  int pixels = job->h * job->w;
  nn_conv_job part = *job;
  nn_epilogue own = *e;
  part.w = PIXELS, part.h = pixels / PIXELS;
  part.x_row = (ptrdiff_t) PIXELS * job->c;
  part.y_row = own.add_row = PIXELS * nn_conv_y_pixel (job);
  forward_image (&part, x, packed, &own, add, y);
  x += part.h * part.x_row, y += part.h * part.y_row, add = add ? add + part.h * part.y_row : NULL;
  part.w = pixels % PIXELS, part.h = 1;
  if (part.w)
    forward_image (&part, x, packed, &own, add, y);
}

static void
forward (const nn_conv_job *job, const float *x, const float *packed, const nn_epilogue *epilogue, float *y)
{
  const nn_epilogue *e = epilogue ? epilogue : &NN_EPILOGUE_NONE;
  for (int image = 0; image < job->n; image++)
    (is_one_row (job, e) ? forward_row : forward_image) (job, x + image * job->x_image, packed, e, e->add ? e->add + image * e->add_image : NULL,
                                                         y + image * job->y_image);
}

/* Fewer channels than a vector, one by one. */
static void
gradient_lanes (const nn_conv_job *job, int span, const float *x, const float *dy, float *dw)
{
  for (int image = 0; image < job->n; image++)
    for (int row = 0; row < job->h; row++)
      for (int column = 0; column < job->w; column++) {
        const float *input = x + image * job->x_image + row * job->stride_h * job->x_row + (ptrdiff_t) column * job->stride_w * job->c;
        const float *slope = dy + image * job->y_image + row * job->y_row + column * nn_conv_y_pixel (job);
        for (int tap = 0; tap < span; tap++)
          for (int lane = 0; lane < job->k; lane++)
            dw[(size_t) tap * job->k + lane] += input[tap] * slope[lane];
      }
}

/* All taps of a window row, `panel` vectors of channels from `first` on. */
static void
gradient_panel (const nn_conv_job *job, int panel, int first, const float *x, const float *dy, float *dw)
{
  int span = job->kw * job->c;
  for (int tap = 0; tap < span;)
    tap += gradient_tiles[panel](job, span - tap, x + tap, dy + first, dw + (size_t) tap * job->k + first);
}

/* The last vector of channels, of which the first `done` are there already: they get their values back. */
static void
gradient_tail (const nn_conv_job *job, int done, const float *x, const float *dy, float *dw)
{
  int span = job->kw * job->c, first = job->k - WIDTH;
  float old[PIXELS_1][WIDTH];
  for (int tap = 0, taps; tap < span; tap += taps) {
    float *at = dw + (size_t) tap * job->k + first;
    for (int i = 0; i < PIXELS_1 && i < span - tap; i++)
      memcpy (old[i], at + (size_t) i * job->k, (size_t) done * sizeof *old[i]);
    taps = gradient_1 (job, span - tap, x + tap, dy + first, at);
    for (int i = 0; i < taps; i++)
      memcpy (at + (size_t) i * job->k, old[i], (size_t) done * sizeof *old[i]);
  }
}

/* All taps and channels for a block of pixels that stays in L1. Channels that fill no vector are the end of one that reaches back. */
static void
gradient_block (const nn_conv_job *job, const float *x, const float *dy, float *dw)
{
  int span = job->kw * job->c, tail = job->k % WIDTH;
  for (int row = 0; row < job->kh; row++, x += job->x_row, dw += (size_t) span * job->k) {
    int vectors = job->k / WIDTH, first = 0;
    for (int panel; vectors > 0; vectors -= panel, first += panel * WIDTH) {
      panel = nn_conv_panel (vectors);
      gradient_panel (job, panel, first, x, dy, dw);
    }
    if (tail && first)
      gradient_tail (job, WIDTH - tail, x, dy, dw);
    else if (tail)
      gradient_lanes (job, span, x, dy, dw);
  }
}

/* Pixels of a block: enough to pay for loading and storing the tile, few enough for L1. */
#define BLOCK 160

static void
weight_gradient (const nn_conv_job *job, const float *x, const float *dy, float *dw)
{
  int rows = BLOCK / job->w < 1 ? 1 : BLOCK / job->w < job->h ? BLOCK / job->w : job->h;
  int images = BLOCK / (job->w * job->h) < 1 ? 1 : BLOCK / (job->w * job->h);
  if (job->replace)
    memset (dw, 0, (size_t) job->kh * job->kw * job->c * job->k * sizeof *dw);
  for (int image = 0; image < job->n; image += images)
    for (int row = 0; row < job->h; row += rows) {
      nn_conv_job block = *job;
      block.n = job->n - image < images ? job->n - image : images;
      block.h = job->h - row < rows ? job->h - row : rows;
      gradient_block (&block, x + image * job->x_image + row * job->stride_h * job->x_row, dy + image * job->y_image + row * job->y_row, dw);
    }
}

const nn_conv_kernels BUILD = { NAME, WIDTH, forward, weight_gradient };
