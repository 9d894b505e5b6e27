/* SPDX-License-Identifier: MIT
 * Convolution with a 3x3 window by fewer products (Lavin and Gray 2015, section 4): contracts, and one build per instruction set.
 *
 * Along an axis, m neighbouring outputs y of inputs d and filter g are y = A^T ((G g) . (B^T d)), with as many products as G has rows: points.
 * On a plane both axes are transformed, and a tile of m x m outputs needs points^2 products for each pair of channels. With stride 2 the even
 * inputs are such an algorithm of their own, with a window of 2, and the odd ones take plain products; the points of these share their row of
 * G, and the products of points with the same filter are one matrix product.
 *
 *   input   d (tile) -> V (point, tile, c)                the filters: U (filter, c, k), packed
 *   M (point) = V (point) U (filter of the point)         a matrix product: kernels/conv.h with a 1x1 window
 *   output  M (point, tile, k) -> y (tile)
 * and for the gradient of the filters:
 *   slope   dy (tile) -> W (point, tile, k)
 *   dU (filter) = V (point)^T W (point)                   kernels/conv.h, weight_gradient
 *   dw += G^T dU G
 *
 * Tiles are numbered through rows and images. Points of V, M, W and dU lie nn_winograd_step apart, points of the same filter one behind
 * another. c and k are at least the width of a vector, window and stride those of the kind, dilation and groups 1. */
#ifndef NN_KERNELS_WINOGRAD_H
#define NN_KERNELS_WINOGRAD_H

#include "conv.h"

/* (name, title, m, stride, points, filters: distinct rows of G) */
#define NN_WINOGRADS(X)                                                                                                            \
  X (F2, "Winograd F(2x2,3x3)", 2, 1, 4, 4)                                                                                        \
  X (F3, "Winograd F(3x3,3x3)", 3, 1, 5, 5)                                                                                        \
  X (F4, "Winograd F(4x4,3x3)", 4, 1, 6, 6)                                                                                        \
  X (F6, "Winograd F(6x6,3x3)", 6, 1, 8, 8)                                                                                        \
  X (S2, "Winograd F(2x2,3x3) stride 2", 2, 2, 5, 4)                                                                               \
  X (S3, "Winograd F(3x3,3x3) stride 2", 3, 2, 7, 5)                                                                               \
  X (S4, "Winograd F(4x4,3x3) stride 2", 4, 2, 9, 6)

typedef enum nn_winograd_kind {
#define NN_WINOGRAD_ENUM(name, ...) NN_WINOGRAD_##name,
  NN_WINOGRADS (NN_WINOGRAD_ENUM)
#undef NN_WINOGRAD_ENUM
      NN_N_WINOGRADS
} nn_winograd_kind;

typedef struct nn_winograd {
  const char *title;
  int m, stride, inputs, points, filters; /* along an axis */
} nn_winograd;

extern const nn_winograd nn_winograds[NN_N_WINOGRADS];

typedef struct nn_winograd_job {
  int n, h, w, k;            /* output (n, h, w, k); pixels of a row are dense, here and in the input */
  int c;
  ptrdiff_t x_row, x_image;  /* elements from row to row and from image to image of the input ... */
  ptrdiff_t y_row, y_image;  /* ... and of the output */
  /* Rows and columns of the input that are stored, seen from the first that output (0, 0) sees; those beyond are 0. */
  int row_from, row_to, column_from, column_to;
} nn_winograd_job;

typedef struct nn_winograd_kernels {
  int width; /* channels in a vector */
  /* Tiles [first, first + count) of job. x points to the first input that output (0, 0) of image 0 sees, stored or not. */
  void (*input) (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const nn_real *x, nn_real *v);
  /* epilogue NULL: the sums as they are. */
  void (*output) (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const nn_real *m, const nn_epilogue *epilogue, nn_real *y);
  void (*slope) (nn_winograd_kind kind, const nn_winograd_job *job, int first, int count, const nn_real *dy, nn_real *w);
  /* U of w, whose element (k, row, column, c) lies where nn_conv_pack expects it: (filter, panel, c, lanes). */
  void (*pack) (nn_winograd_kind kind, int k, int c, const nn_real *w, nn_conv_steps steps, nn_real *packed);
  /* dw (3, 3, c, k) += G^T dU G; dU (filter, c, k). */
  void (*gradient) (nn_winograd_kind kind, int k, int c, const nn_real *du, nn_real *dw);
} nn_winograd_kernels;

extern const nn_winograd_kernels nn_winograd_ref, nn_winograd_generic, nn_winograd_avx2, nn_winograd_avx512;

/* Tiles of all images of a job. */
int nn_winograd_tiles (nn_winograd_kind kind, const nn_winograd_job *job);

/* Elements from point to point of matrices of so many rows: an odd number of cache lines, so that the points of a tile spread over the sets of
 * a cache. */
static inline size_t
nn_winograd_step (int rows, int columns)
{
  return (((size_t) rows * (size_t) columns + 15) / 16 | 1) * 16;
}

/* Place of point (i, j) in V, M and W. */
static inline int
nn_winograd_slot (const nn_winograd *a, int i, int j)
{
  int plain = a->filters - 1; /* first of the points that share a filter, where some do */
  int gi = i < plain ? i : plain, ni = i < plain ? 1 : a->points - plain;
  int gj = j < plain ? j : plain, nj = j < plain ? 1 : a->points - plain;
  return gi * a->points + ni * gj + (i - gi) * nj + (j - gj);
}

struct nn_kernels;

/* Elements of packed filters. */
size_t nn_winograd_packed_size (nn_winograd_kind kind, const struct nn_kernels *kernels, int k, int c);

/* Elements of scratch that blocks of so many tiles need, forward and for the gradient of the filters. */
size_t nn_winograd_scratch (nn_winograd_kind kind, int k, int c, int tiles);

/* y = epilogue (x * w), so many tiles at a time; the bits of y do not depend on how many. */
void nn_winograd_forward (nn_winograd_kind kind, const struct nn_kernels *kernels, const nn_winograd_job *job, int tiles, const nn_real *x,
                          const nn_real *packed, const nn_epilogue *epilogue, nn_real *y, nn_real *scratch);

/* dU (filter, c, k) = V^T W over all tiles. */
void nn_winograd_weight_gradient (nn_winograd_kind kind, const struct nn_kernels *kernels, const nn_winograd_job *job, int tiles, const nn_real *x,
                                  const nn_real *dy, nn_real *du, nn_real *scratch);

#endif
