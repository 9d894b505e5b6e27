/* SPDX-License-Identifier: MIT */
#include "kernels.h"

#define ENTRY(name, title, m, stride, points, filters) [NN_WINOGRAD_##name] = { title, m, stride, (m - 1) * stride + 3, points, filters },
const nn_winograd nn_winograds[NN_N_WINOGRADS] = { NN_WINOGRADS (ENTRY) };
#undef ENTRY

int
nn_winograd_tiles (nn_winograd_kind kind, const nn_winograd_job *job)
{
  int m = nn_winograds[kind].m;
  return job->n * ((job->h + m - 1) / m) * ((job->w + m - 1) / m);
}

size_t
nn_winograd_packed_size (nn_winograd_kind kind, const nn_kernels *kernels, int k, int c)
{
  size_t filters = (size_t) nn_winograds[kind].filters;
  return filters * filters * nn_conv_packed_size (kernels->conv, k, c, 1, 1);
}

size_t
nn_winograd_scratch (nn_winograd_kind kind, int k, int c, int tiles)
{
  size_t points = (size_t) nn_winograds[kind].points;
  return points * points * (nn_winograd_step (tiles, c) + nn_winograd_step (tiles, k));
}

/* The points of one filter: a matrix product of which each point is a row of `tiles` pixels. */
typedef struct product {
  int slot, points;
} product;

static product
product_of (const nn_winograd *a, int filter)
{
  int i = filter / a->filters, j = filter % a->filters, shared = a->points - a->filters + 1;
  return (product) { nn_winograd_slot (a, i, j), (i + 1 < a->filters ? 1 : shared) * (j + 1 < a->filters ? 1 : shared) };
}

static nn_conv_job
job_of (product p, int tiles, int k, int c)
{
  nn_conv_job job = { .n = 1, .h = p.points, .w = tiles, .k = k, .c = c, .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1 };
  job.x_row = (ptrdiff_t) nn_winograd_step (tiles, c);
  job.y_row = (ptrdiff_t) nn_winograd_step (tiles, k);
  return job;
}

void
nn_winograd_forward (nn_winograd_kind kind, const nn_kernels *kernels, const nn_winograd_job *job, int tiles, const nn_real *x, const nn_real *packed,
                     const nn_epilogue *epilogue, nn_real *y, nn_real *scratch)
{
  const nn_winograd *a = &nn_winograds[kind];
  int all = nn_winograd_tiles (kind, job), points = a->points * a->points;
  size_t filter_size = nn_conv_packed_size (kernels->conv, job->k, job->c, 1, 1);
  for (int first = 0, count; first < all; first += count) {
    count = all - first < tiles ? all - first : tiles;
    nn_real *v = scratch, *m = v + (size_t) points * nn_winograd_step (count, job->c);
    kernels->winograd->input (kind, job, first, count, x, v);
    for (int filter = 0; filter < a->filters * a->filters; filter++) {
      product p = product_of (a, filter);
      nn_conv_job rows = job_of (p, count, job->k, job->c);
      kernels->conv->forward (&rows, v + p.slot * rows.x_row, packed + (size_t) filter * filter_size, NULL, m + p.slot * rows.y_row);
    }
    kernels->winograd->output (kind, job, first, count, m, epilogue, y);
  }
}

void
nn_winograd_weight_gradient (nn_winograd_kind kind, const nn_kernels *kernels, const nn_winograd_job *job, int tiles, const nn_real *x,
                             const nn_real *dy, nn_real *du, nn_real *scratch)
{
  const nn_winograd *a = &nn_winograds[kind];
  int all = nn_winograd_tiles (kind, job), points = a->points * a->points;
  for (int first = 0, count; first < all; first += count) {
    count = all - first < tiles ? all - first : tiles;
    nn_real *v = scratch, *w = v + (size_t) points * nn_winograd_step (count, job->c);
    kernels->winograd->input (kind, job, first, count, x, v);
    kernels->winograd->slope (kind, job, first, count, dy, w);
    for (int filter = 0; filter < a->filters * a->filters; filter++) {
      product p = product_of (a, filter);
      nn_conv_job rows = job_of (p, count, job->k, job->c);
      rows.replace = first == 0;
      kernels->conv->weight_gradient (&rows, v + p.slot * rows.x_row, w + p.slot * rows.y_row,
                                      du + (size_t) filter * nn_winograd_step (job->c, job->k));
    }
  }
}
