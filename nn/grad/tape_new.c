/* SPDX-License-Identifier: MIT */
#include "memory.h"
#include "tape.h"

/* Which nodes the logits need, who reads whom, and where derivatives flow. */
static void
trace (nn_tape *tape)
{
  const nn_graph *graph = tape->graph;
  nn_tape_entry *entries = tape->entries;
  for (int i = 0; i < graph->n_outputs; i++) {
    int logits = nn_graph_logits (graph, i);
    entries[logits].used = entries[logits].reached = true;
    entries[logits].readers++;
    tape->last = logits > tape->last ? logits : tape->last;
  }
  for (int i = tape->last; i >= 0; i--)
    for (int j = 0; entries[i].used && j < graph->nodes[i].n_in; j++) {
      nn_tape_entry *in = &entries[graph->nodes[i].in[j]];
      in->used = true;
      in->readers++;
    }
  for (int i = 0; i <= tape->last; i++) {
    const nn_node *node = &graph->nodes[i];
    entries[i].impl = nn_grad_table[node->op];
    entries[i].wanted = node->n_weights && node->op != NN_OP_constant;
    for (int j = 0; j < node->n_in; j++)
      entries[i].wanted |= entries[node->in[j]].wanted;
    entries[i].n_sums = entries[i].impl->sums ? entries[i].impl->sums (node) : 0;
    entries[i].saved_size = entries[i].impl->saved ? entries[i].impl->saved (node, tape->shapes[i]) : 0;
  }
  for (int i = tape->last; i >= 0; i--)
    for (int j = 0; entries[i].used && j < graph->nodes[i].n_in; j++) {
      nn_tape_entry *in = &entries[graph->nodes[i].in[j]];
      entries[i].added |= (uint64_t) in->reached << j;
      in->reached = true;
    }
}

/* A relu behind a batch_norm or an addition that nobody else reads, the caller included, becomes a part of it. */
static void
fuse (nn_tape *tape)
{
  for (int i = 0; i <= tape->last; i++) {
    nn_node *node = &tape->graph->nodes[i], *before = &tape->graph->nodes[node->n_in ? node->in[0] : i];
    bool host = before->op == NN_OP_batch_norm || before->op == NN_OP_add;
    if (!tape->entries[i].used || node->op != NN_OP_relu || !host || tape->entries[node->in[0]].readers != 1)
      continue;
    before->act = NN_ACT_RELU;
    node->op = NN_OP_identity;
    tape->entries[i].impl = nn_grad_table[NN_OP_identity];
  }
}

static bool
check (const nn_tape *tape, nn_error *error)
{
  for (int i = 0; i <= tape->last; i++) {
    const nn_node *node = &tape->graph->nodes[i];
    if (tape->entries[i].used && node->act != NN_ACT_NONE)
      return nn_fail (error, "node %s (%s) has a fused activation; training expects a graph that no plan has changed", node->name,
                      nn_op_name (node->op));
  }
  return true;
}

/* Zeroed memory; counts in *bytes. */
static void *
take (size_t *bytes, size_t count, size_t size)
{
  if (count > SIZE_MAX / 2 / size)
    return NULL;
  *bytes += nn_aligned (count * size);
  void *memory = nn_alloc (count * size);
  return memory ? memset (memory, 0, count * size) : NULL;
}

/* The same values under another shape or name; dropout is one only outside training. */
static bool
is_view (const nn_tape *tape, int i)
{
  return nn_op_table[tape->graph->nodes[i].op]->view && !tape->entries[i].impl->forward;
}

/* Backward reads the value of node i: its own, or through a view that of the next. The relu of a batch_norm is no reason. */
static bool
keeps_value (const nn_tape *tape, int i)
{
  const nn_node *node = &tape->graph->nodes[i];
  return tape->entries[i].impl->reads_out || (node->act && node->op != NN_OP_batch_norm)
         || (is_view (tape, i) && tape->entries[node->in[0]].kept);
}

/* Node i may work in its first input's memory: nobody else needs what was there. */
static bool
shares_value (const nn_tape *tape, int i)
{
  const nn_node *node = &tape->graph->nodes[i];
  if (!(nn_op_table[node->op]->in_place & 1) || tape->entries[i].impl->reads_in)
    return false;
  int a = node->in[0];
  nn_op op = tape->graph->nodes[a].op;
  return tape->entries[a].readers == 1 && op != NN_OP_input && op != NN_OP_constant && (is_view (tape, i) || !tape->entries[a].kept)
         && nn_shape_count (tape->shapes[a]) == nn_shape_count (tape->shapes[i]);
}

static bool
take_values (nn_tape *tape)
{
  for (int i = 0; i <= tape->last; i++) {
    const nn_node *node = &tape->graph->nodes[i];
    nn_tape_entry *e = &tape->entries[i];
    if (!e->used || node->op == NN_OP_input)
      continue;
    nn_shape in[NN_MAX_INPUTS];
    nn_grad_site site = nn_tape_site (tape, i, in);
    size_t images = node->op == NN_OP_constant ? NN_SHARD : (size_t) tape->options.batch;
    e->kept = keeps_value (tape, i);
    e->owns_value = !shares_value (tape, i);
    e->value = e->owns_value ? take (&tape->bytes, images * nn_shape_count (tape->shapes[i]), sizeof (nn_real)) : tape->entries[node->in[0]].value;
    e->saved = take (&tape->bytes, images * e->saved_size, 1);
    e->packed = take (&tape->bytes, e->impl->packed ? e->impl->packed (&site) : 0, sizeof (nn_real));
    if (!e->value || !e->saved || !e->packed)
      return false;
  }
  return true;
}

