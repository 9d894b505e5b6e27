/* SPDX-License-Identifier: MIT
 * A batch is cut into shards, so that the arena holds one of them for each thread; threads take shards as they come. */
#include "nn.h"

#include "memory.h"
#include "places.h"
#include "plan.h"
#include "workers.h"

#define MAX_BATCH (1 << 16)
#define MAX_THREADS 1024
#define MAX_BYTES ((uint64_t) 1 << 32) /* of all memory: a hostile file must not take the machine's */
#define SHARD 8                        /* images */

struct nn_runner {
  nn_plan *plan;
  nn_runner_options options; /* batch and threads as they are in effect; keep is the caller's and is not read again */
  nn_shape *shapes;          /* of each node */
  nn_place *places;
  nn_places sizes;
  size_t scratch;            /* bytes for the hungriest node */
  size_t bytes;              /* of memory: the results, then an arena and scratch for each thread */
  unsigned char *memory;
  nn_workers *workers;       /* NULL: one thread */
  const nn_real *input;      /* of the last run ... */
  int n, shard;              /* ... its images, and how many of them are in a shard */
};

/* ---- construction -------------------------------------------------------------------------------------------------------- */

/* How node i works on integers; NULL: it works on floats. */
static const nn_fast *
fast_of (const nn_runner *runner, int i)
{
  const nn_fast *fast = nn_plan_fast (runner->plan);
  return fast && fast[i].impl ? &fast[i] : NULL;
}

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
    const nn_fast *fast = fast_of (runner, i);
    size_t bytes = 0;
    if (fast && fast->impl->scratch)
      bytes = fast->impl->scratch (node, fast, in, runner->shapes[i], nn_plan_kernels (runner->plan));
    else if (!fast && impl->scratch)
      bytes = impl->scratch (node, in, runner->shapes[i], nn_plan_kernels (runner->plan)) * sizeof (nn_real);
    most = bytes > most ? bytes : most;
  }
  return nn_aligned (most);
}

/* Images in the shards of a batch of n: as many as keep every thread busy to the end, at most SHARD. */
static int
shard_of (int n, int threads)
{
  int rounds = (n + SHARD * threads - 1) / (SHARD * threads);
  return (n + rounds * threads - 1) / (rounds * threads);
}

static bool
make_memory (nn_runner *runner, nn_error *error)
{
  int batch = runner->options.batch, threads = runner->options.threads, largest = (batch + threads - 1) / threads;
  if (!nn_places_find (nn_plan_graph (runner->plan), nn_plan_fast (runner->plan), runner->shapes, largest < SHARD ? largest : SHARD, batch, runner->places, &runner->sizes))
    return nn_fail (error, "out of memory");
  runner->scratch = scratch_bytes (runner);
  runner->bytes = runner->sizes.results + (size_t) threads * (runner->sizes.arena + runner->scratch);
  if (runner->bytes > MAX_BYTES)
    return nn_fail (error, "the values need %zu bytes; expected at most %llu", runner->bytes, (unsigned long long) MAX_BYTES);
  runner->memory = nn_alloc (runner->bytes);
  return runner->memory || nn_fail (error, "out of memory for %zu bytes of values", runner->bytes);
}

static bool
mark_readable (nn_runner *runner, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  const nn_runner_options *options = &runner->options;
  for (int i = 0; i < graph->n_nodes; i++)
    runner->places[i].readable = graph->nodes[i].op == NN_OP_input;
  for (int i = 0; i < graph->n_outputs; i++)
    runner->places[graph->outputs[i]].readable = true;
  for (int i = 0; i < options->n_keep; i++) {
    if (options->keep[i] < 0 || options->keep[i] >= graph->n_nodes)
      return nn_fail (error, "node %d is to be kept; the plan has %d", options->keep[i], graph->n_nodes);
    const nn_fast *fast = fast_of (runner, options->keep[i]);
    if (fast && fast->out.held)
      return nn_fail (error, "node '%s' is to be kept, but is integers in this plan; expected it in the plan's own list", graph->nodes[options->keep[i]].name);
    runner->places[options->keep[i]].readable = true;
  }
  return true;
}

static bool
read_options (nn_runner *runner, nn_error *error)
{
  nn_runner_options *options = &runner->options;
  options->batch = options->batch ? options->batch : 1;
  options->threads = options->threads ? options->threads : 1;
  if (options->batch < 1 || options->batch > MAX_BATCH)
    return nn_fail (error, "a batch of %d; expected 1 to %d", options->batch, MAX_BATCH);
  if (options->threads < 1 || options->threads > MAX_THREADS)
    return nn_fail (error, "%d threads; expected 1 to %d", options->threads, MAX_THREADS);
  if (options->threads > 1 && options->after)
    return nn_fail (error, "an observer and %d threads; expected one thread", options->threads);
  if (options->threads > options->batch)
    options->threads = options->batch;
  return true;
}

static bool
fill (nn_runner *runner, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (runner->plan);
  if (!read_options (runner, error))
    return false;
  runner->shapes = malloc ((size_t) graph->n_nodes * sizeof *runner->shapes);
  runner->places = calloc ((size_t) graph->n_nodes, sizeof *runner->places);
  if (!runner->shapes || !runner->places)
    return nn_fail (error, "out of memory");
  if (!nn_graph_shapes (graph, runner->options.h, runner->options.w, runner->shapes, error) || !mark_readable (runner, error)
      || !make_memory (runner, error))
    return false;
  if (runner->options.threads > 1)
    runner->workers = nn_workers_new (runner->options.threads, error);
  return runner->options.threads == 1 || runner->workers;
}

