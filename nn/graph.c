/* SPDX-License-Identifier: MIT */
#include "nn.h"

#include "ops/op.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
nn_op_name (nn_op op)
{
#define NAME(name) [NN_OP_##name] = #name,
  static const char *const names[NN_N_OPS] = { NN_OPS (NAME) };
#undef NAME
  return (unsigned) op < NN_N_OPS ? names[op] : "unknown";
}

nn_graph *
nn_graph_new (void)
{
  return calloc (1, sizeof (nn_graph));
}

void
nn_graph_free (nn_graph *graph)
{
  if (!graph)
    return;
  for (int i = 0; i < graph->n_nodes; i++)
    free (graph->nodes[i].name);
  free (graph->nodes);
  free (graph);
}

nn_graph *
nn_graph_copy (const nn_graph *graph)
{
  nn_graph *copy = nn_graph_new ();
  if (!copy)
    return NULL;
  for (int i = 0; i < graph->n_nodes; i++)
    if (nn_graph_add (copy, &graph->nodes[i], NULL) < 0) {
      nn_graph_free (copy);
      return NULL;
    }
  copy->n_outputs = graph->n_outputs;
  memcpy (copy->outputs, graph->outputs, sizeof copy->outputs);
  return copy;
}

int
nn_graph_find (const nn_graph *graph, const char *name)
{
  for (int i = 0; i < graph->n_nodes; i++)
    if (!strcmp (graph->nodes[i].name, name))
      return i;
  return -1;
}

/* Puts the node before the sentence; returns false. */
static bool
fail_at (nn_error *error, const nn_node *node, int index)
{
  char place[120];
  if (node->name)
    snprintf (place, sizeof place, "node '%.80s' (%s)", node->name, nn_op_name (node->op));
  else
    snprintf (place, sizeof place, "node %d (%s)", index, nn_op_name (node->op));
  return nn_fail_prefix (error, place);
}

static bool
is_arithmetic (nn_op op)
{
  return op == NN_OP_add || op == NN_OP_sub || op == NN_OP_mul || op == NN_OP_div;
}

static bool
check_inputs (const nn_graph *graph, const nn_node *node, nn_error *error)
{
  const nn_op_impl *impl = nn_op_table[node->op];
  if (node->n_in < impl->min_in || node->n_in > impl->max_in)
    return nn_fail (error, "%d inputs; expected %d to %d", node->n_in, impl->min_in, impl->max_in);
  int constants = 0;
  for (int i = 0; i < node->n_in; i++) {
    if (node->in[i] < 0 || node->in[i] >= graph->n_nodes)
      return nn_fail (error, "input %d is node %d; expected one of the %d before it", i, node->in[i], graph->n_nodes);
    constants += graph->nodes[node->in[i]].op == NN_OP_constant;
  }
  if (constants && (!is_arithmetic (node->op) || constants == node->n_in))
    return nn_fail (error, "reads a constant; only add, sub, mul and div may, on one side");
  if (node->op == NN_OP_input)
    for (int i = 0; i < graph->n_nodes; i++)
      if (graph->nodes[i].op == NN_OP_input)
        return nn_fail (error, "a second input; '%.80s' is one already", graph->nodes[i].name);
  return true;
}

static bool
takes_act (nn_op op)
{
  return op == NN_OP_conv || op == NN_OP_dense || op == NN_OP_add || op == NN_OP_batch_norm;
}

static bool
check_act (const nn_node *node, nn_error *error)
{
  nn_act own = nn_act_of (node->op), act = own ? own : node->act;
  if ((unsigned) act > NN_ACT_HARD_SWISH || (node->act && !takes_act (node->op)))
    return nn_fail (error, "fused activation %d; expected one of nn_act behind conv, dense, add or batch_norm", (int) node->act);
  bool uses_a = act == NN_ACT_LEAKY_RELU || act == NN_ACT_CLIP || act == NN_ACT_HARD_SIGMOID, uses_b = uses_a && act != NN_ACT_LEAKY_RELU;
  if ((uses_a && isnan (node->act_a)) || (uses_b && isnan (node->act_b)) || (act != NN_ACT_CLIP && uses_a && isinf (node->act_a))
      || (act != NN_ACT_CLIP && uses_b && isinf (node->act_b)))
    return nn_fail (error, "activation with %g and %g; expected numbers", (double) node->act_a, (double) node->act_b);
  if (act == NN_ACT_CLIP && node->act_a > node->act_b)
    return nn_fail (error, "clips to [%g, %g]; expected an interval", (double) node->act_a, (double) node->act_b);
  return true;
}

/* A copy of node->name, or op and number, with a tail where somebody took that name; NULL when out of memory. */
static char *
name_for (const nn_graph *graph, const nn_node *node)
{
  if (node->name)
    return strdup (node->name);
  char name[64];
  snprintf (name, sizeof name, "%s_%d", nn_op_name (node->op), graph->n_nodes);
  for (int i = 1; nn_graph_find (graph, name) >= 0; i++)
    snprintf (name, sizeof name, "%s_%d_%d", nn_op_name (node->op), graph->n_nodes, i);
  return strdup (name);
}

