/* SPDX-License-Identifier: MIT
 * A graph made smaller for running, with the same values: batch normalisation and added constants go into the conv or dense before them, a pad
 * of zeros into the conv behind it, a tensor that is added to a conv becomes its second input, an activation behind conv, dense, add or
 * batch_norm becomes part of it, identities, dropout and what no output needs go. */
#ifndef NN_FOLD_H
#define NN_FOLD_H

#include "nn.h"

typedef struct nn_folded {
  nn_graph *graph;
  nn_real *weights;
  int *map; /* of each original node: the folded node with its value, or -1 */
} nn_folded;

/* keep[n_nodes]: nodes whose value must stay; NULL: none. hard_swish stays a node, because its derivative cannot be taken from its value. */
bool nn_fold (const nn_graph *graph, const nn_real *weights, const bool *keep, nn_folded *folded, nn_error *error);
void nn_folded_clear (nn_folded *folded);

#endif
