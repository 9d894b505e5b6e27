/* SPDX-License-Identifier: MIT
 * Training's forward and backward over a graph. A batch is cut into shards of NN_SHARD images; a worker takes a shard through a segment of nodes, as far as
 * the next node that needs sums over the whole batch (batch normalisation). Such sums, and those of the weights' derivatives, are taken in the order of
 * shards, so that no bit depends on how many workers there are. */
#include "grad.h"
#include "memory.h"
#include "workers.h"

enum { MERGE_RUN = 1 << 14 }; /* weights whose derivatives are summed as one task */

/* What the tape knows of a node. */
typedef struct entry {
  const nn_grad_impl *impl;
  bool used;                   /* the logits depend on it */
  bool wanted;                 /* it depends on weights, so its derivative is asked for */
  bool reached;                /* a later reader gives it a derivative */
  int readers;                 /* inputs of used nodes that it is */
  uint64_t added;              /* bit j: in[j] was reached by a later reader; this one's derivative is added */
  nn_real *value, *derivative; /* (batch, h, w, c); maybe the same memory as in[0]'s, value, and the reader's, derivative */
  bool owns_value, owns_derivative;
  nn_real *packed;
  uint8_t *saved; /* (batch, saved_size) */
  size_t saved_size;
  size_t n_sums;
  double *parts, *total;   /* forward's sums: (shards, n_sums), (n_sums) */
  double *dparts, *dtotal; /* backward's */
} entry;

/* A worker's own memory. */
typedef struct bench {
  nn_real *scratch; /* of the operators */
  nn_real *spare;   /* derivatives on their way to be added */
} bench;

struct nn_tape {
  nn_graph *graph;
  nn_shape *shapes;
  entry *entries;
  nn_tape_options options;
  int logits;
  nn_workers *workers;
  bench *benches;
  nn_real *gradients; /* (shards, n_weights) */
  size_t bytes;
  /* The batch at hand. */
  int n;
  const nn_real *input, *weights;
  uint64_t epoch;
  const uint32_t *samples;
  nn_real *gradient;
  int first, end; /* the segment that is being run; backward counts down */
};

static int
shards_of (int n)
{
  return (n + NN_SHARD - 1) / NN_SHARD;
}

/* ---- one node, one shard ------------------------------------------------------------------------------------------------- */

typedef struct frame {
  nn_grad_call call;
  nn_shape shapes[NN_MAX_INPUTS];
  const nn_real *in[NN_MAX_INPUTS];
  nn_real *din[NN_MAX_INPUTS];
} frame;

static nn_real *
value_at (const nn_tape *tape, int node, int shard)
{
  nn_op op = tape->graph->nodes[node].op;
  size_t first = (size_t) shard * NN_SHARD * nn_shape_count (tape->shapes[node]);
  return op == NN_OP_input ? (nn_real *) tape->input + first : tape->entries[node].value + (op == NN_OP_constant ? 0 : first);
}

static nn_real *
derivative_at (const nn_tape *tape, int node, int shard)
{
  return tape->entries[node].derivative + (size_t) shard * NN_SHARD * nn_shape_count (tape->shapes[node]);
}

/* What forward and backward have in common. */
static void
prepare (const nn_tape *tape, int worker, int shard, int index, frame *f)
{
  const nn_node *node = &tape->graph->nodes[index];
  const entry *e = &tape->entries[index];
  int first = shard * NN_SHARD;
  for (int j = 0; j < node->n_in; j++) {
    f->shapes[j] = tape->shapes[node->in[j]];
    f->in[j] = value_at (tape, node->in[j], shard);
    f->din[j] = NULL;
  }
  f->call = (nn_grad_call) {
    .node = node,
    .index = index,
    .n = tape->n - first < NN_SHARD ? tape->n - first : NN_SHARD,
    .shapes = f->shapes,
    .shape = tape->shapes[index],
    .in = f->in,
    .out = value_at (tape, index, shard),
    .din = f->din,
    .weights = tape->weights + node->weights,
    .packed = e->packed,
    .scratch = tape->benches[worker].scratch,
    .saved = e->saved + (size_t) first * e->saved_size,
    .total = e->total,
    .dpart = e->dparts + (size_t) shard * e->n_sums,
    .dtotal = e->dtotal,
    .gemm = tape->options.gemm,
    .seed = tape->options.seed,
    .epoch = tape->epoch,
    .samples = tape->samples + first,
  };
}

