/* SPDX-License-Identifier: MIT
 * Training's forward and backward over a graph. A batch is cut into shards of NN_SHARD images; a worker takes a shard through a segment of
 * nodes, as far as the next node that needs sums over the whole batch (batch normalisation), a few images at a time, so that a node finds in the
 * cache what the last one left there. Such sums, and those of the weights' derivatives, are taken in the order of images and shards, so that no
 * bit depends on how many workers there are. */
#include "tape.h"

#include <string.h>

enum {
  MERGE_RUN = 1 << 14, /* weights whose derivatives are summed as one task */
  BLOCK = 1 << 19,     /* nn_reals that a node may read and write for the images that go together */
};

/* ---- one node, some images of a shard ------------------------------------------------------------------------------------------------- */

typedef struct frame {
  nn_grad_call call;
  nn_shape shapes[NN_MAX_INPUTS];
  const nn_real *in[NN_MAX_INPUTS];
  nn_real *din[NN_MAX_INPUTS];
} frame;

static nn_real *
value_at (const nn_tape *tape, int node, int image)
{
  nn_op op = tape->graph->nodes[node].op;
  size_t first = (size_t) image * nn_shape_count (tape->shapes[node]);
  return op == NN_OP_input ? (nn_real *) tape->input + first : tape->entries[node].value + (op == NN_OP_constant ? 0 : first);
}

static nn_real *
derivative_at (const nn_tape *tape, int node, int image)
{
  return tape->entries[node].derivative + (size_t) image * nn_shape_count (tape->shapes[node]);
}

/* The images of a shard that go through a segment together. */
typedef struct block {
  int worker, first, n;
} block;

/* What forward and backward have in common. */
static void
prepare (const nn_tape *tape, const block *b, int index, frame *f)
{
  const nn_node *node = &tape->graph->nodes[index];
  const nn_tape_entry *e = &tape->entries[index];
  for (int j = 0; j < node->n_in; j++) {
    f->shapes[j] = tape->shapes[node->in[j]];
    f->in[j] = value_at (tape, node->in[j], b->first);
    f->din[j] = NULL;
  }
  f->call = (nn_grad_call) {
    .node = node,
    .kernels = tape->kernels,
    .index = index,
    .n = b->n,
    .shapes = f->shapes,
    .shape = tape->shapes[index],
    .in = f->in,
    .out = value_at (tape, index, b->first),
    .din = f->din,
    .weights = tape->weights + node->weights,
    .packed = e->packed,
    .scratch = tape->benches[b->worker].scratch,
    .saved = e->saved + (size_t) b->first * e->saved_size,
    .total = e->total,
    .dtotal = e->dtotal,
    .seed = tape->options.seed,
    .epoch = tape->epoch,
    .samples = tape->samples + b->first,
  };
}

