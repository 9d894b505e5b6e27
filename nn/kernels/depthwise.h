/* SPDX-License-Identifier: MIT
 * Depthwise convolution of padded (n, h, w, c) planes: every channel has a window of its own. The reference is the specification. */
#ifndef NN_KERNELS_DEPTHWISE_H
#define NN_KERNELS_DEPTHWISE_H

#include "conv.h"

/* y[c] = epilogue (sum over (kh, kw) of x[c] w[c]), with job->k = job->c; w: (kh, kw, c); x points to the first input that output (0, 0) of image 0 sees.
 * epilogue NULL: the sums as they are. */
typedef void nn_depthwise_fn (const nn_conv_job *job, const nn_real *x, const nn_real *w, const nn_epilogue *epilogue, nn_real *y);

nn_depthwise_fn nn_depthwise_ref, nn_depthwise_generic, nn_depthwise_avx2, nn_depthwise_avx512;

#endif