static void
forward_node (const nn_tape *tape, int worker, int shard, int index)
{
  frame f;
  prepare (tape, worker, shard, index, &f);
  const nn_grad_call *call = &f.call;
  nn_op op = call->node->op;
  if (tape->entries[index].impl->forward)
    tape->entries[index].impl->forward (call);
  else if (op != NN_OP_input && op != NN_OP_constant)
    nn_op_table[op]->forward (&(nn_call) {
        .node = call->node,
        .n = call->n,
        .shapes = call->shapes,
        .shape = call->shape,
        .in = call->in,
        .out = call->out,
        .weights = call->weights,
        .scratch = call->scratch,
    });
}

static void
backward_node (const nn_tape *tape, int worker, int shard, int index)
{
  frame f;
  prepare (tape, worker, shard, index, &f);
  const nn_node *node = f.call.node;
  const entry *e = &tape->entries[index];
  nn_real *spare = tape->benches[worker].spare;
  for (int j = 0; j < node->n_in; j++) {
    if (!tape->entries[node->in[j]].wanted)
      continue;
    f.din[j] = derivative_at (tape, node->in[j], shard);
    if (e->added >> j & 1) {
      f.din[j] = spare;
      spare += f.call.n * nn_shape_count (f.shapes[j]);
    }
  }
  f.call.dout = derivative_at (tape, index, shard);
  f.call.dweights = node->n_weights ? tape->gradients + (size_t) shard * tape->graph->n_weights + node->weights : NULL;
  e->impl->backward (&f.call);
  for (int j = 0; j < node->n_in; j++)
    if (f.din[j] && e->added >> j & 1) {
      nn_real *sum = derivative_at (tape, node->in[j], shard);
      size_t count = f.call.n * nn_shape_count (f.shapes[j]);
      for (size_t i = 0; i < count; i++)
        sum[i] += f.din[j][i];
    }
}

/* ---- segments ------------------------------------------------------------------------------------------------------------ */

static void
forward_shard (void *data, int worker, int shard)
{
  const nn_tape *tape = data;
  for (int i = tape->first; i < tape->end; i++)
    if (tape->entries[i].used)
      forward_node (tape, worker, shard, i);
  if (tape->end > tape->logits)
    return;
  frame f;
  const entry *e = &tape->entries[tape->end];
  prepare (tape, worker, shard, tape->end, &f);
  e->impl->forward_sums (&f.call, e->parts + (size_t) shard * e->n_sums);
}

static void
backward_shard (void *data, int worker, int shard)
{
  const nn_tape *tape = data;
  for (int i = tape->first; i > tape->end; i--)
    if (tape->entries[i].used && tape->entries[i].wanted)
      backward_node (tape, worker, shard, i);
  if (tape->end < 0)
    return;
  frame f;
  const entry *e = &tape->entries[tape->end];
  prepare (tape, worker, shard, tape->end, &f);
  f.call.dout = derivative_at (tape, tape->end, shard);
  e->impl->backward_sums (&f.call, e->dparts + (size_t) shard * e->n_sums);
}

static void
merge_sums (const nn_tape *tape, int index, void (*merge) (const nn_node *, const double *, double *), const double *parts, double *total)
{
  size_t count = tape->entries[index].n_sums;
  memset (total, 0, count * sizeof *total);
  for (int shard = 0; shard < shards_of (tape->n); shard++)
    merge (&tape->graph->nodes[index], parts + (size_t) shard * count, total);
}