static bool
take_sums (nn_tape *tape)
{
  size_t shards = (size_t) nn_shards_of (tape->options.batch);
  for (int i = 0; i <= tape->last; i++) {
    nn_tape_entry *e = &tape->entries[i];
    e->parts = take (&tape->bytes, shards * e->n_sums, sizeof (double));
    e->dparts = take (&tape->bytes, shards * e->n_sums, sizeof (double));
    e->total = take (&tape->bytes, e->n_sums, sizeof (double));
    e->dtotal = take (&tape->bytes, e->n_sums, sizeof (double));
    if (!e->parts || !e->dparts || !e->total || !e->dtotal)
      return false;
  }
  return true;
}

static bool
take_benches (nn_tape *tape)
{
  size_t scratch = 0, spare = 0, sums = 0;
  for (int i = 0; i <= tape->last; i++) {
    const nn_node *node = &tape->graph->nodes[i];
    const nn_tape_entry *e = &tape->entries[i];
    nn_shape in[NN_MAX_INPUTS];
    nn_grad_site site = nn_tape_site (tape, i, in);
    size_t added = 0;
    for (int j = 0; j < node->n_in; j++)
      added += e->added >> j & 1 ? NN_SHARD * nn_shape_count (in[j]) : 0;
    size_t asked = !e->used || !e->impl->scratch ? 0 : e->impl->scratch (&site);
    scratch = asked > scratch ? asked : scratch;
    spare = added > spare ? added : spare;
    sums = e->n_sums > sums ? e->n_sums : sums;
  }
  tape->benches = calloc ((size_t) tape->options.threads, sizeof *tape->benches);
  for (int i = 0; tape->benches && i < tape->options.threads; i++) {
    tape->benches[i].scratch = take (&tape->bytes, scratch, sizeof (nn_real));
    tape->benches[i].spare = take (&tape->bytes, spare, sizeof (nn_real));
    tape->benches[i].sums = take (&tape->bytes, sums, sizeof (double));
    if (!tape->benches[i].scratch || !tape->benches[i].spare || !tape->benches[i].sums)
      return false;
  }
  return tape->benches;
}

static bool
fill (nn_tape *tape, const nn_graph *graph, nn_error *error)
{
  const nn_tape_options *options = &tape->options;
  if (options->batch < 1 || options->threads < 1)
    return nn_fail (error, "a batch of %d images on %d threads; expected at least 1 of each", options->batch, options->threads);
  if (graph->n_outputs < 1)
    return nn_fail (error, "a graph without outputs; expected one that gives the logits");
  tape->graph = nn_graph_copy (graph);
  tape->shapes = calloc ((size_t) graph->n_nodes, sizeof *tape->shapes);
  tape->entries = calloc ((size_t) graph->n_nodes, sizeof *tape->entries);
  tape->kernels = nn_kernels_for (NULL, error);
  if (!tape->kernels)
    return false;
  if (!tape->graph || !tape->shapes || !tape->entries)
    return nn_fail (error, "out of memory for the tape of %d nodes", graph->n_nodes);
  if (!nn_graph_shapes (graph, options->h, options->w, tape->shapes, error))
    return false;
  trace (tape);
  if (!check (tape, error))
    return false;
  fuse (tape);
  tape->gradients = take (&tape->bytes, (size_t) nn_shards_of (options->batch) * graph->n_weights, sizeof (nn_real));
  if (!tape->gradients || !take_values (tape) || !nn_tape_place_derivatives (tape) || !take_sums (tape) || !take_benches (tape))
    return nn_fail (error, "out of memory for a batch of %d images of the network: more than %zu MB", options->batch, tape->bytes >> 20);
  tape->workers = nn_workers_new (options->threads, error);
  return tape->workers;
}

nn_tape *
nn_tape_new (const nn_graph *graph, const nn_tape_options *options, nn_error *error)
{
  nn_tape *tape = calloc (1, sizeof *tape);
  if (!tape) {
    nn_fail (error, "out of memory for a tape");
    return NULL;
  }
  tape->options = *options;
  if (!fill (tape, graph, error)) {
    nn_tape_free (tape);
    return NULL;
  }
  return tape;
}

void
nn_tape_free (nn_tape *tape)
{
  if (!tape)
    return;
  nn_workers_free (tape->workers);
  for (int i = 0; tape->graph && tape->entries && i < tape->graph->n_nodes; i++) {
    nn_tape_entry *e = &tape->entries[i];
    if (e->owns_value)
      free (e->value);
    free (e->saved);
    free (e->packed);
    free (e->parts);
    free (e->dparts);
    free (e->total);
    free (e->dtotal);
  }
  for (int i = 0; tape->benches && i < tape->options.threads; i++) {
    free (tape->benches[i].scratch);
    free (tape->benches[i].spare);
    free (tape->benches[i].sums);
  }
  free (tape->benches);
  free (tape->gradients);
  free (tape->derivatives);
  free (tape->entries);
  free (tape->shapes);
  nn_graph_free (tape->graph);
  free (tape);
}
