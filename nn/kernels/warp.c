/* SPDX-License-Identifier: MIT
 * Affine resampling. One definition for enlarging and shrinking: an output pixel is the mean of the input, seen as unit squares of constant
 * grey, over the pixel's footprint, whose sides are made at least one input pixel long. A footprint of exactly one pixel is bilinear
 * interpolation; a longer one is the area average.
 *
 * Upright maps are separable and exact. Others cut the footprint into cells with sides of at most one pixel and take each cell as an
 * upright rectangle of the same extent. */
#include "../nn.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define CHUNK 64       /* output columns whose spans are found once for all rows */
#define ROW_CHUNK 1024 /* the same where rows are summed first */
#define MAX_CELLS 64   /* per side of a footprint: bounds the time of absurd maps */

static double
clamp (double x, double low, double high)
{
  x = x > low ? x : low; /* NaN: low */
  return x < high ? x : high;
}

/* Pixels first..last of a line with their weights, which sum to 1: those between the ends weigh middle each. */
typedef struct span {
  int first, last;
  float first_weight, middle_weight, last_weight;
} span;

/* What [centre - length / 2, centre + length / 2] covers of a line of n pixels; what lies outside counts for the nearest one. */
static span
find_span (double centre, double length, int n)
{
  double left = centre - length / 2, right = centre + length / 2, inside = clamp (right, 0, n);
  int first = (int) clamp (left, 0, n - 1), last = (int) inside;
  if (last > first && (last == inside || last == n))
    last--;
  if (last <= first)
    return (span) { first, first, 1, 0, 0 };
  double scale = 1 / (right - left);
  return (span) { first, last, (float) ((first + 1 - left) * scale), (float) scale, (float) ((right - last) * scale) };
}

static float
sum_span (const float *line, const span *s)
{
  float sum = line[s->first] * s->first_weight;
  if (s->last > s->first) {
    float middle = 0;
    for (int i = s->first + 1; i < s->last; i++)
      middle += line[i];
    sum += middle * s->middle_weight + line[s->last] * s->last_weight;
  }
  return sum;
}

static void
warp_upright (const nn_plane *src, const nn_affine *map, float *dst, int h, int w)
{
  const double *m = map->m;
  double length_x = fmax (1, fabs (m[0])), length_y = fmax (1, fabs (m[4]));
  for (int x0 = 0; x0 < w; x0 += CHUNK) {
    int columns = w - x0 < CHUNK ? w - x0 : CHUNK;
    span spans[CHUNK];
    for (int x = 0; x < columns; x++)
      spans[x] = find_span (m[0] * (x0 + x + 0.5) + m[2], length_x, src->w);
    for (int y = 0; y < h; y++) {
      span rows = find_span (m[4] * (y + 0.5) + m[5], length_y, src->h);
      float *out = dst + (ptrdiff_t) y * w + x0;
      for (int row = rows.first; row <= rows.last; row++) {
        const float *line = src->data + row * src->stride;
        float weight = row == rows.first ? rows.first_weight : row == rows.last ? rows.last_weight : rows.middle_weight;
        for (int x = 0; x < columns; x++)
          out[x] = (row == rows.first ? 0 : out[x]) + weight * sum_span (line, &spans[x]);
      }
    }
  }
}

/* Sums rows first, so that a row of the picture is gone through once, by a loop that fills vectors, and spans only once per row of the output. */
void
nn_warp_rows (const nn_rows *src, const nn_affine *map, float *line, float *dst, int h, int w)
{
  const double *m = map->m;
  double length_x = fmax (1, fabs (m[0])), length_y = fmax (1, fabs (m[4]));
  for (int x0 = 0; x0 < w; x0 += ROW_CHUNK) {
    int columns = w - x0 < ROW_CHUNK ? w - x0 : ROW_CHUNK, left = src->w, right = -1;
    span spans[ROW_CHUNK];
    for (int x = 0; x < columns; x++) {
      spans[x] = find_span (m[0] * (x0 + x + 0.5) + m[2], length_x, src->w);
      left = spans[x].first < left ? spans[x].first : left;
      right = spans[x].last > right ? spans[x].last : right;
    }
    for (int y = 0; y < h; y++) {
      span rows = find_span (m[4] * (y + 0.5) + m[5], length_y, src->h);
      memset (line + left, 0, (size_t) (right - left + 1) * sizeof *line);
      for (int row = rows.first; row <= rows.last; row++)
        src->add (src->user, row, left, right - left + 1, row == rows.first ? rows.first_weight : row == rows.last ? rows.last_weight : rows.middle_weight,
                  line + left);
      for (int x = 0; x < columns; x++)
        dst[(ptrdiff_t) y * w + x0 + x] = sum_span (line, &spans[x]);
    }
  }
}