static void
pack_node (void *data, int worker, int index)
{
  (void) worker;
  const nn_tape *tape = data;
  const nn_node *node = &tape->graph->nodes[index];
  const entry *e = &tape->entries[index];
  if (e->used && e->impl->pack && e->impl->packed (node))
    e->impl->pack (node, tape->weights + node->weights, e->packed);
}

/* One run of weights: the first shard's gradients += all others'. */
static void
merge_run (void *data, int worker, int run)
{
  (void) worker;
  const nn_tape *tape = data;
  size_t n_weights = tape->graph->n_weights, first = (size_t) run * MERGE_RUN;
  size_t count = n_weights - first < MERGE_RUN ? n_weights - first : MERGE_RUN;
  nn_real *sum = tape->gradients + first;
  for (int shard = 1; shard < shards_of (tape->n); shard++) {
    const nn_real *part = sum + (size_t) shard * n_weights;
    for (size_t i = 0; i < count; i++)
      sum[i] += part[i];
  }
}

static void
unpack_node (void *data, int worker, int index)
{
  (void) worker;
  const nn_tape *tape = data;
  const nn_node *node = &tape->graph->nodes[index];
  const entry *e = &tape->entries[index];
  if (e->used && e->wanted && e->impl->unpack)
    e->impl->unpack (node, tape->gradients + node->weights, tape->gradient + node->weights);
  else /* 0 where there is none */
    memcpy (tape->gradient + node->weights, tape->gradients + node->weights, node->n_weights * sizeof (nn_real));
}

static bool
has_sums (const nn_tape *tape, int node)
{
  return tape->entries[node].used && tape->entries[node].n_sums;
}

/* The first node from i on that needs sums, or the end. */
static int
sums_from (const nn_tape *tape, int i)
{
  while (i <= tape->logits && !has_sums (tape, i))
    i++;
  return i;
}

/* The last node before i that needs sums, or -1. */
static int
sums_before (const nn_tape *tape, int i)
{
  for (i--; i >= 0 && !has_sums (tape, i);)
    i--;
  return i;
}

static void
copy_constants (const nn_tape *tape)
{
  for (int i = 0; i <= tape->logits; i++) {
    const nn_node *node = &tape->graph->nodes[i];
    for (int j = 0; tape->entries[i].used && node->op == NN_OP_constant && j < NN_SHARD; j++)
      memcpy (tape->entries[i].value + j * node->n_weights, tape->weights + node->weights, node->n_weights * sizeof (nn_real));
  }
}

const nn_real *
nn_tape_forward (nn_tape *tape, const nn_real *weights, int n, const nn_real *input, uint64_t epoch, const uint32_t *samples)
{
  tape->n = n;
  tape->input = input;
  tape->weights = weights;
  tape->epoch = epoch;
  tape->samples = samples;
  copy_constants (tape);
  nn_workers_run (tape->workers, pack_node, tape, tape->logits + 1);
  tape->end = sums_from (tape, 0);
  for (tape->first = 0; tape->first <= tape->logits; tape->end = sums_from (tape, tape->first + 1)) {
    nn_workers_run (tape->workers, forward_shard, tape, shards_of (n));
    tape->first = tape->end;
    if (tape->first <= tape->logits) {
      entry *e = &tape->entries[tape->first];
      merge_sums (tape, tape->first, e->impl->forward_merge, e->parts, e->total);
    }
  }
  return value_at (tape, tape->logits, 0);
}

void
nn_tape_backward (nn_tape *tape, const nn_real *weights, const nn_real *dlogits, nn_real *gradient)
{
  tape->weights = weights;
  tape->gradient = gradient;
  size_t classes = nn_shape_count (tape->shapes[tape->logits]);
  memcpy (tape->entries[tape->logits].derivative, dlogits, (size_t) tape->n * classes * sizeof *dlogits);
  tape->end = sums_before (tape, tape->logits + 1);
  for (tape->first = tape->logits; tape->first >= 0; tape->end = sums_before (tape, tape->first)) {
    nn_workers_run (tape->workers, backward_shard, tape, shards_of (tape->n));
    tape->first = tape->end;
    if (tape->first >= 0) {
      entry *e = &tape->entries[tape->first];
      merge_sums (tape, tape->first, e->impl->backward_merge, e->dparts, e->dtotal);
    }
  }
  nn_workers_run (tape->workers, merge_run, tape, (int) ((tape->graph->n_weights + MERGE_RUN - 1) / MERGE_RUN));
  nn_workers_run (tape->workers, unpack_node, tape, tape->graph->n_nodes);
}