/* The capacity of nodes is n_nodes rounded up to a power of two. */
static bool
grow (nn_graph *graph)
{
  int n = graph->n_nodes;
  if (n & (n - 1))
    return true;
  nn_node *nodes = realloc (graph->nodes, (n ? 2 * (size_t) n : 1) * sizeof *nodes);
  if (nodes)
    graph->nodes = nodes;
  return nodes;
}

int
nn_graph_add (nn_graph *graph, const nn_node *node, nn_error *error)
{
  if ((unsigned) node->op >= NN_N_OPS) {
    nn_fail (error, "unknown operator %d", (int) node->op);
    return -1;
  }
  if (graph->n_nodes == NN_MAX_NODES) {
    nn_fail (error, "more than %d nodes", NN_MAX_NODES);
    return -1;
  }
  const nn_op_impl *impl = nn_op_table[node->op];
  if (!check_inputs (graph, node, error) || !check_act (node, error) || (impl->check && !impl->check (node, error))) {
    fail_at (error, node, graph->n_nodes);
    return -1;
  }
  if (node->name && nn_graph_find (graph, node->name) >= 0) {
    nn_fail (error, "two nodes are named '%.80s'", node->name);
    return -1;
  }
  size_t n_weights = impl->n_weights ? impl->n_weights (node) : 0;
  if (graph->n_weights + n_weights > NN_MAX_ELEMENTS) {
    nn_fail (error, "more than %lld weights in all", (long long) NN_MAX_ELEMENTS);
    fail_at (error, node, graph->n_nodes);
    return -1;
  }
  char *name = name_for (graph, node);
  if (!name || !grow (graph)) {
    free (name);
    nn_fail (error, "out of memory");
    return -1;
  }
  nn_node *added = &graph->nodes[graph->n_nodes];
  *added = *node;
  added->name = name;
  added->weights = graph->n_weights;
  added->n_weights = n_weights;
  graph->n_weights += n_weights;
  return graph->n_nodes++;
}

bool
nn_graph_add_output (nn_graph *graph, int node, nn_error *error)
{
  if (node < 0 || node >= graph->n_nodes)
    return nn_fail (error, "output %d is node %d; the graph has %d", graph->n_outputs, node, graph->n_nodes);
  if (graph->nodes[node].op == NN_OP_constant)
    return nn_fail (error, "output '%.80s' is a constant", graph->nodes[node].name);
  if (graph->n_outputs == NN_MAX_OUTPUTS)
    return nn_fail (error, "more than %d outputs", NN_MAX_OUTPUTS);
  graph->outputs[graph->n_outputs++] = node;
  return true;
}

int
nn_graph_logits (const nn_graph *graph, int output)
{
  const nn_node *node = &graph->nodes[graph->outputs[output]];
  return node->op == NN_OP_softmax ? node->in[0] : graph->outputs[output];
}

bool
nn_node_shape (const nn_graph *graph, int node, nn_shape *shapes, nn_error *error)
{
  const nn_node *it = &graph->nodes[node];
  nn_shape in[NN_MAX_INPUTS], *out = &shapes[node];
  for (int i = 0; i < it->n_in; i++)
    in[i] = shapes[it->in[i]];
  if (!nn_op_table[it->op]->shape (it, in, out, error))
    return fail_at (error, it, node);
  if (out->h < 1 || out->w < 1 || nn_mul_limited (nn_mul_limited (out->h, out->w), out->c) > NN_MAX_ELEMENTS) {
    nn_fail (error, "gives (%d, %d, %d); expected 1 to %lld elements", out->h, out->w, out->c, (long long) NN_MAX_ELEMENTS);
    return fail_at (error, it, node);
  }
  return true;
}

/* The input of the graph at (h, w), each 0: as the node says. */
static bool
input_shape (const nn_node *node, int index, int h, int w, nn_shape *out, nn_error *error)
{
  nn_shape own = node->u.input.shape;
  *out = (nn_shape) { h ? h : own.h, w ? w : own.w, own.c };
  if ((own.h && own.h != out->h) || (own.w && own.w != out->w))
    nn_fail (error, "is %dx%d; asked for %dx%d", own.h, own.w, h, w);
  else if (out->h < 1 || out->w < 1 || nn_mul_limited (nn_mul_limited (out->h, out->w), out->c) > NN_MAX_ELEMENTS)
    nn_fail (error, "of %dx%d with %d channels; expected a size of 1 to %lld elements", out->h, out->w, out->c, (long long) NN_MAX_ELEMENTS);
  else
    return true;
  return fail_at (error, node, index);
}

bool
nn_graph_shapes (const nn_graph *graph, int h, int w, nn_shape *shapes, nn_error *error)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    if (node->op == NN_OP_input ? !input_shape (node, i, h, w, &shapes[i], error) : !nn_node_shape (graph, i, shapes, error))
      return false;
  }
  return true;
}

int64_t
nn_node_macs (const nn_node *node, nn_shape out)
{
  const nn_op_impl *impl = nn_op_table[node->op];
  return impl->macs ? impl->macs (node, out) : 0;
}

int64_t
nn_graph_macs (const nn_graph *graph, const nn_shape *shapes)
{
  int64_t sum = 0;
  for (int i = 0; i < graph->n_nodes; i++)
    if (__builtin_add_overflow (sum, nn_node_macs (&graph->nodes[i], shapes[i]), &sum))
      return INT64_MAX;
  return sum;
}