nn_runner *
nn_runner_new (nn_plan *plan, const nn_runner_options *options, nn_error *error)
{
  nn_runner *runner = calloc (1, sizeof *runner);
  if (!runner) {
    nn_fail (error, "out of memory");
    return NULL;
  }
  runner->plan = nn_plan_ref (plan);
  runner->options = *options;
  if (fill (runner, error))
    return runner;
  nn_runner_free (runner);
  return NULL;
}

void
nn_runner_free (nn_runner *runner)
{
  if (!runner)
    return;
  nn_workers_free (runner->workers);
  nn_plan_free (runner->plan);
  free (runner->shapes);
  free (runner->places);
  free (runner->memory);
  free (runner);
}

/* ---- run ----------------------------------------------------------------------------------------------------------------- */

static unsigned char *
arena_of (const nn_runner *runner, int worker)
{
  return runner->memory + runner->sizes.results + (size_t) worker * (runner->sizes.arena + runner->scratch);
}

/* The value of a node while a worker has the images from first on. */
static const nn_real *
value_at (const nn_runner *runner, int node, int worker, int first)
{
  const nn_place *at = &runner->places[node];
  size_t offset = at->offset + (size_t) first * at->stored.image * at->element;
  switch (at->kind) {
  case NN_IN_INPUT:
    return (const nn_real *) ((const unsigned char *) runner->input + offset);
  case NN_IN_WEIGHTS:
    return (const nn_real *) ((const unsigned char *) nn_plan_weights (runner->plan) + offset);
  case NN_IN_RESULTS:
    return (const nn_real *) (runner->memory + offset);
  case NN_IN_ARENA:
    break;
  }
  return (const nn_real *) (arena_of (runner, worker) + at->offset);
}

/* The rows above and below, and between two rows the right border of one and the left border of the next. */
static void
clear_border (const nn_place *at, nn_shape shape, int n, void *value)
{
  const nn_border *border = &at->stored.border;
  size_t pixel = (size_t) shape.c * at->element, row = at->stored.row * at->element;
  size_t left = (size_t) border->left * pixel, right = (size_t) border->right * pixel, inside = (size_t) shape.w * pixel;
  if (!border->top && !left && !border->bottom && !right)
    return;
  unsigned char *image = value;
  for (int i = 0; i < n; i++, image += at->stored.image * at->element) {
    memset (image - (size_t) border->top * row - left, 0, (size_t) border->top * row + left);
    unsigned char *y = image + inside;
    for (int h = 1; h < shape.h; h++, y += row)
      memset (y, 0, left + right);
    memset (y, 0, right + (size_t) border->bottom * row);
  }
}

static void
run_node (const nn_runner *runner, int index, int worker, int first, int n)
{
  const nn_node *node = &nn_plan_graph (runner->plan)->nodes[index];
  const nn_place *at = &runner->places[index];
  if (node->op == NN_OP_input || node->op == NN_OP_constant || at->shared)
    return;
  nn_shape shapes[NN_MAX_INPUTS];
  const nn_real *in[NN_MAX_INPUTS];
  nn_storage stored[NN_MAX_INPUTS];
  for (int j = 0; j < node->n_in; j++) {
    shapes[j] = runner->shapes[node->in[j]];
    in[j] = value_at (runner, node->in[j], worker, first);
    stored[j] = runner->places[node->in[j]].stored;
  }
  nn_real *out = (nn_real *) value_at (runner, index, worker, first); /* in memory of our own: it is neither input nor constant */
  if (at->first)
    clear_border (at, runner->shapes[index], n, out);
  const nn_fast *fast = fast_of (runner, index);
  nn_call call = {
      .node = node,
      .kernels = nn_plan_kernels (runner->plan),
      .n = n,
      .shapes = shapes,
      .shape = runner->shapes[index],
      .in = in,
      .out = out,
      .stored = stored,
      .out_stored = &at->stored,
      .weights = nn_plan_weights (runner->plan) + node->weights,
      .packed = nn_plan_packed (runner->plan, index),
      .scratch = (nn_real *) (arena_of (runner, worker) + runner->sizes.arena),
  };
  if (fast)
    fast->impl->forward (&call, fast);
  else
    nn_op_table[node->op]->forward (&call);
}

static void
run_shard (void *data, int worker, int shard)
{
  const nn_runner *runner = data;
  int first = shard * runner->shard, n = runner->n - first < runner->shard ? runner->n - first : runner->shard;
  for (int i = 0; i < nn_plan_graph (runner->plan)->n_nodes; i++) {
    run_node (runner, i, worker, first, n);
    if (runner->options.after)
      runner->options.after (runner->options.data, i);
  }
}

void
nn_run (nn_runner *runner, int n, const nn_real *input)
{
  runner->input = input;
  runner->n = n;
  runner->shard = shard_of (n, runner->options.threads);
  int shards = (n + runner->shard - 1) / runner->shard;
  if (runner->workers && shards > 1)
    nn_workers_run (runner->workers, run_shard, runner, shards);
  else
    for (int i = 0; i < shards; i++)
      run_shard (runner, 0, i);
}

const nn_real *
nn_runner_value (const nn_runner *runner, int node, nn_shape *shape)
{
  if (node < 0 || node >= nn_plan_graph (runner->plan)->n_nodes || !runner->places[node].readable)
    return NULL;
  if (shape)
    *shape = runner->shapes[node];
  return value_at (runner, node, 0, 0);
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
