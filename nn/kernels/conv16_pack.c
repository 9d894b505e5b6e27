/* SPDX-License-Identifier: MIT */
#include "conv16.h"

#include <math.h>
#include <string.h>

size_t
nn_lanes16 (const nn_kernels16 *kernels, int k)
{
  size_t width = (size_t) kernels->width;
  return ((size_t) k + width - 1) / width * width;
}

/* What is packed side by side: a direct window's rows, or a Winograd kind's different weights, each of so many pairs of inputs. */
typedef struct layout {
  int rows, pairs;
} layout;

static layout
layout_of (nn_kind16 kind, int c, int kh, int kw)
{
  int weights = nn_shape16_of[kind].weights;
  return kind == NN_DIRECT16 ? (layout) { kh, (kw * c + 1) / 2 } : (layout) { weights * weights, (c + 1) / 2 };
}

size_t
nn_packed16_size (const nn_kernels16 *kernels, nn_kind16 kind, int k, int c, int kh, int kw)
{
  layout l = layout_of (kind, c, kh, kw);
  return (size_t) l.rows * (size_t) l.pairs * 2 * nn_lanes16 (kernels, k);
}

/* Where weight (k, row, input) lies: a direct window's rows lie inside its panels, a kind's weights each have panels of their own. */
static size_t
place_of (const nn_kernels16 *kernels, nn_kind16 kind, layout l, int k, int n_k, int row, int input)
{
  int width = kernels->width, vectors = (n_k + width - 1) / width, first = 0, panel = nn_panel16 (vectors);
  while (k >= (first + panel) * width) {
    first += panel;
    panel = nn_panel16 (vectors - first);
  }
  size_t lanes = (size_t) (panel * width), before = (size_t) (first * width), all = (size_t) (vectors * width);
  size_t pair = (size_t) (input / 2), lane = (size_t) k - before, pairs = (size_t) l.pairs;
  if (kind == NN_DIRECT16)
    return (before * (size_t) l.rows * pairs + ((size_t) row * pairs + pair) * lanes + lane) * 2 + (size_t) (input % 2);
  return ((size_t) row * pairs * all + before * pairs + pair * lanes + lane) * 2 + (size_t) (input % 2);
}

/* u (weights, weights) = g w g^T for the filter of one channel, w (3, 3) whose taps are c apart. */
static void
transform (const nn_shape16 *shape, const nn_real *w, int c, double u[49])
{
  for (int i = 0; i < shape->weights; i++) {
    double row[3];
    for (int x = 0; x < 3; x++) {
      row[x] = 0;
      for (int y = 0; y < 3; y++)
        row[x] += shape->g[i][y] * (double) w[(size_t) (y * 3 + x) * (size_t) c];
    }
    for (int j = 0; j < shape->weights; j++)
      u[i * shape->weights + j] = row[0] * shape->g[j][0] + row[1] * shape->g[j][1] + row[2] * shape->g[j][2];
  }
}

/* The smallest step at which neither a weight leaves 16 bits nor a sum 32: sum over inputs of |weight| most <= 2^31 - 1, where rounding may add
 * half a unit to each weight. */
static double
step_for (double total, double largest, double inputs, double most)
{
  double step = fmax (total * most / (2147483647.0 - inputs * 0.5 * most), largest / 32767);
  return step > 0 ? step * (1 + 1e-9) : 1;
}

static double
direct_step (const nn_real *w, size_t taps, int limit)
{
  double total = 0, largest = 0;
  for (size_t i = 0; i < taps; i++) {
    total += fabs ((double) w[i]);
    largest = fmax (largest, fabs ((double) w[i]));
  }
  return step_for (total, largest, (double) taps, limit);
}

static double
winograd_step (nn_kind16 kind, const nn_real *w, int c, int limit, bool negative)
{
  const nn_shape16 *shape = &nn_shape16_of[kind];
  double total[49] = { 0 }, largest[49] = { 0 }, u[49], step = 0;
  for (int i = 0; i < c; i++) {
    transform (shape, w + i, c, u);
    for (int j = 0; j < shape->weights * shape->weights; j++) {
      total[j] += fabs (u[j]);
      largest[j] = fmax (largest[j], fabs (u[j]));
    }
  }
  for (int i = 0; i < shape->points; i++)
    for (int j = 0; j < shape->points; j++) {
      int weight = shape->weight_of[i] * shape->weights + shape->weight_of[j];
      if (largest[weight] > 0)
        step = fmax (step, step_for (total[weight], largest[weight], c, (double) limit * nn_gain16 (kind, i, j, negative)));
    }
  return step > 0 ? step : 1;
}

static int16_t
rounded (double x)
{
  return (int16_t) lrint (x);
}

void
nn_pack16 (const nn_kernels16 *kernels, nn_kind16 kind, int k, int c, int kh, int kw, const nn_real *w, int limit, bool negative, double unit,
           int16_t *packed, float *scale)
{
  layout l = layout_of (kind, c, kh, kw);
  const nn_shape16 *shape = &nn_shape16_of[kind];
  size_t taps = (size_t) (kh * kw) * (size_t) c;
  memset (packed, 0, nn_packed16_size (kernels, kind, k, c, kh, kw) * sizeof *packed);
  for (int f = 0; f < k; f++, w += taps) {
    double step = kind == NN_DIRECT16 ? direct_step (w, taps, limit) : winograd_step (kind, w, c, limit, negative);
    scale[f] = (float) (step * unit);
    for (int row = 0; kind == NN_DIRECT16 && row < kh; row++)
      for (int i = 0; i < kw * c; i++)
        packed[place_of (kernels, kind, l, f, k, row, i)] = rounded ((double) w[(size_t) row * (size_t) (kw * c) + (size_t) i] / step);
    for (int i = 0; kind != NN_DIRECT16 && i < c; i++) {
      double u[49];
      transform (shape, w + i, c, u);
      for (int row = 0; row < l.rows; row++)
        packed[place_of (kernels, kind, l, f, k, row, i)] = rounded (u[row] / step);
    }
  }
}
