/* SPDX-License-Identifier: MIT
 * The nodes of a planned network, as tables name them. */
#ifndef TOOL_LAYER_H
#define TOOL_LAYER_H

#include "nn.h"

#define TOOL_LAYER_TEXT 40

/* "conv 3x3/2 +relu": operator, window, stride, groups, and what is fused behind it. */
void tool_layer_op (const nn_node *node, char text[TOOL_LAYER_TEXT]);

/* "24x24x64" */
void tool_layer_shape (nn_shape shape, char text[TOOL_LAYER_TEXT]);

/* A kernel's name without what the operator's text says as well. */
void tool_layer_kernel (const char *kernel, char text[TOOL_LAYER_TEXT]);

/* The end of a name that is longer than width letters, behind two dots. */
void tool_layer_name (const nn_node *node, int width, char text[TOOL_LAYER_TEXT]);

#endif
