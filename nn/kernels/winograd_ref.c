/* SPDX-License-Identifier: MIT
 * The specification of nn_winograd_kernels: every transform is a matrix on the left and its transpose on the right. */
#include "winograd_matrices.h"

#define MOST 9 /* inputs and points of an axis */

/* Element (i, j) of a matrix lies at p[i * row + j * column]. */
typedef struct matrix {
  const nn_real *p;
  int rows, columns, row, column;
} matrix;

static matrix
transposed (matrix a)
{
  return (matrix) { a.p, a.columns, a.rows, a.column, a.row };
}

typedef struct matrices {
  matrix a, b, g; /* A^T, B^T, G as in winograd_matrices.h */
} matrices;

#define SIZES(x) (int) (sizeof (x) / sizeof *(x)), (int) (sizeof *(x) / sizeof **(x)), (int) (sizeof *(x) / sizeof **(x)), 1
#define ENTRY(name, ...) [NN_WINOGRAD_##name] = { { *a_##name, SIZES (a_##name) }, { *b_##name, SIZES (b_##name) }, { *g_##name, SIZES (g_##name) } },
static const matrices all[NN_N_WINOGRADS] = { NN_WINOGRADS (ENTRY) };

/* y = t x t^T */
static void
transform (matrix t, nn_real x[MOST][MOST], nn_real y[MOST][MOST])
{
  for (int i = 0; i < t.rows; i++)
    for (int j = 0; j < t.rows; j++) {
      y[i][j] = 0;
      for (int r = 0; r < t.columns; r++)
        for (int s = 0; s < t.columns; s++)
          y[i][j] += t.p[i * t.row + r * t.column] * x[r][s] * t.p[j * t.row + s * t.column];
    }
}

/* Where a tile of the output begins. */
typedef struct place {
  int image, row, column;
} place;

static place
place_of (const nn_winograd *a, const nn_winograd_job *job, int tile)
{
  int down = (job->h + a->m - 1) / a->m, across = (job->w + a->m - 1) / a->m;
  return (place) { tile / (down * across), tile / across % down * a->m, tile % across * a->m };
}

static void
input (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const nn_real *x, nn_real *v)
{
  const nn_winograd *a = &nn_winograds[kind];
  for (int tile = 0; tile < count; tile++)
    for (int c = 0; c < job->c; c++) {
      nn_real d[MOST][MOST], t[MOST][MOST];
      place at = place_of (a, job, first + tile);
      for (int r = 0; r < a->inputs; r++)
        for (int s = 0; s < a->inputs; s++) {
          int row = at.row * a->stride + r, column = at.column * a->stride + s;
          bool stored = row >= job->row_from && row < job->row_to && column >= job->column_from && column < job->column_to;
          d[r][s] = stored ? x[at.image * job->x_image + row * job->x_row + (ptrdiff_t) column * job->c + c] : 0;
        }
      transform (all[kind].b, d, t);
      for (int i = 0; i < a->points; i++)
        for (int j = 0; j < a->points; j++)
          v[(size_t) nn_winograd_slot (a, i, j) * nn_winograd_step (count, job->c) + (size_t) tile * job->c + c] = t[i][j];
    }
}

static void
output (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const nn_real *m, const nn_epilogue *epilogue, nn_real *y)
{
  const nn_winograd *a = &nn_winograds[kind];
  const nn_epilogue *e = epilogue ? epilogue : &NN_EPILOGUE_NONE;
  for (int tile = 0; tile < count; tile++)
    for (int k = 0; k < job->k; k++) {
      nn_real d[MOST][MOST], t[MOST][MOST];
      for (int i = 0; i < a->points; i++)
        for (int j = 0; j < a->points; j++)
          d[i][j] = m[(size_t) nn_winograd_slot (a, i, j) * nn_winograd_step (count, job->k) + (size_t) tile * job->k + k];
      transform (all[kind].a, d, t);
      place at = place_of (a, job, first + tile);
      for (int r = at.row; r < at.row + a->m && r < job->h; r++)
        for (int s = at.column; s < at.column + a->m && s < job->w; s++) {
          ptrdiff_t pixel = (ptrdiff_t) s * job->k + k;
          nn_real add = e->add ? e->add[at.image * e->add_image + r * e->add_row + pixel] : 0;
          y[at.image * job->y_image + r * job->y_row + pixel]
              = nn_clamp (t[r - at.row][s - at.column] + (e->bias ? e->bias[k] : 0) + add, e->low, e->high);
        }
    }
}

static void
slope (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const nn_real *dy, nn_real *w)
{
  const nn_winograd *a = &nn_winograds[kind];
  for (int tile = 0; tile < count; tile++)
    for (int k = 0; k < job->k; k++) {
      nn_real d[MOST][MOST], t[MOST][MOST];
      place at = place_of (a, job, first + tile);
      for (int r = 0; r < a->m; r++)
        for (int s = 0; s < a->m; s++) {
          bool there = at.row + r < job->h && at.column + s < job->w;
          d[r][s] = there ? dy[at.image * job->y_image + (at.row + r) * job->y_row + (ptrdiff_t) (at.column + s) * job->k + k] : 0;
        }
      transform (transposed (all[kind].a), d, t);
      for (int i = 0; i < a->points; i++)
        for (int j = 0; j < a->points; j++)
          w[(size_t) nn_winograd_slot (a, i, j) * nn_winograd_step (count, job->k) + (size_t) tile * job->k + k] = t[i][j];
    }
}

/* Panels have the lanes of vectors of width 1. */
static void
pack (nn_winograd_kind kind, int k, int c, const nn_real *w, nn_conv_steps steps, nn_real *packed)
{
  int filters = nn_winograds[kind].filters;
  matrix g = all[kind].g;
  for (int first = 0, lanes; first < k; first += lanes) {
    lanes = nn_conv_panel (k - first);
    for (int i = 0; i < c; i++)
      for (int lane = 0; lane < lanes; lane++, packed++) {
        nn_real d[MOST][MOST], t[MOST][MOST];
        for (int r = 0; r < 3; r++)
          for (int s = 0; s < 3; s++)
            d[r][s] = w[(first + lane) * steps.k + r * steps.h + s * steps.w + i * steps.c];
        transform (g, d, t);
        for (int f = 0; f < filters * filters; f++)
          packed[(size_t) f * (size_t) k * (size_t) c] = t[f / filters][f % filters];
      }
  }
}

static void
gradient (nn_winograd_kind kind, int k, int c, const nn_real *du, nn_real *dw)
{
  int filters = nn_winograds[kind].filters;
  matrix g = transposed (all[kind].g);
  g.columns = filters;
  for (size_t i = 0; i < (size_t) k * (size_t) c; i++) {
    nn_real d[MOST][MOST], t[MOST][MOST];
    for (int f = 0; f < filters * filters; f++)
      d[f / filters][f % filters] = du[(size_t) f * nn_winograd_step (c, k) + i];
    transform (g, d, t);
    for (int tap = 0; tap < 9; tap++)
      dw[(size_t) tap * (size_t) k * (size_t) c + i] += t[tap / 3][tap % 3];
  }
}

const nn_winograd_kernels nn_winograd_ref = { 1, input, output, slope, pack, gradient };
