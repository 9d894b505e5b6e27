/* SPDX-License-Identifier: MIT
 * The specification of nn_kernels16: vectors of one lane, matrices instead of common terms. */
#include "conv16.h"

#include <math.h>

/* Stores one output; at and add_at are its places in y and add. */
static void
finish_one (const nn_finish16 *finish, float x, ptrdiff_t at, ptrdiff_t add_at)
{
  if (finish->add)
    x += finish->add[add_at] * finish->add_scale;
  else if (finish->add16)
    x += (float) finish->add16[add_at] * finish->add_scale;
  x = fminf (fmaxf (x, finish->low), finish->high);
  if (finish->y)
    finish->y[at] = x;
  else
    finish->y16[at] = (int16_t) lrintf (x);
}

/* The weights of output k in a row of `pairs` pairs of one of `blocks` blocks that are packed one after another. */
static int32_t
dot (int pairs, const int16_t *x, const int16_t *weights, int lanes, int lane, int inputs)
{
  int32_t sum = 0;
  for (int i = 0; i < 2 * pairs && i < inputs; i++)
    sum += x[i] * weights[(i / 2 * lanes + lane) * 2 + i % 2];
  return sum;
}

static void
direct (const nn_conv16_job *job, const int16_t *x, const int16_t *packed, const nn_finish16 *finish)
{
  int pairs = (job->kw * job->c + 1) / 2;
  for (int first = 0, lanes; first < job->k; first += lanes, packed += (size_t) (job->kh * pairs * lanes) * 2) {
    lanes = nn_panel16 (job->k - first);
    for (int i = 0; i < job->n * job->h * job->w * lanes; i++) {
      int lane = i % lanes, w = i / lanes % job->w, h = i / lanes / job->w % job->h, n = i / lanes / job->w / job->h, k = first + lane;
      const int16_t *from = x + n * job->x_image + h * job->stride_h * job->x_row + (ptrdiff_t) w * job->stride_w * job->c;
      int32_t sum = 0;
      for (int row = 0; row < job->kh; row++)
        sum += dot (pairs, from + row * job->x_row, packed + (size_t) (row * pairs * lanes) * 2, lanes, lane, job->kw * job->c);
      ptrdiff_t pixel = (ptrdiff_t) w * job->k + k;
      finish_one (finish, (float) sum * finish->scale[k] + finish->bias[k], n * finish->y_image + h * finish->y_row + pixel,
                  n * finish->add_image + h * finish->add_row + pixel);
    }
  }
}

/* v (points, points) of channel c of a tile whose first pixel is x. */
static void
to_points (const nn_shape16 *shape, const nn_conv16_job *job, const int16_t *x, int16_t v[49])
{
  for (int i = 0; i < shape->points; i++)
    for (int j = 0; j < shape->points; j++) {
      int sum = 0;
      for (int h = 0; h < shape->inputs; h++)
        for (int w = 0; w < shape->inputs; w++)
          sum += shape->b[i][h] * shape->b[j][w] * x[h * job->x_row + (ptrdiff_t) w * job->c];
      v[i * shape->points + j] = (int16_t) sum;
    }
}

static float
to_output (const nn_shape16 *shape, const int32_t m[49], int h, int w)
{
  double sum = 0;
  for (int i = 0; i < shape->points; i++)
    for (int j = 0; j < shape->points; j++)
      sum += shape->a[h][i] * shape->a[w][j] * m[i * shape->points + j];
  return (float) sum;
}

/* The place of output k's weight of input c in block `row` of packed weights. */
static size_t
place_of (const nn_conv16_job *job, int row, int k, int c)
{
  int first = k / 2 * 2, lanes = nn_panel16 (job->k - first), pairs = (job->c + 1) / 2;
  return ((size_t) row * (size_t) (pairs * job->k) + (size_t) (first * pairs + c / 2 * lanes + k - first)) * 2 + (size_t) (c % 2);
}

/* One tile, of output k. */
static void
winograd_tile (const nn_conv16_job *job, const nn_shape16 *shape, const int16_t *x, const int16_t *packed, int k, int32_t m[49])
{
  for (int p = 0; p < shape->points * shape->points; p++)
    m[p] = 0;
  for (int c = 0; c < job->c; c++) {
    int16_t v[49];
    to_points (shape, job, x + c, v);
    for (int i = 0; i < shape->points; i++)
      for (int j = 0; j < shape->points; j++) {
        int point = i * shape->points + j, row = shape->weight_of[i] * shape->weights + shape->weight_of[j];
        m[point] += v[point] * packed[place_of (job, row, k, c)];
      }
  }
}

static void
winograd (const nn_conv16_job *job, nn_kind16 kind, const int16_t *x, const int16_t *packed, const nn_finish16 *finish, void *scratch)
{
  (void) scratch;
  const nn_shape16 *shape = &nn_shape16_of[kind];
  for (int n = 0; n < job->n; n++)
    for (int h = 0; h < job->h; h += shape->m)
      for (int w = 0; w < job->w; w += shape->m)
        for (int k = 0; k < job->k; k++) {
          int32_t m[49];
          winograd_tile (job, shape, x + n * job->x_image + h * shape->stride * job->x_row + (ptrdiff_t) w * shape->stride * job->c, packed, k, m);
          for (int i = h; i < job->h && i < h + shape->m; i++)
            for (int j = w; j < job->w && j < w + shape->m; j++)
              finish_one (finish, to_output (shape, m, i - h, j - w) * finish->scale[k] + finish->bias[k],
                          n * finish->y_image + i * finish->y_row + (ptrdiff_t) j * job->k + k,
                          n * finish->add_image + i * finish->add_row + (ptrdiff_t) j * job->k + k);
        }
}

static void
pool (bool most, const nn_pool_job *job, const int16_t *x, const nn_finish16 *finish)
{
  for (int i = 0; i < job->w; i++)
    for (int c = 0; c < job->c; c++) {
      int32_t total = most ? INT16_MIN : 0;
      for (int tap = 0; tap < job->rows * job->columns; tap++) {
        int16_t value = x[i * job->x_step + tap / job->columns * job->x_row + tap % job->columns * job->x_column + c];
        total = !most ? total + value : value > total ? value : total;
      }
      finish_one (finish, (float) total * job->scale, (ptrdiff_t) i * job->c + c, 0);
    }
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
  for (size_t i = 0; i < count; i++)
    finish_one (&finish, x[i] * scale, (ptrdiff_t) i, 0);
}

const nn_kernels16 nn_kernels16_ref = { "ref", 1, 1, direct, winograd, sum, largest, to_integers };
