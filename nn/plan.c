/* SPDX-License-Identifier: MIT */
#include "plan.h"

#include "fast.h"
#include "fold.h"
#include "kernels/kernels.h"
#include "memory.h"
#include "ops/fast_op.h"

#include <stdatomic.h>

struct nn_plan {
  atomic_int references;
  nn_folded folded;
  int n_original; /* nodes of the graph that was planned */
  const nn_kernels *kernels;
  nn_precision precision;
  nn_fast *fast;  /* of each folded node; NULL: all work on floats */
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

/* Bytes that packed weights may take: three times those of the weights, within limits. With more a plan would be large, and its weights would
 * come from memory again for each image rather than from the third-level cache. */
#define LEAST_PACKED ((size_t) 14 << 20)
#define MOST_PACKED ((size_t) 20 << 20)

static size_t
packed_limit (const nn_graph *graph)
{
  size_t bytes = 3 * graph->n_weights * sizeof (nn_real);
  return bytes < LEAST_PACKED ? LEAST_PACKED : bytes > MOST_PACKED ? MOST_PACKED : bytes;
}

/* Has each node choose its way; returns the bytes that their weights will take. */
static size_t
choose_ways (nn_plan *plan, const nn_shape *shapes, const nn_aim *aim)
{
  nn_graph *graph = plan->folded.graph;
  size_t bytes = 0;
  for (int i = 0; i < graph->n_nodes; i++) {
    nn_node *node = &graph->nodes[i];
    const nn_op_impl *impl = nn_op_table[node->op];
    nn_shape in[NN_MAX_INPUTS];
    for (int j = 0; j < node->n_in; j++)
      in[j] = shapes[node->in[j]];
    if (impl->choose)
      node->way = impl->choose (node, in, shapes[i], plan->kernels, aim);
    bytes += impl->packed_bytes ? impl->packed_bytes (node, plan->kernels) : 0;
  }
  return bytes;
}

/* Shapes for the size that the plan is for; where that is open, for one that suits faces or whole pictures. false: none of them fits the graph. */
static bool
shapes_to_choose_for (const nn_graph *graph, const nn_plan_options *options, nn_shape *shapes)
{
  static const int sides[] = { 48, 64, 224 };
  bool fits = nn_graph_shapes (graph, options ? options->h : 0, options ? options->w : 0, shapes, NULL);
  for (size_t i = 0; i < sizeof sides / sizeof sides[0] && !fits; i++)
    fits = nn_graph_shapes (graph, sides[i], sides[i], shapes, NULL);
  return fits;
}

/* Raises the price of a byte until the packed weights fit. Without shapes all go their first way. */
static bool
choose (nn_plan *plan, const nn_plan_options *options, nn_error *error)
{
  const nn_graph *graph = plan->folded.graph;
  nn_precision precision = options ? options->precision : NN_PRECISION_FULL;
  nn_shape *shapes = calloc ((size_t) graph->n_nodes, sizeof *shapes);
  if (!shapes)
    return nn_fail (error, "out of memory");
  nn_aim aim = { .exact = precision == NN_PRECISION_EXACT };
  const bool fits = shapes_to_choose_for (graph, options, shapes);
  while (fits && choose_ways (plan, shapes, &aim) > packed_limit (graph) && aim.price < 1e3)
    aim.price = aim.price > 0 ? 1.25 * aim.price : 0.02;
  free (shapes);
  return true;
}

/* Which nodes work on integers: none but in NN_PRECISION_FAST. */
static bool
choose_integers (nn_plan *plan, const nn_graph *graph, const nn_plan_options *options, nn_error *error)
{
  if (!options || options->precision != NN_PRECISION_FAST)
    return true;
  if (!options->ranges)
    return nn_fail (error, "no ranges of the values are known, which precision fast needs");
  if (!plan->kernels->fast)
    return nn_fail (error, "precision fast, which kernel level '%s' of this build does not have", plan->kernels->name);
  plan->fast = nn_fast_new (&plan->folded, graph, options, error);
  return plan->fast;
}

/* Bytes of one node's packed weights. */
static size_t
packed_bytes_of (const nn_plan *plan, int i)
{
  const nn_node *node = &plan->folded.graph->nodes[i];
  const nn_op_impl *impl = nn_op_table[node->op];
  const nn_fast *fast = plan->fast && plan->fast[i].impl ? &plan->fast[i] : NULL;
  if (fast)
    return fast->impl->packed_bytes ? fast->impl->packed_bytes (node, fast, plan->kernels) : 0;
  return impl->packed_bytes ? impl->packed_bytes (node, plan->kernels) : 0;
}

static void
pack_node (const nn_plan *plan, int i)
{
  const nn_node *node = &plan->folded.graph->nodes[i];
  const nn_real *weights = plan->folded.weights + node->weights;
  void *to = plan->packed + plan->packed_at[i];
  if (plan->fast && plan->fast[i].impl)
    plan->fast[i].impl->pack (node, &plan->fast[i], weights, plan->kernels, to);
  else
    nn_op_table[node->op]->pack (node, weights, plan->kernels, to);
}

static bool
pack (nn_plan *plan, nn_error *error)
{
  const nn_graph *graph = plan->folded.graph;
  plan->packed_at = malloc ((size_t) graph->n_nodes * sizeof *plan->packed_at);
  if (!plan->packed_at)
    return nn_fail (error, "out of memory");
  for (int i = 0; i < graph->n_nodes; i++) {
    plan->packed_at[i] = plan->packed_bytes;
    plan->packed_bytes += nn_aligned (packed_bytes_of (plan, i));
  }
  plan->packed = nn_alloc (plan->packed_bytes);
  if (!plan->packed)
    return nn_fail (error, "out of memory for %zu bytes of packed weights", plan->packed_bytes);
  for (int i = 0; i < graph->n_nodes; i++)
    if (nn_plan_packed (plan, i))
      pack_node (plan, i);
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
  plan->precision = options ? options->precision : NN_PRECISION_FULL;
  plan->kernels = nn_kernels_for (options ? options->cpu : NULL, error);
  if (plan->kernels && fold (plan, graph, weights, options, error) && choose (plan, options, error)
      && choose_integers (plan, graph, options, error) && pack (plan, error))
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
  free (plan->fast);
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

nn_precision
nn_plan_precision (const nn_plan *plan)
{
  return plan->precision;
}

const char *
nn_plan_cpu (const nn_plan *plan)
{
  return plan->kernels->name;
}

const char *
nn_plan_kernel (const nn_plan *plan, int node)
{
  const nn_node *at = &plan->folded.graph->nodes[node];
  const nn_op_impl *impl = nn_op_table[at->op];
  if (plan->fast && plan->fast[node].impl)
    return plan->fast[node].impl == &nn_fast_conv ? nn_shape16_of[plan->fast[node].kind].name : "int16";
  return impl->way_name ? impl->way_name (at) : "";
}

static const char *const precisions[] = { "full", "exact", "fast" };

const char *
nn_precision_name (nn_precision precision)
{
  return precisions[precision];
}

int
nn_precision_of (const char *name)
{
  for (int i = 0; i < 3; i++)
    if (!strcmp (name, precisions[i]))
      return i;
  return -1;
}

const nn_kernels *
nn_plan_kernels (const nn_plan *plan)
{
  return plan->kernels;
}

int64_t
nn_plan_products (const nn_plan *plan, int node, nn_shape out)
{
  const nn_node *at = &plan->folded.graph->nodes[node];
  if (plan->fast && plan->fast[node].impl)
    return plan->fast[node].impl->products ? plan->fast[node].impl->products (at, &plan->fast[node], out) : 0;
  const nn_op_impl *impl = nn_op_table[at->op];
  return impl->products ? impl->products (at, out) : nn_node_macs (at, out);
}

size_t
nn_plan_packed_bytes (const nn_plan *plan, int node)
{
  size_t end = node + 1 < plan->folded.graph->n_nodes ? plan->packed_at[node + 1] : plan->packed_bytes;
  return end - plan->packed_at[node];
}

const nn_fast *
nn_plan_fast (const nn_plan *plan)
{
  return plan->fast;
}

const void *
nn_plan_packed (const nn_plan *plan, int node)
{
  return nn_plan_packed_bytes (plan, node) ? plan->packed + plan->packed_at[node] : NULL;
}