void
nn_tape_update_statistics (const nn_tape *tape, nn_real momentum, nn_real *weights)
{
  for (int i = 0; i <= tape->logits; i++) {
    const nn_node *node = &tape->graph->nodes[i];
    if (node->op != NN_OP_batch_norm || !tape->entries[i].used)
      continue;
    int c = node->u.batch_norm.c;
    const double *total = tape->entries[i].total;
    double count = total[2 * c];
    nn_real *mean = weights + node->weights + 2 * c, *variance = mean + c;
    for (int j = 0; j < c; j++) {
      mean[j] += momentum * ((nn_real) total[j] - mean[j]);
      variance[j] += momentum * ((nn_real) (total[c + j] / (count > 1 ? count - 1 : 1)) - variance[j]);
    }
  }
}

size_t
nn_tape_bytes (const nn_tape *tape)
{
  return tape->bytes;
}

/* ---- construction -------------------------------------------------------------------------------------------------------- */

/* Which nodes the logits need, who reads whom, and where derivatives flow. */
static void
trace (nn_tape *tape)
{
  const nn_graph *graph = tape->graph;
  entry *entries = tape->entries;
  entries[tape->logits].used = true;
  for (int i = tape->logits; i >= 0; i--)
    for (int j = 0; entries[i].used && j < graph->nodes[i].n_in; j++) {
      entry *in = &entries[graph->nodes[i].in[j]];
      in->used = true;
      in->readers++;
    }
  for (int i = 0; i <= tape->logits; i++) {
    const nn_node *node = &graph->nodes[i];
    entries[i].impl = nn_grad_table[node->op];
    entries[i].wanted = node->n_weights && node->op != NN_OP_constant;
    for (int j = 0; j < node->n_in; j++)
      entries[i].wanted |= entries[node->in[j]].wanted;
    entries[i].n_sums = entries[i].impl->sums ? entries[i].impl->sums (node) : 0;
    entries[i].saved_size = entries[i].impl->saved ? entries[i].impl->saved (node, tape->shapes[i]) : 0;
  }
  for (int i = tape->logits; i >= 0; i--)
    for (int j = 0; entries[i].used && j < graph->nodes[i].n_in; j++) {
      entry *in = &entries[graph->nodes[i].in[j]];
      entries[i].added |= (uint64_t) in->reached << j;
      in->reached = true;
    }
}

