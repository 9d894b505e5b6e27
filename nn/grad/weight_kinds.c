/* SPDX-License-Identifier: MIT */
#include "../nn_grad.h"

#include <string.h>

void
nn_weight_kinds (const nn_graph *graph, uint8_t *kinds)
{
  memset (kinds, NN_WEIGHT_CONSTANT, graph->n_weights);
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    uint8_t *kind = kinds + node->weights;
    if (node->op == NN_OP_conv || node->op == NN_OP_dense) {
      bool bias = node->op == NN_OP_conv ? node->u.conv.bias : node->u.dense.bias;
      size_t k = (size_t) (node->op == NN_OP_conv ? node->u.conv.k : node->u.dense.k);
      size_t matrix = node->n_weights - (bias ? k : 0);
      memset (kind, NN_WEIGHT_DECAYED, matrix);
      memset (kind + matrix, NN_WEIGHT_PLAIN, node->n_weights - matrix);
    } else if (node->op == NN_OP_batch_norm) {
      memset (kind, NN_WEIGHT_PLAIN, node->n_weights / 2);
      memset (kind + node->n_weights / 2, NN_WEIGHT_STATISTIC, node->n_weights / 2);
    }
  }
}
