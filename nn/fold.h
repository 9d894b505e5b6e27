/* SPDX-License-Identifier: MIT
 * A graph made smaller for running, with the same values: batch normalisation goes into the conv or dense before it, an activation
 * behind conv, dense or add becomes part of it, identities, dropout and what no output needs go. */
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
