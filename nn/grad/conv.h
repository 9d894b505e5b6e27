/* SPDX-License-Identifier: MIT
 * Two ways to convolve in training: directly by kernels/conv.h, and by way of a matrix of columns. Each function is one of the three products;
 * conv.c chooses. */
#ifndef NN_GRAD_CONV_H
#define NN_GRAD_CONV_H

#include "grad.h"

/* Any convolution. dweights as nn.h lays them out, without the bias. */
size_t nn_conv_columns_scratch (const nn_node *node, nn_shape in, nn_shape out);
void nn_conv_columns_forward (const nn_grad_call *call);
void nn_conv_columns_weights (const nn_grad_call *call);
void nn_conv_columns_input (const nn_grad_call *call);

/* One group, dilation 1; input: stride 1 and no more padding than kernel. dweights (kh, kw, c, k) until they are unpacked. */
bool nn_conv_direct_fits (const nn_node *node);
bool nn_conv_direct_fits_input (const nn_node *node, nn_shape in, nn_shape out);
size_t nn_conv_direct_scratch (const nn_node *node, nn_shape in, nn_shape out);
size_t nn_conv_direct_packed (const nn_node *node, const nn_kernels *kernels);
void nn_conv_direct_pack (const nn_node *node, const nn_kernels *kernels, const nn_real *weights, nn_real *packed);
void nn_conv_direct_forward (const nn_grad_call *call);
void nn_conv_direct_weights (const nn_grad_call *call);
void nn_conv_direct_input (const nn_grad_call *call);
void nn_conv_direct_unpack (const nn_node *node, const nn_real *sum, nn_real *dweights);

#endif