/* Cells of a row of output pixels along one axis of the input: centres at from + i * step, extents of at most one pixel. Cell i lies on pixel
 * index[i] with 1 - weight[i] and on the next one with weight[i]. */
static void
find_pairs (double from, double step, double extent, int n, int count, int *index, float *weight)
{
  float start = (float) (from - 0.5), stride = (float) step, inverse = (float) (1 / extent), end = (float) (n - 1),
        last = (float) (n > 1 ? n - 2 : 0);
  for (int i = 0; i < count; i++) {
    float p = start + stride * (float) i;
    p = p > 0 ? p : 0; /* NaN: 0 */
    p = p < end ? p : end;
    int first = (int) (p < last ? p : last);
    float share = (p - (float) first - 0.5f) * inverse + 0.5f;
    share = share > 0 ? share : 0;
    weight[i] = share < 1 ? share : 1;
    index[i] = first;
  }
}

/* sum[i] += value of cell i of a row; at, step: centre of cell 0 and the way to the next, (x, y). */
static void
add_cells (const nn_plane *src, const double at[2], const double step[2], const double extent[2], int count, float *sum)
{
  int ix[CHUNK], iy[CHUNK];
  float wx[CHUNK], wy[CHUNK];
  find_pairs (at[0], step[0], extent[0], src->w, count, ix, wx);
  find_pairs (at[1], step[1], extent[1], src->h, count, iy, wy);
  ptrdiff_t right = src->w > 1 ? 1 : 0, below = src->h > 1 ? src->stride : 0;
  for (int i = 0; i < count; i++) {
    const float *p = src->data + iy[i] * src->stride + ix[i];
    float top = p[0] + wx[i] * (p[right] - p[0]), bottom = p[below] + wx[i] * (p[below + right] - p[below]);
    sum[i] += top + wy[i] * (bottom - top);
  }
}

static int
count_cells (double length)
{
  return (int) clamp (ceil (length), 1, MAX_CELLS);
}

static void
warp_turned (const nn_plane *src, const nn_affine *map, float *dst, int h, int w)
{
  const double *m = map->m;
  double length_x = hypot (m[0], m[3]), length_y = hypot (m[1], m[4]);
  int cells_x = count_cells (length_x), cells_y = count_cells (length_y);
  /* sides of a cell: those of the footprint, made one pixel long where they are shorter, in equal parts */
  double part_x = fmax (1, 1 / fmax (length_x, DBL_MIN)) / cells_x, part_y = fmax (1, 1 / fmax (length_y, DBL_MIN)) / cells_y;
  double side_x[2] = { m[0] * part_x, m[3] * part_x }, side_y[2] = { m[1] * part_y, m[4] * part_y }, step[2] = { m[0], m[3] }, extent[2];
  for (int i = 0; i < 2; i++)
    extent[i] = clamp (fabs (side_x[i]) + fabs (side_y[i]), 1.0 / MAX_CELLS, 1);
  for (int y = 0; y < h; y++) {
    for (int x = 0; x < w; x += CHUNK) {
      int count = w - x < CHUNK ? w - x : CHUNK;
      float sum[CHUNK] = { 0 };
      for (int cell = 0; cell < cells_x * cells_y; cell++) {
        double a = cell % cells_x + 0.5 - 0.5 * cells_x, b = cell / cells_x + 0.5 - 0.5 * cells_y, at[2];
        for (int i = 0; i < 2; i++)
          at[i] = m[3 * i] * (x + 0.5) + m[3 * i + 1] * (y + 0.5) + m[3 * i + 2] + a * side_x[i] + b * side_y[i];
        add_cells (src, at, step, extent, count, sum);
      }
      for (int i = 0; i < count; i++)
        dst[(ptrdiff_t) y * w + x + i] = sum[i] / (float) (cells_x * cells_y);
    }
  }
}

void
nn_warp (const nn_plane *src, const nn_affine *map, float *dst, int h, int w)
{
  if (map->m[1] == 0 && map->m[3] == 0)
    warp_upright (src, map, dst, h, w);
  else
    warp_turned (src, map, dst, h, w);
}

void
nn_standardise (float *x, size_t count, float floor)
{
  double sum = 0, squares = 0;
  for (size_t i = 0; i < count; i++)
    sum += (double) x[i];
  double mean = sum / (double) count;
  for (size_t i = 0; i < count; i++)
    squares += ((double) x[i] - mean) * ((double) x[i] - mean);
  double sd = fmax (sqrt (squares / (double) count), (double) floor);
  float offset = (float) mean, scale = sd > 0 ? (float) (1 / sd) : 0;
  for (size_t i = 0; i < count; i++)
    x[i] = (x[i] - offset) * scale;
}
