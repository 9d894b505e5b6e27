/* SPDX-License-Identifier: MIT */
#include "nn.h"

#include "arena.h"
#include "memory.h"
#include "ops/op.h"
#include "plan.h"

#define MAX_BATCH (1 << 16)
#define MAX_BYTES ((uint64_t) 1 << 32) /* of an arena: a hostile file must not take the machine's memory */

/* Where the value of a node lies. */
typedef struct place {
  enum { IN_ARENA, IN_INPUT, IN_WEIGHTS } kind;
  int block;     /* IN_ARENA */
  size_t offset; /* in nn_reals from the arena or the weights */
  bool readable; /* after nn_run: kept, or an output, or the input */
  bool shared;   /* a view: nothing to compute */
} place;

struct nn_runner {
  nn_plan *plan;
  int batch;
  nn_shape *shapes; /* of each node */
  place *places;
  size_t bytes;     /* of the arena, scratch at its end included */
  nn_real *arena, *scratch;
  const nn_real *input; /* of the last run */
};

/* Last step that reads each node's value; n_nodes for those that stay readable. */
static void
find_last_readers (const nn_graph *graph, const place *places, int *last)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    last[i] = places[i].readable ? graph->n_nodes : i;
    for (int j = 0; j < graph->nodes[i].n_in; j++) {
      int in = graph->nodes[i].in[j];
      last[in] = last[in] > i ? last[in] : i;
    }
  }
}

/* Gives node i a block of its own, or that of its first input: for a view, or in place where nobody else needs what it overwrites. */
static void
choose_block (const nn_runner *runner, int i, int last, nn_block *blocks)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  const nn_node *node = &graph->nodes[i];
  const nn_op_impl *impl = nn_op_table[node->op];
  place *places = runner->places, *at = &places[i];
  size_t count = nn_shape_count (runner->shapes[i]);
  if (node->op == NN_OP_input || node->op == NN_OP_constant) {
    at->kind = node->op == NN_OP_input ? IN_INPUT : IN_WEIGHTS;
    at->offset = node->weights;
    return;
  }
  const place *in = &places[node->in[0]];
  nn_block *block = in->kind == IN_ARENA ? &blocks[in->block] : NULL;
  bool same_size = nn_shape_count (runner->shapes[node->in[0]]) == count;
  at->shared = impl->view;
  if (impl->view || (impl->in_place && block && block->last == i && same_size)) {
    at->kind = in->kind;
    at->block = in->block;
    if (block && block->last < last)
      block->last = last;
    return;
  }
  at->block = i;
  blocks[i] = (nn_block) { .bytes = (size_t) runner->batch * count * sizeof (nn_real), .first = i, .last = last };
}

/* Bytes that the hungriest node asks for. */
static size_t
scratch_bytes (const nn_runner *runner)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  size_t most = 0;
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    const nn_op_impl *impl = nn_op_table[node->op];
    nn_shape in[NN_MAX_INPUTS];
    for (int j = 0; j < node->n_in; j++)
      in[j] = runner->shapes[node->in[j]];
    size_t count = impl->scratch ? impl->scratch (node, in, runner->shapes[i], nn_plan_kernels (runner->plan)) : 0;
    most = count > most ? count : most;
  }
  return nn_aligned (most * sizeof (nn_real));
}

/* Gives every value its place and returns the bytes of all; false when out of memory. */
static bool
place_values (nn_runner *runner, size_t *bytes)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  size_t n = (size_t) graph->n_nodes;
  nn_block *blocks = calloc (n, sizeof *blocks);
  int *last = malloc (n * sizeof *last), *active = malloc (n * sizeof *active);
  bool ok = blocks && last && active;
  if (ok) {
    find_last_readers (graph, runner->places, last);
    for (int i = 0; i < graph->n_nodes; i++)
      choose_block (runner, i, last[i], blocks);
    *bytes = nn_arena_plan (graph->n_nodes, blocks, active);
    for (int i = 0; i < graph->n_nodes; i++)
      if (runner->places[i].kind == IN_ARENA)
        runner->places[i].offset = blocks[runner->places[i].block].offset / sizeof (nn_real);
  }
  free (blocks);
  free (last);
  free (active);
  return ok;
}

/* One piece of memory: the values, and behind them the scratch of whoever works. */
static bool
make_arena (nn_runner *runner, nn_error *error)
{
  size_t values;
  if (!place_values (runner, &values))
    return nn_fail (error, "out of memory");
  runner->bytes = values + scratch_bytes (runner);
  if (runner->bytes > MAX_BYTES)
    return nn_fail (error, "the values need %zu bytes; expected at most %llu", runner->bytes, (unsigned long long) MAX_BYTES);
  runner->arena = nn_alloc (runner->bytes);
  if (!runner->arena)
    return nn_fail (error, "out of memory for %zu bytes of values", runner->bytes);
  runner->scratch = runner->arena + values / sizeof (nn_real);
  return true;
}

