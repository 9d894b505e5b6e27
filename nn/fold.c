/* SPDX-License-Identifier: MIT */
#include "fold.h"

#include "memory.h"
#include "ops/op.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What becomes of an original node. */
typedef struct fate {
  int root;     /* the node whose value it is: itself, or for identity and dropout the one it repeats */
  int host;     /* of a root: the node that does its work: itself, or the one that it was folded into */
  int norm;     /* of a host: the batch_norm folded into it, or -1 */
  int last;     /* of a host: the root whose value it ends with */
  bool live;    /* an output or a kept node needs it */
  bool pinned;  /* of a root: somebody outside reads its value */
  int readers;  /* of a root: live nodes that read its value */
} fate;

static bool
is_view (nn_op op)
{
  return op == NN_OP_identity || op == NN_OP_dropout;
}

static void
mark (const nn_graph *graph, const bool *keep, fate *fates)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    fates[i] = (fate) { .root = is_view (node->op) ? fates[node->in[0]].root : i, .host = i, .norm = -1, .last = i };
    fates[i].live = node->op == NN_OP_input;
  }
  for (int i = 0; i < graph->n_outputs; i++)
    fates[graph->outputs[i]].live = fates[fates[graph->outputs[i]].root].pinned = true;
  for (int i = graph->n_nodes - 1; i >= 0; i--) {
    const nn_node *node = &graph->nodes[i];
    if (keep && keep[i])
      fates[i].live = fates[fates[i].root].pinned = true;
    for (int j = 0; fates[i].live && j < node->n_in; j++) {
      fates[node->in[j]].live = true;
      fates[fates[node->in[j]].root].readers += !is_view (node->op);
    }
  }
}

/* The backward of a fused activation takes its derivative from the value: a leaky_relu must keep the sign for that, hard_swish cannot. */
static bool
is_fusable (const nn_node *node)
{
  if (node->op == NN_OP_leaky_relu)
    return node->act_a >= 0;
  return nn_act_of (node->op) != NN_ACT_NONE && node->op != NN_OP_hard_swish;
}

/* Rows of the matrix of conv and dense, which batch_norm scales; 0 for other operators. */
static int
rows_of (const nn_node *node)
{
  return node->op == NN_OP_conv ? node->u.conv.k : node->op == NN_OP_dense ? node->u.dense.k : 0;
}

/* Decides who is folded into whom. A value may go when nobody but the one reader needs it. */
static void
decide (const nn_graph *graph, fate *fates)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    bool norm = node->op == NN_OP_batch_norm, act = is_fusable (node);
    if (!fates[i].live || (!norm && !act))
      continue;
    const fate *before = &fates[fates[node->in[0]].root];
    fate *host = &fates[before->host];
    const nn_node *head = &graph->nodes[before->host];
    bool fused = head->act || nn_act_of (graph->nodes[host->last].op);
    if (before->pinned || before->readers != 1 || fused)
      continue;
    if (norm ? rows_of (head) != node->u.batch_norm.c || host->norm >= 0 : !rows_of (head) && head->op != NN_OP_add)
      continue;
    fates[i].host = before->host;
    host->last = i;
    if (norm)
      host->norm = i;
  }
}

/* w' = s w, b' = s (b - mean) + beta with s = gamma / sqrt (variance + eps), per row of w (rows, length). */
static void
fold_norm (const nn_node *norm, const nn_real *parameters, size_t rows, size_t length, const nn_real *w, const nn_real *bias, nn_real *out)
{
  const nn_real *gamma = parameters, *beta = gamma + rows, *mean = beta + rows, *variance = mean + rows;
  for (size_t r = 0; r < rows; r++) {
    double scale = (double) gamma[r] / sqrt ((double) variance[r] + (double) norm->u.batch_norm.eps);
    for (size_t i = 0; i < length; i++)
      out[r * length + i] = (nn_real) (scale * (double) w[r * length + i]);
    out[rows * length + r] = (nn_real) (scale * ((bias ? (double) bias[r] : 0) - (double) mean[r]) + (double) beta[r]);
  }
}

static bool
build_nodes (const nn_graph *graph, const fate *fates, int *index, nn_folded *folded, nn_error *error)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const fate *f = &fates[i];
    if (!f->live || f->root != i || f->host != i)
      continue;
    nn_node node = graph->nodes[i];
    const nn_node *last = &graph->nodes[f->last];
    node.name = last->name;
    for (int j = 0; j < node.n_in; j++)
      node.in[j] = index[fates[fates[node.in[j]].root].host];
    if (f->norm >= 0)
      *(node.op == NN_OP_conv ? &node.u.conv.bias : &node.u.dense.bias) = true;
    if (f->last != i && nn_act_of (last->op)) {
      node.act = nn_act_of (last->op);
      node.act_a = last->act_a;
      node.act_b = last->act_b;
    }
    index[i] = nn_graph_add (folded->graph, &node, error);
    if (index[i] < 0)
      return false;
  }
  for (int i = 0; i < graph->n_nodes; i++) {
    const fate *root = &fates[fates[i].root];
    folded->map[i] = fates[i].live && fates[root->host].last == fates[i].root ? index[root->host] : -1;
  }
  for (int i = 0; i < graph->n_outputs; i++)
    if (!nn_graph_add_output (folded->graph, folded->map[graph->outputs[i]], error))
      return false;
  return true;
}

static void
build_weights (const nn_graph *graph, const nn_real *weights, const fate *fates, const int *index, nn_folded *folded)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    if (index[i] < 0)
      continue;
    const nn_node *from = &graph->nodes[i], *to = &folded->graph->nodes[index[i]];
    const nn_real *w = weights + from->weights;
    if (fates[i].norm < 0) {
      memcpy (folded->weights + to->weights, w, from->n_weights * sizeof *w);
      continue;
    }
    bool bias = from->op == NN_OP_conv ? from->u.conv.bias : from->u.dense.bias;
    size_t rows = (size_t) rows_of (from), length = to->n_weights / rows - 1;
    const nn_node *norm = &graph->nodes[fates[i].norm];
    fold_norm (norm, weights + norm->weights, rows, length, w, bias ? w + rows * length : NULL, folded->weights + to->weights);
  }
}

bool
nn_fold (const nn_graph *graph, const nn_real *weights, const bool *keep, nn_folded *folded, nn_error *error)
{
  size_t n = (size_t) graph->n_nodes;
  *folded = (nn_folded) { .graph = nn_graph_new (), .map = malloc ((n + 1) * sizeof (int)) };
  fate *fates = malloc ((n + 1) * sizeof *fates);
  int *index = malloc ((n + 1) * sizeof *index);
  bool ok = folded->graph && folded->map && fates && index;
  if (!ok)
    nn_fail (error, "out of memory");
  if (ok) {
    for (size_t i = 0; i < n; i++)
      index[i] = -1;
    mark (graph, keep, fates);
    decide (graph, fates);
    ok = build_nodes (graph, fates, index, folded, error);
  }
  if (ok) {
    folded->weights = nn_alloc (folded->graph->n_weights * sizeof *folded->weights);
    ok = folded->weights || nn_fail (error, "out of memory for %zu weights", folded->graph->n_weights);
  }
  if (ok)
    build_weights (graph, weights, fates, index, folded);
  else
    nn_folded_clear (folded);
  free (fates);
  free (index);
  return ok;
}

void
nn_folded_clear (nn_folded *folded)
{
  nn_graph_free (folded->graph);
  free (folded->weights);
  free (folded->map);
  *folded = (nn_folded) { 0 };
}
