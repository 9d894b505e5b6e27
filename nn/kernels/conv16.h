/* SPDX-License-Identifier: MIT
 * Convolution of 16-bit integers with 32-bit sums, direct and by Winograd's minimal filtering: contracts, and one table of builds.
 *
 * A value is held as round (x / step) with a step of its own (plan: nn_unit). Two channels at a time are multiplied and added: that is one
 * instruction (vpmaddwd, vpdpwssd) of twice a multiply-add's rate. Weights are scaled per output so that no sum can leave 32 bits
 * (conv16_pack.c proves it), so sums are exact and every build gives the same.
 * The caller stores the zero border in the input, and may read 64 bytes behind it. Dilation is 1 and groups are 1. */
#ifndef NN_KERNELS_CONV16_H
#define NN_KERNELS_CONV16_H

#include "pool.h"

/* What becomes of a sum: clamp (sum * scale + bias + add, low, high) in units of the output, rounded if that is an integer. */
typedef struct nn_finish16 {
  const float *scale, *bias;    /* (k), filled up to whole vectors */
  const int16_t *add16;         /* (n, h, w, k), pixels of a row dense, or ... */
  const float *add;             /* ... the same in float, or both are NULL: nothing is added */
  float add_scale;              /* of add */
  float low, high;
  int16_t *y16;                 /* the output, or ... */
  float *y;                     /* ... that: pixels of a row are dense */
  ptrdiff_t y_row, y_image, add_row, add_image; /* elements from row to row and from image to image */
} nn_finish16;

typedef struct nn_conv16_job {
  int n, h, w, k;               /* output */
  int c, kh, kw;
  int stride_h, stride_w;
  ptrdiff_t x_row, x_image;     /* of the bordered input */
} nn_conv16_job;

/* How a window is computed: F(m, r) gives m outputs of an r-tap filter at a time along each axis (Lavin & Gray 2015). HALVES is for stride 2: the
 * window's even rows are a 2-tap filter, F(3, 2), and its odd row is multiplied as it is; the same with columns: 49 products for 81. */
typedef enum nn_kind16 { NN_DIRECT16, NN_F2_16, NN_F3_16, NN_F4_16, NN_HALVES_16, NN_N_KINDS16 } nn_kind16;

/* Along one axis: outputs m of a tile, inputs under it, points at which it is multiplied, different weights among those. */
typedef struct nn_shape16 {
  const char *name;
  int m, inputs, points, weights, stride;
  int weight_of[7];             /* of each point */
  double g[7][3];               /* weights = g * filter */
  int b[7][7];                  /* points = b * inputs, exact in 16 bits */
  double a[4][7];               /* outputs = a * products */
} nn_shape16;

extern const nn_shape16 nn_shape16_of[NN_N_KINDS16];

/* How many times the largest input point (i, j) of a kind can be. */
int nn_gain16 (nn_kind16 kind, int i, int j, bool negative);
/* The largest |x| / step that an input of a kind may have, so that the transformed input stays in 16 bits. */
int nn_limit16 (nn_kind16 kind, bool negative);

typedef struct nn_kernels16 {
  const char *name;
  int width;                    /* 32-bit sums in a vector */
  int rows;                     /* tiles that a product takes at a time */
  /* x points to the first input that output (0, 0) of image 0 sees; a Winograd kind reads whole tiles, so the border is as wide as they need. */
  void (*direct) (const nn_conv16_job *job, const int16_t *x, const int16_t *packed, const nn_finish16 *finish);
  /* scratch: nn_block16.bytes */
  void (*winograd) (const nn_conv16_job *job, nn_kind16 kind, const int16_t *x, const int16_t *packed, const nn_finish16 *finish, void *scratch);
  /* y = clamp (scale * sum, or largest, of the taps); of finish the scale and the bias do not count. */
  void (*sum) (const nn_pool_job *job, const int16_t *x, const nn_finish16 *finish);
  void (*largest) (const nn_pool_job *job, const int16_t *x, const nn_finish16 *finish);
  /* y = round (clamp (x * scale, low, high)) */
  void (*to_integers) (size_t count, const float *x, float scale, float low, float high, int16_t *y);
} nn_kernels16;

extern const nn_kernels16 nn_kernels16_ref, nn_kernels16_generic, nn_kernels16_avx2, nn_kernels16_avx512, nn_kernels16_vnni;

/* How a Winograd kind cuts its work. */
typedef struct nn_block16 {
  int across, down, tiles;      /* tiles of a plane along w and h, and of a block */
  size_t c, k;                  /* channels filled up to whole vectors */
  size_t v, m;                  /* elements from point to point of inputs (int16) and of products (int32) */
  size_t bytes;                 /* of scratch; the same for any number of images and size of planes */
} nn_block16;
nn_block16 nn_block16_of (const nn_kernels16 *kernels, nn_kind16 kind, const nn_conv16_job *job);

/* Elements of packed weights; k filled up to whole vectors, as scale and bias are. */
size_t nn_packed16_size (const nn_kernels16 *kernels, nn_kind16 kind, int k, int c, int kh, int kw);
size_t nn_lanes16 (const nn_kernels16 *kernels, int k);

/* Packs w (k, kh, kw, c) for inputs that are integers of at most limit in absolute value (nn_limit16), none below 0 unless negative.
 * scale[k] is what a unit of the sums is worth if one of the input is worth `unit`. */
void nn_pack16 (const nn_kernels16 *kernels, nn_kind16 kind, int k, int c, int kh, int kw, const nn_real *w, int limit, bool negative, double unit,
                int16_t *packed, float *scale);

/* Vectors of the next panel when so many are left. Packed weights and kernels cut k alike. */
static inline int
nn_panel16 (int vectors_left)
{
  return vectors_left < 2 ? vectors_left : 2;
}

#endif
