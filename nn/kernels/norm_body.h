/* SPDX-License-Identifier: MIT
 * The fast body of nn_norm_kernels, included once per instruction set by a file that defines BUILD, its name, and WIDTH, floats in a vector.
 * A panel of channels goes through all positions, its sums in registers. */
#include "norm.h"
#include "vec.h"

#include <math.h>

enum { PANEL = 4 }; /* vectors: as many chains of additions as hide their latency */

static ALWAYS_INLINE vec
load (const float *x)
{
  return *(const vec *) x;
}

static ALWAYS_INLINE void
flush (int vectors, const vec *run, double *sum)
{
  for (int v = 0; v < vectors; v++)
    for (int lane = 0; lane < WIDTH; lane++)
      sum[v * WIDTH + lane] += (double) run[v][lane];
}

static ALWAYS_INLINE void
sums_panel (int vectors, const nn_norm_job *job, int first, const float *x, double *sum, double *squares)
{
  const float *mean = job->mean + first;
  x += first;
  for (size_t p = 0; p < job->n;) {
    vec run[PANEL] = { 0 }, run_squares[PANEL] = { 0 };
    for (size_t end = p + NN_NORM_RUN < job->n ? p + NN_NORM_RUN : job->n; p < end; p++, x += job->step)
      UNROLL
      for (int v = 0; v < vectors; v++) {
        vec d = load (x + v * WIDTH) - load (mean + v * WIDTH);
        run[v] += d;
        run_squares[v] += d * d;
      }
    flush (vectors, run, sum + first);
    flush (vectors, run_squares, squares + first);
  }
}

static ALWAYS_INLINE void
forward_panel (int vectors, const nn_norm_job *job, int first, const float *x, float *y)
{
  const float *mean = job->mean + first, *scale = job->scale + first, *beta = job->beta + first;
  vec floor = BROADCAST (job->floor), none = BROADCAST (INFINITY);
  x += first;
  y += first;
  for (size_t p = 0; p < job->n; p++, x += job->step, y += job->step)
    UNROLL
    for (int v = 0; v < vectors; v++) {
      vec value = (load (x + v * WIDTH) - load (mean + v * WIDTH)) * load (scale + v * WIDTH) + load (beta + v * WIDTH);
      *(vec *) (y + v * WIDTH) = vec_clamp (value, floor, none);
    }
}

static ALWAYS_INLINE void
slopes_panel (int vectors, const nn_norm_job *job, int first, const float *x, const float *dy, double *product, double *sum)
{
  const float *mean = job->mean + first, *scale = job->scale + first, *beta = job->beta + first;
  vec floor = BROADCAST (job->floor);
  x += first;
  dy += first;
  for (size_t p = 0; p < job->n;) {
    vec run[PANEL] = { 0 }, run_product[PANEL] = { 0 };
    for (size_t end = p + NN_NORM_RUN < job->n ? p + NN_NORM_RUN : job->n; p < end; p++, x += job->step, dy += job->step)
      UNROLL
      for (int v = 0; v < vectors; v++) {
        vec d = load (x + v * WIDTH) - load (mean + v * WIDTH);
        vec value = d * load (scale + v * WIDTH) + load (beta + v * WIDTH);
        vec g = vec_select (value > floor, load (dy + v * WIDTH), (vec) { 0 });
        run[v] += g;
        run_product[v] += g * d;
      }
    flush (vectors, run, sum + first);
    flush (vectors, run_product, product + first);
  }
}

static ALWAYS_INLINE void
backward_panel (int vectors, const nn_norm_job *job, int first, const float *offset, const float *slope, const float *x, const float *dy, float *dx)
{
  const float *mean = job->mean + first, *scale = job->scale + first, *beta = job->beta + first;
  vec floor = BROADCAST (job->floor);
  offset += first;
  slope += first;
  x += first;
  dy += first;
  dx += first;
  for (size_t p = 0; p < job->n; p++, x += job->step, dy += job->step, dx += job->step)
    UNROLL
    for (int v = 0; v < vectors; v++) {
      vec d = load (x + v * WIDTH) - load (mean + v * WIDTH), s = load (scale + v * WIDTH);
      vec value = d * s + load (beta + v * WIDTH), g = vec_select (value > floor, load (dy + v * WIDTH), (vec) { 0 });
      *(vec *) (dx + v * WIDTH) = s * g - load (offset + v * WIDTH) - load (slope + v * WIDTH) * d;
    }
}

/* Goes through the channels: panels of 4 vectors, what is left of those together, and the rest by the reference. */
#define EACH_PANEL(work, ...)                                                                                                      \
  int first = 0;                                                                                                                   \
  for (; first + PANEL * WIDTH <= job->c; first += PANEL * WIDTH)                                                                  \
    work##_panel (PANEL, job, first, __VA_ARGS__);                                                                                 \
  const int left = (job->c - first) / WIDTH;                                                                                       \
  if (left == 3)                                                                                                                   \
    work##_panel (3, job, first, __VA_ARGS__);                                                                                     \
  else if (left == 2)                                                                                                              \
    work##_panel (2, job, first, __VA_ARGS__);                                                                                     \
  else if (left == 1)                                                                                                              \
    work##_panel (1, job, first, __VA_ARGS__);                                                                                     \
  first += left * WIDTH

static nn_norm_job
rest_of (const nn_norm_job *job, int first)
{
  return (nn_norm_job) { job->n, job->step, job->c - first, job->mean + first, job->scale + first, job->beta + first, job->floor };
}

static void
sums (const nn_norm_job *job, const float *x, double *sum, double *squares)
{
  EACH_PANEL (sums, x, sum, squares);
  nn_norm_job rest = rest_of (job, first);
  nn_norm_ref.sums (&rest, x + first, sum + first, squares + first);
}

static void
forward (const nn_norm_job *job, const float *x, float *y)
{
  EACH_PANEL (forward, x, y);
  nn_norm_job rest = rest_of (job, first);
  nn_norm_ref.forward (&rest, x + first, y + first);
}

static void
slopes (const nn_norm_job *job, const float *x, const float *dy, double *product, double *sum)
{
  EACH_PANEL (slopes, x, dy, product, sum);
  nn_norm_job rest = rest_of (job, first);
  nn_norm_ref.slopes (&rest, x + first, dy + first, product + first, sum + first);
}

static void
backward (const nn_norm_job *job, const float *offset, const float *slope, const float *x, const float *dy, float *dx)
{
  EACH_PANEL (backward, offset, slope, x, dy, dx);
  nn_norm_job rest = rest_of (job, first);
  nn_norm_ref.backward (&rest, offset + first, slope + first, x + first, dy + first, dx + first);
}

const nn_norm_kernels BUILD = { sums, forward, slopes, backward };
