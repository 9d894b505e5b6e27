/* SPDX-License-Identifier: MIT
 * Ways to convolve in training; conv.c chooses one for each part of the work and adds the bias, of which they know nothing. */
#ifndef NN_GRAD_CONV_H
#define NN_GRAD_CONV_H

#include "grad.h"

typedef enum nn_conv_part { NN_CONV_FORWARD, NN_CONV_WEIGHTS, NN_CONV_INPUT } nn_conv_part;

/* As the functions of the same name of nn_grad_impl; call->packed is what the part's own pack made. */
typedef struct nn_conv_way {
  size_t (*scratch) (const nn_grad_site *site, nn_conv_part part); /* NULL: none */
  size_t (*packed) (const nn_grad_site *site, nn_conv_part part);  /* of forward and input */
  void (*pack) (const nn_grad_site *site, nn_conv_part part, const nn_real *weights, nn_real *packed);
  void (*forward) (const nn_grad_call *call); /* out */
  void (*weights) (const nn_grad_call *call); /* dweights += */
  void (*input) (const nn_grad_call *call);   /* din */
  void (*unpack) (const nn_node *node, const nn_real *sum, nn_real *dweights);
} nn_conv_way;

extern const nn_conv_way nn_conv_columns;   /* any convolution, by way of a matrix of columns */
extern const nn_conv_way nn_conv_direct;    /* one group, dilation 1, by kernels/conv.h */
extern const nn_conv_way nn_conv_winograd;  /* some of these by kernels/winograd.h; the gradient of the weights lies as the direct way has it */
extern const nn_conv_way nn_conv_depthwise; /* a window for each channel */

/* Whether that costs less for a part of the work. */
bool nn_conv_winograd_pays (const nn_grad_site *site, nn_conv_part part);

#endif
