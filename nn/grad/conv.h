/* SPDX-License-Identifier: MIT
 * Three ways to convolve in training; conv.c chooses and adds the bias, of which they know nothing. */
#ifndef NN_GRAD_CONV_H
#define NN_GRAD_CONV_H

#include "grad.h"

/* As the functions of the same name of nn_grad_impl, without the bias; scratch NULL: none. */
typedef struct nn_conv_way {
  size_t (*scratch) (const nn_node *node, nn_shape in, nn_shape out);
  size_t (*packed) (const nn_node *node, const nn_kernels *kernels);
  void (*pack) (const nn_node *node, const nn_kernels *kernels, const nn_real *weights, nn_real *packed);
  void (*forward) (const nn_grad_call *call); /* out */
  void (*weights) (const nn_grad_call *call); /* dweights += */
  void (*input) (const nn_grad_call *call);   /* din */
  void (*unpack) (const nn_node *node, const nn_real *sum, nn_real *dweights);
} nn_conv_way;

extern const nn_conv_way nn_conv_columns;   /* any convolution, by way of a matrix of columns */
extern const nn_conv_way nn_conv_direct;    /* one group, dilation 1, by kernels/conv.h */
extern const nn_conv_way nn_conv_depthwise; /* a window for each channel */

#endif
