/* SPDX-License-Identifier: MIT
 * Shapes of a graph whose input size may be open: what cannot be known is 0. For reading and writing files. */
#ifndef NN_PARTIAL_H
#define NN_PARTIAL_H

#include "nn.h"

/* shapes[node] from the shapes of all earlier nodes. */
bool nn_partial_shape (const nn_graph *graph, int node, nn_shape *shapes, nn_error *error);

#endif