static bool
check (const nn_tape *tape, nn_error *error)
{
  for (int i = 0; i <= tape->logits; i++) {
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

/* Node i may work in its first input's memory: nobody else needs what was there. */
static bool
shares_value (const nn_tape *tape, int i)
{
  const nn_node *node = &tape->graph->nodes[i];
  if (!nn_op_table[node->op]->in_place || tape->entries[i].impl->reads_in)
    return false;
  int a = node->in[0];
  nn_op op = tape->graph->nodes[a].op;
  return tape->entries[a].readers == 1 && op != NN_OP_input && op != NN_OP_constant && !tape->entries[a].impl->reads_out
         && nn_shape_count (tape->shapes[a]) == nn_shape_count (tape->shapes[i]);
}

/* Node i's derivative may become its first input's. */
static bool
shares_derivative (const nn_tape *tape, int i)
{
  const nn_node *node = &tape->graph->nodes[i];
  if (!tape->entries[i].impl->in_place)
    return false;
  int a = node->in[0];
  return tape->entries[a].readers == 1 && tape->entries[a].wanted && nn_shape_count (tape->shapes[a]) == nn_shape_count (tape->shapes[i]);
}

static bool
take_values (nn_tape *tape)
{
  for (int i = 0; i <= tape->logits; i++) {
    const nn_node *node = &tape->graph->nodes[i];
    entry *e = &tape->entries[i];
    if (!e->used || node->op == NN_OP_input)
      continue;
    size_t images = node->op == NN_OP_constant ? NN_SHARD : (size_t) tape->options.batch;
    e->owns_value = !shares_value (tape, i);
    e->value = e->owns_value ? take (&tape->bytes, images * nn_shape_count (tape->shapes[i]), sizeof (nn_real)) : tape->entries[node->in[0]].value;
    e->saved = take (&tape->bytes, images * e->saved_size, 1);
    e->packed = take (&tape->bytes, e->impl->packed ? e->impl->packed (node) : 0, sizeof (nn_real));
    if (!e->value || !e->saved || !e->packed)
      return false;
  }
  return true;
}

static bool
take_derivatives (nn_tape *tape)
{
  for (int i = tape->logits; i >= 0; i--) {
    entry *e = &tape->entries[i];
    if (!e->used || (!e->wanted && i != tape->logits))
      continue;
    if (!e->derivative) {
      e->owns_derivative = true;
      e->derivative = take (&tape->bytes, (size_t) tape->options.batch * nn_shape_count (tape->shapes[i]), sizeof (nn_real));
    }
    if (!e->derivative)
      return false;
    if (shares_derivative (tape, i))
      tape->entries[tape->graph->nodes[i].in[0]].derivative = e->derivative;
  }
  return true;
}

static bool
take_sums (nn_tape *tape)
{
  size_t shards = (size_t) shards_of (tape->options.batch);
  for (int i = 0; i <= tape->logits; i++) {
    entry *e = &tape->entries[i];
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
  size_t scratch = 0, spare = 0;
  for (int i = 0; i <= tape->logits; i++) {
    const nn_node *node = &tape->graph->nodes[i];
    const entry *e = &tape->entries[i];
    nn_shape in[NN_MAX_INPUTS];
    size_t added = 0;
    for (int j = 0; j < node->n_in; j++) {
      in[j] = tape->shapes[node->in[j]];
      added += e->added >> j & 1 ? NN_SHARD * nn_shape_count (in[j]) : 0;
    }
    size_t asked = !e->used || !e->impl->scratch ? 0 : e->impl->scratch (node, in, tape->shapes[i]);
    scratch = asked > scratch ? asked : scratch;
    spare = added > spare ? added : spare;
  }
  tape->benches = calloc ((size_t) tape->options.threads, sizeof *tape->benches);
  for (int i = 0; tape->benches && i < tape->options.threads; i++) {
    tape->benches[i].scratch = take (&tape->bytes, scratch, sizeof (nn_real));
    tape->benches[i].spare = take (&tape->bytes, spare, sizeof (nn_real));
    if (!tape->benches[i].scratch || !tape->benches[i].spare)
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
  if (!tape->graph || !tape->shapes || !tape->entries)
    return nn_fail (error, "out of memory for the tape of %d nodes", graph->n_nodes);
  tape->logits = nn_graph_logits (graph, 0);
  if (!nn_graph_shapes (graph, options->h, options->w, tape->shapes, error))
    return false;
  trace (tape);
  if (!check (tape, error))
    return false;
  tape->gradients = take (&tape->bytes, (size_t) shards_of (options->batch) * graph->n_weights, sizeof (nn_real));
  if (!tape->gradients || !take_values (tape) || !take_derivatives (tape) || !take_sums (tape) || !take_benches (tape))
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
  if (!tape->options.gemm)
    tape->options.gemm = nn_gemm_plain;
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
  for (int i = 0; tape->entries && i < tape->graph->n_nodes; i++) {
    entry *e = &tape->entries[i];
    if (e->owns_value)
      free (e->value);
    if (e->owns_derivative)
      free (e->derivative);
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
  }
  free (tape->benches);
  free (tape->gradients);
  free (tape->entries);
  free (tape->shapes);
  nn_graph_free (tape->graph);
  free (tape);
}