static void
forward_node (const nn_tape *tape, const block *b, int index)
{
  frame f;
  prepare (tape, b, index, &f);
  const nn_grad_call *call = &f.call;
  nn_op op = call->node->op;
  if (tape->entries[index].impl->forward)
    tape->entries[index].impl->forward (call);
  else if (op != NN_OP_input && op != NN_OP_constant)
    nn_op_table[op]->forward (&(nn_call) {
        .node = call->node,
        .kernels = tape->kernels,
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
backward_node (const nn_tape *tape, const block *b, int index)
{
  frame f;
  prepare (tape, b, index, &f);
  const nn_node *node = f.call.node;
  const nn_tape_entry *e = &tape->entries[index];
  nn_real *spare = tape->benches[b->worker].spare;
  for (int j = 0; j < node->n_in; j++) {
    if (!tape->entries[node->in[j]].wanted)
      continue;
    f.din[j] = derivative_at (tape, node->in[j], b->first);
    if (e->added >> j & 1) {
      f.din[j] = spare;
      spare += f.call.n * nn_shape_count (f.shapes[j]);
    }
  }
  f.call.dout = derivative_at (tape, index, b->first);
  if (node->n_weights) {
    f.call.dweights = tape->gradients + (size_t) (b->first / NN_SHARD) * tape->graph->n_weights + node->weights;
    if (b->first % NN_SHARD == 0)
      memset (f.call.dweights, 0, node->n_weights * sizeof (nn_real));
  }
  if (node->act && node->op != NN_OP_batch_norm) {
    nn_real *d = derivative_at (tape, index, b->first);
    nn_act_backward (node->act, node->act_a, node->act_b, f.call.out, d, d, f.call.n * nn_shape_count (f.call.shape));
  }
  e->impl->backward (&f.call);
  for (int j = 0; j < node->n_in; j++)
    if (f.din[j] && e->added >> j & 1) {
      nn_real *sum = derivative_at (tape, node->in[j], b->first);
      tape->kernels->pointwise->add (sum, 1, f.din[j], 1, sum, f.call.n * nn_shape_count (f.shapes[j]));
    }
}

/* ---- segments ------------------------------------------------------------------------------------------------------------ */

/* How many images go through nodes [first, end) together. */
static int
block_size (const nn_tape *tape, int first, int end)
{
  size_t most = 1;
  for (int i = first; i < end; i++) {
    size_t count = nn_shape_count (tape->shapes[i]);
    for (int j = 0; j < tape->graph->nodes[i].n_in; j++)
      count += nn_shape_count (tape->shapes[tape->graph->nodes[i].in[j]]);
    most = tape->entries[i].used && count > most ? count : most;
  }
  size_t images = BLOCK / most;
  return images < 1 ? 1 : images < NN_SHARD ? (int) images : NN_SHARD;
}

/* The next images of a shard behind b. */
static bool
next_block (const nn_tape *tape, int shard, block *b)
{
  int end = (shard + 1) * NN_SHARD < tape->n ? (shard + 1) * NN_SHARD : tape->n;
  b->first += b->n;
  b->n = end - b->first < tape->block ? end - b->first : tape->block;
  return b->n > 0;
}

/* Adds a block's sums for the node at which the segment ends to those of its shard. */
static void
sum_block (const nn_tape *tape, const block *b, const nn_grad_call *call, void (*sums) (const nn_grad_call *, double *),
           void (*merge) (const nn_node *, const double *, double *), double *parts)
{
  size_t count = tape->entries[call->index].n_sums;
  double *part = tape->benches[b->worker].sums, *shard = parts + (size_t) (b->first / NN_SHARD) * count;
  if (b->first % NN_SHARD == 0)
    memset (shard, 0, count * sizeof *shard);
  sums (call, part);
  merge (call->node, part, shard);
}

static void
forward_shard (void *data, int worker, int shard)
{
  const nn_tape *tape = data;
  for (block b = { .worker = worker, .first = shard * NN_SHARD }; next_block (tape, shard, &b);) {
    for (int i = tape->first; i < tape->end; i++)
      if (tape->entries[i].used)
        forward_node (tape, &b, i);
    if (tape->end > tape->last)
      continue;
    frame f;
    const nn_tape_entry *e = &tape->entries[tape->end];
    prepare (tape, &b, tape->end, &f);
    sum_block (tape, &b, &f.call, e->impl->forward_sums, e->impl->forward_merge, e->parts);
  }
}

static void
backward_shard (void *data, int worker, int shard)
{
  const nn_tape *tape = data;
  for (block b = { .worker = worker, .first = shard * NN_SHARD }; next_block (tape, shard, &b);) {
    for (int i = tape->first; i > tape->end; i--)
      if (tape->entries[i].used && tape->entries[i].wanted)
        backward_node (tape, &b, i);
    if (tape->end < 0)
      continue;
    frame f;
    const nn_tape_entry *e = &tape->entries[tape->end];
    prepare (tape, &b, tape->end, &f);
    f.call.dout = derivative_at (tape, tape->end, b.first);
    sum_block (tape, &b, &f.call, e->impl->backward_sums, e->impl->backward_merge, e->dparts);
  }
}

static void
merge_sums (const nn_tape *tape, int index, void (*merge) (const nn_node *, const double *, double *), const double *parts, double *total)
{
  size_t count = tape->entries[index].n_sums;
  memset (total, 0, count * sizeof *total);
  for (int shard = 0; shard < nn_shards_of (tape->n); shard++)
    merge (&tape->graph->nodes[index], parts + (size_t) shard * count, total);
}

static void
pack_node (void *data, int worker, int index)
{
  (void) worker;
  const nn_tape *tape = data;
  const nn_node *node = &tape->graph->nodes[index];
  const nn_tape_entry *e = &tape->entries[index];
  nn_shape in[NN_MAX_INPUTS];
  nn_grad_site site = nn_tape_site (tape, index, in);
  if (e->used && e->impl->pack)
    e->impl->pack (&site, tape->weights + node->weights, e->packed);
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
  for (int shard = 1; shard < nn_shards_of (tape->n); shard++) {
    const nn_real *part = sum + (size_t) shard * n_weights;
    tape->kernels->pointwise->add (sum, 1, part, 1, sum, count);
  }
}

static void
unpack_node (void *data, int worker, int index)
{
  (void) worker;
  const nn_tape *tape = data;
  const nn_node *node = &tape->graph->nodes[index];
  const nn_tape_entry *e = &tape->entries[index];
  if (e->used && e->wanted && e->impl->unpack_sums)
    e->impl->unpack_sums (node, e->dtotal, tape->gradient + node->weights);
  else if (e->used && e->wanted && e->impl->unpack)
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
  while (i <= tape->last && !has_sums (tape, i))
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
  for (int i = 0; i <= tape->last; i++) {
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
  nn_workers_run (tape->workers, pack_node, tape, tape->last + 1);
  tape->end = sums_from (tape, 0);
  for (tape->first = 0; tape->first <= tape->last; tape->end = sums_from (tape, tape->first + 1)) {
    tape->block = block_size (tape, tape->first, tape->end);
    nn_workers_run (tape->workers, forward_shard, tape, nn_shards_of (n));
    tape->first = tape->end;
    if (tape->first <= tape->last) {
      nn_tape_entry *e = &tape->entries[tape->first];
      merge_sums (tape, tape->first, e->impl->forward_merge, e->parts, e->total);
    }
  }
  return nn_tape_output (tape, 0, NULL);
}

const nn_real *
nn_tape_output (const nn_tape *tape, int i, nn_shape *shape)
{
  int logits = nn_graph_logits (tape->graph, i);
  if (shape)
    *shape = tape->shapes[logits];
  return value_at (tape, logits, 0);
}

/* Where two outputs have the same logits the derivatives are added. */
static void
begin_derivatives (const nn_tape *tape, const nn_real *const *dlogits)
{
  for (int i = 0; i < tape->graph->n_outputs; i++) {
    int logits = nn_graph_logits (tape->graph, i), first = 0;
    if (!tape->entries[logits].wanted)
      continue;
    while (nn_graph_logits (tape->graph, first) != logits)
      first++;
    nn_real *sum = tape->entries[logits].derivative;
    size_t count = (size_t) tape->n * nn_shape_count (tape->shapes[logits]);
    if (first == i)
      memcpy (sum, dlogits[i], count * sizeof *sum);
    else
      tape->kernels->pointwise->add (sum, 1, dlogits[i], 1, sum, count);
  }
}

void
nn_tape_backward (nn_tape *tape, const nn_real *weights, const nn_real *const *dlogits, nn_real *gradient)
{
  tape->weights = weights;
  tape->gradient = gradient;
  begin_derivatives (tape, dlogits);
  tape->end = sums_before (tape, tape->last + 1);
  for (tape->first = tape->last; tape->first >= 0; tape->end = sums_before (tape, tape->first)) {
    tape->block = block_size (tape, tape->end + 1, tape->first + 1);
    nn_workers_run (tape->workers, backward_shard, tape, nn_shards_of (tape->n));
    tape->first = tape->end;
    if (tape->first >= 0) {
      nn_tape_entry *e = &tape->entries[tape->first];
      merge_sums (tape, tape->first, e->impl->backward_merge, e->dparts, e->dtotal);
    }
  }
  nn_workers_run (tape->workers, merge_run, tape, (int) ((tape->graph->n_weights + MERGE_RUN - 1) / MERGE_RUN));
  nn_workers_run (tape->workers, unpack_node, tape, tape->graph->n_nodes);
}

void
nn_tape_update_statistics (const nn_tape *tape, nn_real momentum, nn_real *weights)
{
  for (int i = 0; i <= tape->last; i++) {
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
