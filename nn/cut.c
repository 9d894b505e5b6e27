/* SPDX-License-Identifier: MIT
 * A model for one of its outputs: what only the others needed goes. */
#include "memory.h"

/* needed[n_nodes]: what a node reads, directly or not, and itself. */
static void
find_needed (const nn_graph *graph, int output, bool *needed)
{
  memset (needed, 0, (size_t) graph->n_nodes * sizeof *needed);
  needed[output] = true;
  for (int i = output; i >= 0; i--)
    for (int k = 0; needed[i] && k < graph->nodes[i].n_in; k++)
      needed[graph->nodes[i].in[k]] = true;
}

/* to[n_nodes]: number in the new graph of what is needed. */
static nn_graph *
cut_graph (const nn_graph *graph, int output, const bool *needed, int *to, nn_error *error)
{
  nn_graph *cut = nn_graph_new ();
  if (!cut) {
    nn_fail (error, "out of memory for a graph");
    return NULL;
  }
  for (int i = 0; i <= output; i++) {
    nn_node node = graph->nodes[i];
    if (!needed[i])
      continue;
    for (int k = 0; k < node.n_in; k++)
      node.in[k] = to[node.in[k]];
    if ((to[i] = nn_graph_add (cut, &node, error)) < 0) {
      nn_graph_free (cut);
      return NULL;
    }
  }
  if (nn_graph_add_output (cut, to[output], error))
    return cut;
  nn_graph_free (cut);
  return NULL;
}

nn_model *
nn_model_cut (const nn_model *model, int output, nn_error *error)
{
  const nn_graph *graph = model->graph;
  bool needed[NN_MAX_NODES];
  int to[NN_MAX_NODES];
  find_needed (graph, graph->outputs[output], needed);
  nn_graph *cut = cut_graph (graph, graph->outputs[output], needed, to, error);
  if (!cut)
    return NULL;
  nn_model *out = nn_model_new (cut);
  if (!out) {
    nn_fail (error, "out of memory for %zu weights", cut->n_weights);
    nn_graph_free (cut);
    return NULL;
  }
  for (int i = 0; i <= graph->outputs[output]; i++)
    if (needed[i])
      memcpy (out->weights + cut->nodes[to[i]].weights, model->weights + graph->nodes[i].weights, graph->nodes[i].n_weights * sizeof *out->weights);
  return out;
}
