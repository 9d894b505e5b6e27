/* SPDX-License-Identifier: MIT
 * The ways to convolve with packed weights. A plan chooses one for each node (conv_choice.c) and keeps it in node->way. */
#ifndef NN_CONV_WAY_H
#define NN_CONV_WAY_H

#include "../kernels/kernels.h"
#include "op.h"

enum {
  NN_CONV_DIRECT,    /* one group, no dilation */
  NN_CONV_DEPTHWISE, /* a window per channel, no dilation */
  NN_CONV_GATHERED,  /* any */
  NN_CONV_WINOGRAD,  /* + nn_winograd_kind: a 3x3 window, one group */
};

int nn_conv_choose (const nn_node *node, const nn_shape *in, nn_shape out, const nn_kernels *kernels, const nn_aim *aim);
const char *nn_conv_way_name (const nn_node *node);
int64_t nn_conv_products (const nn_node *node, nn_shape out);

/* Row `row` of the second input in that image, which is added; NULL: there is none. */
const nn_real *nn_conv_added (const nn_call *call, size_t image, size_t row);

/* Tiles that are worked on at a time. */
int nn_conv_winograd_block (const nn_node *node);

/* By Winograd (conv_winograd.c), and by all other ways (conv_packed.c). */
nn_border nn_conv_winograd_border (const nn_node *node, const nn_shape *in, nn_shape out);
size_t nn_conv_winograd_scratch (const nn_node *node, const nn_shape *in, nn_shape out);
size_t nn_conv_winograd_bytes (const nn_node *node, const nn_kernels *kernels);
void nn_conv_winograd_pack (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed);
void nn_conv_winograd_forward (const nn_call *call);

nn_border nn_conv_packed_border (const nn_node *node, const nn_shape *in, nn_shape out);
size_t nn_conv_packed_scratch (const nn_node *node, const nn_shape *in, nn_shape out);
size_t nn_conv_packed_bytes (const nn_node *node, const nn_kernels *kernels);
void nn_conv_packed_pack (const nn_node *node, const nn_real *weights, const nn_kernels *kernels, void *packed);
void nn_conv_packed_forward (const nn_call *call);

#endif
