/* SPDX-License-Identifier: MIT */
#include "fast.h"

#include <math.h>
#include <stdlib.h>

/* Side of the image that a plan for any size counts on. */
#define USUAL 48

static bool
is_pool (const nn_fast *fast)
{
  return fast->impl && fast->impl != &nn_fast_conv;
}

/* Whose value must be floats: outputs, what the caller keeps, and what a node reads that works on floats. */
static void
find_floats (const nn_folded *folded, const nn_plan_options *options, const nn_fast *fast, bool *floats)
{
  const nn_graph *graph = folded->graph;
  for (int i = 0; i < graph->n_nodes; i++)
    floats[i] = !fast[i].impl || fast[i].impl == &nn_fast_global_avg_pool;
  for (int i = 0; i < graph->n_outputs; i++)
    floats[graph->outputs[i]] = true;
  for (int i = 0; i < options->n_keep; i++)
    if (folded->map[options->keep[i]] >= 0)
      floats[folded->map[options->keep[i]]] = true;
  for (int i = 0; i < graph->n_nodes; i++)
    for (int j = 0; !fast[i].impl && j < graph->nodes[i].n_in; j++)
      floats[graph->nodes[i].in[j]] = true;
}

/* A pool works on integers only if its input is held as such; then a pool behind it may. */
static void
find_held (const nn_graph *graph, const bool *floats, nn_fast *fast)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    if (is_pool (&fast[i]) && !fast[node->in[0]].out.held)
      fast[i].impl = NULL;
    fast[i].out.held = fast[i].impl && !floats[i];
  }
}

static bool
is_negative (const nn_node *node, const nn_fast *fast, const nn_fast *in)
{
  if (is_pool (fast))
    return in->out.negative;
  return !(node->act == NN_ACT_RELU || (node->act == NN_ACT_CLIP && node->act_a >= 0));
}

/* The largest integer of a value is what its readers can take. A pool's output has the unit of its input. */
static void
find_limits (const nn_graph *graph, nn_fast *fast)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    fast[i].out.negative = is_negative (node, &fast[i], node->n_in ? &fast[node->in[0]] : NULL);
    fast[i].out.most = nn_limit16 (NN_DIRECT16, true);
  }
  for (int i = graph->n_nodes - 1; i >= 0; i--) {
    if (!fast[i].impl)
      continue;
    nn_unit *in = &fast[graph->nodes[i].in[0]].out;
    int limit = is_pool (&fast[i]) ? fast[i].out.most : nn_limit16 (fast[i].kind, in->negative);
    in->most = limit < in->most ? limit : in->most;
  }
}

/* Steps from the ranges: of what is held, and of what convolutions round when they read it. */
static bool
find_steps (const nn_folded *folded, int n_original, const float *ranges, nn_fast *fast, nn_error *error)
{
  const nn_graph *graph = folded->graph;
  for (int i = 0; i < n_original; i++) {
    int node = folded->map[i];
    if (node < 0)
      continue;
    if (!(ranges[i] >= 0) || !isfinite (ranges[i]))
      return nn_fail (error, "node '%s': range %g; expected a finite number of at least 0", graph->nodes[node].name, (double) ranges[i]);
    fast[node].out.step = ranges[i] > 0 ? ranges[i] / (float) fast[node].out.most : 1;
  }
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    if (!fast[i].impl)
      continue;
    fast[i].in = fast[node->in[0]].out;
    if (node->n_in > 1)
      fast[i].add = fast[node->in[1]].out;
    if (is_pool (&fast[i]) && fast[i].out.held)
      fast[i].out = fast[i].in;
  }
  return true;
}

static bool
find_kinds (const nn_graph *graph, const nn_plan_options *options, nn_fast *fast, nn_error *error)
{
  nn_shape *shapes = calloc ((size_t) graph->n_nodes, sizeof *shapes);
  if (!shapes)
    return nn_fail (error, "out of memory");
  bool known = nn_graph_shapes (graph, options->h, options->w, shapes, NULL) || nn_graph_shapes (graph, USUAL, USUAL, shapes, NULL);
  for (int i = 0; i < graph->n_nodes; i++)
    if (known && fast[i].impl == &nn_fast_conv)
      fast[i].kind = nn_fast_kind (&graph->nodes[i], shapes[i]);
  free (shapes);
  return true;
}

nn_fast *
nn_fast_new (const nn_folded *folded, const nn_graph *original, const nn_plan_options *options, nn_error *error)
{
  const nn_graph *graph = folded->graph;
  nn_fast *fast = calloc ((size_t) graph->n_nodes, sizeof *fast);
  bool *floats = malloc ((size_t) graph->n_nodes * sizeof *floats);
  bool ok = (fast && floats) || nn_fail (error, "out of memory");
  if (ok) {
    for (int i = 0; i < graph->n_nodes; i++) {
      const nn_fast_impl *impl = nn_fast_table[graph->nodes[i].op];
      fast[i].impl = impl && impl->takes (&graph->nodes[i]) ? impl : NULL;
    }
    find_floats (folded, options, fast, floats);
    find_held (graph, floats, fast);
    ok = find_kinds (graph, options, fast, error);
  }
  if (ok) {
    find_limits (graph, fast);
    ok = find_steps (folded, original->n_nodes, options->ranges, fast, error);
  }
  free (floats);
  if (ok)
    return fast;
  free (fast);
  return NULL;
}