static bool
mark_readable (nn_runner *runner, const nn_runner_options *options, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  for (int i = 0; i < graph->n_nodes; i++)
    runner->places[i].readable = graph->nodes[i].op == NN_OP_input;
  for (int i = 0; i < graph->n_outputs; i++)
    runner->places[graph->outputs[i]].readable = true;
  for (int i = 0; i < options->n_keep; i++) {
    if (options->keep[i] < 0 || options->keep[i] >= graph->n_nodes)
      return nn_fail (error, "node %d is to be kept; the plan has %d", options->keep[i], graph->n_nodes);
    runner->places[options->keep[i]].readable = true;
  }
  return true;
}

nn_runner *
nn_runner_new (nn_plan *plan, const nn_runner_options *options, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (plan);
  nn_runner *runner = calloc (1, sizeof *runner);
  if (!runner) {
    nn_fail (error, "out of memory");
    return NULL;
  }
  runner->plan = nn_plan_ref (plan);
  runner->batch = options->batch ? options->batch : 1;
  runner->shapes = malloc ((size_t) graph->n_nodes * sizeof *runner->shapes);
  runner->places = calloc ((size_t) graph->n_nodes, sizeof *runner->places);
  bool ok = runner->shapes && runner->places;
  if (!ok)
    nn_fail (error, "out of memory");
  else if (runner->batch < 1 || runner->batch > MAX_BATCH)
    ok = nn_fail (error, "a batch of %d; expected 1 to %d", runner->batch, MAX_BATCH);
  if (ok && nn_graph_shapes (graph, options->h, options->w, runner->shapes, error) && mark_readable (runner, options, error)
      && make_arena (runner, error))
    return runner;
  nn_runner_free (runner);
  return NULL;
}

void
nn_runner_free (nn_runner *runner)
{
  if (!runner)
    return;
  nn_plan_free (runner->plan);
  free (runner->shapes);
  free (runner->places);
  free (runner->arena);
  free (runner);
}

static const nn_real *
value_at (const nn_runner *runner, int node)
{
  const place *at = &runner->places[node];
  switch (at->kind) {
  case IN_INPUT:
    return runner->input;
  case IN_WEIGHTS:
    return nn_plan_weights (runner->plan) + at->offset;
  case IN_ARENA:
    break;
  }
  return runner->arena + at->offset;
}

void
nn_run (nn_runner *runner, int n, const nn_real *input)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  runner->input = input;
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    if (runner->places[i].kind != IN_ARENA || runner->places[i].shared)
      continue;
    nn_shape shapes[NN_MAX_INPUTS];
    const nn_real *in[NN_MAX_INPUTS];
    bool single[NN_MAX_INPUTS];
    for (int j = 0; j < node->n_in; j++) {
      shapes[j] = runner->shapes[node->in[j]];
      in[j] = value_at (runner, node->in[j]);
      single[j] = graph->nodes[node->in[j]].op == NN_OP_constant;
    }
    nn_op_table[node->op]->forward (&(nn_call) { .node = node,
                                                 .kernels = nn_plan_kernels (runner->plan),
                                                 .n = n,
                                                 .shapes = shapes,
                                                 .shape = runner->shapes[i],
                                                 .in = in,
                                                 .single = single,
                                                 .out = runner->arena + runner->places[i].offset,
                                                 .weights = nn_plan_weights (runner->plan) + node->weights,
                                                 .packed = nn_plan_packed (runner->plan, i),
                                                 .scratch = runner->scratch });
  }
}

const nn_real *
nn_runner_value (const nn_runner *runner, int node, nn_shape *shape)
{
  if (node < 0 || node >= nn_plan_graph (runner->plan)->n_nodes || !runner->places[node].readable)
    return NULL;
  if (shape)
    *shape = runner->shapes[node];
  return value_at (runner, node);
}

const nn_real *
nn_runner_output (const nn_runner *runner, int i, nn_shape *shape)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  return i >= 0 && i < graph->n_outputs ? nn_runner_value (runner, graph->outputs[i], shape) : NULL;
}

nn_plan *
nn_runner_plan (const nn_runner *runner)
{
  return runner->plan;
}

size_t
nn_runner_bytes (const nn_runner *runner)
{
  return runner->bytes;
}
