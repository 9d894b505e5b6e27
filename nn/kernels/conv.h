/* SPDX-License-Identifier: MIT
 * Direct convolution of padded (n, h, w, c) planes and the gradient of its weights: contracts, and one table of builds.
 *
 * The caller stores the zero border in the input, so that no kernel knows of edges. Dilation is 1 and groups are 1.
 * The reference (conv_ref.c) is the specification. The fast body (conv_body.h) keeps a tile of pixels times channels in registers and
 * streams packed weights past it: in a window row the kw * c inputs of a pixel are contiguous, one broadcast each. */
#ifndef NN_KERNELS_CONV_H
#define NN_KERNELS_CONV_H

#include "epilogue.h"

typedef struct nn_conv_job {
  int n, h, w, k;            /* output (n, h, w, k) */
  int c, kh, kw;             /* window: rows, columns, channels of the input */
  int stride_h, stride_w;
  ptrdiff_t x_row, x_image;  /* elements from row to row and from image to image: of the padded input ... */
  ptrdiff_t y_row, y_image;  /* ... and of the output */
  ptrdiff_t y_pixel;         /* elements from pixel to pixel of an output row; 0: k, they are dense */
  bool replace;              /* weight_gradient forgets what was in dw */
} nn_conv_job;

static inline ptrdiff_t
nn_conv_y_pixel (const nn_conv_job *job)
{
  return job->y_pixel ? job->y_pixel : job->k;
}

typedef struct nn_conv_kernels {
  const char *name; /* "ref", "generic", "avx2", "avx512" */
  int width;        /* channels in a vector */
  /* y = epilogue (x * packed); x points to the first input that output (0, 0) of image 0 sees. epilogue NULL: the sums as they are. */
  void (*forward) (const nn_conv_job *job, const nn_real *x, const nn_real *packed, const nn_epilogue *epilogue, nn_real *y);
  /* dw (kh, kw, c, k) += (replace: =) sum over images and pixels of x dy. The order of the sum depends on the job alone. */
  void (*weight_gradient) (const nn_conv_job *job, const nn_real *x, const nn_real *dy, nn_real *dw);
} nn_conv_kernels;

/* The build of that name, NULL where it was not built or the CPU cannot run it; name NULL: the fastest that runs here. */
const nn_conv_kernels *nn_conv_kernels_for (const char *name);

/* Elements of packed weights. */
size_t nn_conv_packed_size (const nn_conv_kernels *kernels, int k, int c, int kh, int kw);

/* Packs w, whose element (k, row, column, c) lies at w[k * steps.k + row * steps.h + column * steps.w + c * steps.c]. With steps that run
 * backwards over the window, and k and c exchanged, the packed weights are those of the gradient of the input. */
typedef struct nn_conv_steps {
  ptrdiff_t k, h, w, c;
} nn_conv_steps;
void nn_conv_pack (const nn_conv_kernels *kernels, int k, int c, int kh, int kw, const nn_real *w, nn_conv_steps steps, nn_real *packed);

/* Vectors of the next panel when so many are left: 3, but 2 + 2 rather than 3 + 1. Packed weights and kernels cut k alike. */
static inline int
nn_conv_panel (int vectors_left)
{
  return vectors_left == 4 ? 2 : vectors_left < 3 ? vectors_left : 3;
}

#endif
