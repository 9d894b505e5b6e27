/* SPDX-License-Identifier: MIT
 * Convolution with packed weights: what a plan uses in place of conv.c's loops. */
#ifndef NN_CONV_PACKED_H
#define NN_CONV_PACKED_H

#include "op.h"

/* That row of the second input, which is added; NULL: there is none. */
const nn_real *nn_conv_added (const nn_call *call, size_t image, size_t row);

nn_border nn_conv_packed_border (const nn_node *node, const nn_shape *in, nn_shape out);
size_t nn_conv_packed_scratch (const nn_node *node, const nn_shape *in, nn_shape out, const nn_kernels *kernels);
size_t nn_conv_packed_bytes (const nn_node *node, const nn_kernels *kernels);
void nn_conv_packed_pack (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed);
void nn_conv_packed_forward (const nn_call *call);

#endif
