/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "fold.h"
#include "kernels/kernels.h"
#include "memory.h"
#include "ops/op.h"

#include <stdatomic.h>

struct nn_plan {
  atomic_int references;
  nn_folded folded;
  int n_original; /* nodes of the graph that was planned */
  const nn_kernels *kernels;
  size_t packed_bytes;
  unsigned char *packed;
  size_t *packed_at; /* of each folded node; those without have no room before the next */
};

/* keep[n_nodes] from the options' list. */
static bool
read_keep (const nn_graph *graph, const nn_plan_options *options, bool *keep, nn_error *error)
{
  memset (keep, 0, (size_t) graph->n_nodes * sizeof *keep);
  for (int i = 0; options && i < options->n_keep; i++) {
    if (options->keep[i] < 0 || options->keep[i] >= graph->n_nodes)
      return nn_fail (error, "node %d is to be kept; the graph has %d", options->keep[i], graph->n_nodes);
    keep[options->keep[i]] = true;
  }
  return true;
}

static bool
fold (nn_plan *plan, const nn_graph *graph, const nn_real *weights, const nn_plan_options *options, nn_error *error)
{
  if (!graph->n_outputs)
    return nn_fail (error, "the graph has no output");
  bool *keep = malloc ((size_t) graph->n_nodes * sizeof *keep);
  if (!keep)
    return nn_fail (error, "out of memory");
  bool ok = read_keep (graph, options, keep, error) && nn_fold (graph, weights, keep, &plan->folded, error);
  plan->n_original = graph->n_nodes;
  free (keep);
  return ok;
}

static bool
pack (nn_plan *plan, nn_error *error)
{
  const nn_graph *graph = plan->folded.graph;
  plan->packed_at = malloc ((size_t) graph->n_nodes * sizeof *plan->packed_at);
  if (!plan->packed_at)
    return nn_fail (error, "out of memory");
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_op_impl *impl = nn_op_table[graph->nodes[i].op];
    plan->packed_at[i] = plan->packed_bytes;
    if (impl->packed_bytes)
      plan->packed_bytes += nn_aligned (impl->packed_bytes (&graph->nodes[i], plan->kernels));
  }
  plan->packed = nn_alloc (plan->packed_bytes);
  if (!plan->packed)
    return nn_fail (error, "out of memory for %zu bytes of packed weights", plan->packed_bytes);
  for (int i = 0; i < graph->n_nodes; i++)
    if (nn_plan_packed (plan, i))
      nn_op_table[graph->nodes[i].op]->pack (&graph->nodes[i], plan->folded.weights + graph->nodes[i].weights, plan->kernels,
                                             plan->packed + plan->packed_at[i]);
  return true;
}

nn_plan *
nn_plan_new (const nn_graph *graph, const nn_real *weights, const nn_plan_options *options, nn_error *error)
{
  nn_plan *plan = calloc (1, sizeof *plan);
  if (!plan) {
    nn_fail (error, "out of memory");
    return NULL;
  }
  atomic_init (&plan->references, 1);
  plan->kernels = nn_kernels_for (options ? options->cpu : NULL, error);
  if (plan->kernels && fold (plan, graph, weights, options, error) && pack (plan, error))
    return plan;
  nn_plan_free (plan);
  return NULL;
}

nn_plan *
nn_plan_ref (nn_plan *plan)
{
  atomic_fetch_add_explicit (&plan->references, 1, memory_order_relaxed);
  return plan;
}

void
nn_plan_free (nn_plan *plan)
{
  if (!plan || atomic_fetch_sub_explicit (&plan->references, 1, memory_order_acq_rel) > 1)
    return;
  nn_folded_clear (&plan->folded);
  free (plan->packed);
  free (plan->packed_at);
  free (plan);
}

const nn_graph *
nn_plan_graph (const nn_plan *plan)
{
  return plan->folded.graph;
}

const nn_real *
nn_plan_weights (const nn_plan *plan)
{
  return plan->folded.weights;
}

int
nn_plan_node (const nn_plan *plan, int node)
{
  return node >= 0 && node < plan->n_original ? plan->folded.map[node] : -1;
}

size_t
nn_plan_bytes (const nn_plan *plan)
{
  return plan->packed_bytes + plan->folded.graph->n_weights * sizeof (nn_real);
}

const char *
nn_plan_cpu (const nn_plan *plan)
{
  return plan->kernels->name;
}

const nn_kernels *
nn_plan_kernels (const nn_plan *plan)
{
  return plan->kernels;
}

const void *
nn_plan_packed (const nn_plan *plan, int node)
{
  size_t end = node + 1 < plan->folded.graph->n_nodes ? plan->packed_at[node + 1] : plan->packed_bytes;
  return plan->packed_at[node] < end ? plan->packed + plan->packed_at[node] : NULL;
}
