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
  int last;     /* of a host: the root whose value it ends with, and where it stands in the folded graph */
  int addend;   /* of a host: the root whose value it adds, or -1 */
  int pad;      /* of a host: the pad before it that its window has taken over, or -1 */
  bool bias;    /* of a host: what was folded into it needs a bias */
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
    fates[i] = (fate) { .root = is_view (node->op) ? fates[node->in[0]].root : i, .host = i, .last = i, .addend = -1, .pad = -1 };
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

/* The host of a node's input j, if its value may go because nobody but that node needs it, and more may follow it: no activation did. */
static fate *
open_host (const nn_graph *graph, fate *fates, const nn_node *node, int j)
{
  const fate *before = &fates[fates[node->in[j]].root];
  fate *host = &fates[before->host];
  bool activated = graph->nodes[before->host].act || nn_act_of (graph->nodes[host->last].op);
  return before->pinned || before->readers != 1 || activated ? NULL : host;
}

static void
join (fate *fates, int i, fate *host)
{
  fates[i].host = (int) (host - fates);
  host->last = i;
}

static void
fold_act (const nn_graph *graph, fate *fates, int i)
{
  fate *host = open_host (graph, fates, &graph->nodes[i], 0);
  const nn_node *head = host ? &graph->nodes[host - fates] : NULL;
  if (host && (rows_of (head) || head->op == NN_OP_add || head->op == NN_OP_batch_norm))
    join (fates, i, host);
}

/* Rows of a matrix are scaled and shifted. */
static void
fold_norm (const nn_graph *graph, fate *fates, int i)
{
  fate *host = open_host (graph, fates, &graph->nodes[i], 0);
  if (!host || host->addend >= 0 || rows_of (&graph->nodes[host - fates]) != graph->nodes[i].u.batch_norm.c)
    return;
  host->bias = true;
  join (fates, i, host);
}

/* The constant of a number per channel that node adds, as the index of that input, or -1. */
static int
constant_of (const nn_graph *graph, const nn_node *node)
{
  for (int j = 0; j < 2; j++) {
    const nn_node *in = &graph->nodes[node->in[j]];
    if (in->op == NN_OP_constant && in->u.constant.shape.h == 1 && in->u.constant.shape.w == 1)
      return j;
  }
  return -1;
}

/* x + constant: the constant goes into the bias. */
static void
fold_shift (const nn_graph *graph, fate *fates, int i, int constant)
{
  const nn_node *node = &graph->nodes[i];
  fate *host = open_host (graph, fates, node, !constant), *shift = &fates[node->in[constant]];
  if (!host || host->addend >= 0 || rows_of (&graph->nodes[host - fates]) != graph->nodes[node->in[constant]].u.constant.shape.c)
    return;
  host->bias = true;
  shift->live = --shift->readers || shift->pinned;
  join (fates, i, host);
}

/* Weights that a filter has. */
static int64_t
filter_size (const nn_node *conv)
{
  return (int64_t) conv->u.conv.window.kh * conv->u.conv.window.kw * (conv->u.conv.c / conv->u.conv.groups);
}

/* conv (x) + y of the same shape: the convolution adds y. Of two convolutions the one that has more to do hides it better. */
static void
fold_addend (const nn_graph *graph, fate *fates, int i, const nn_shape *shapes)
{
  const nn_node *node = &graph->nodes[i];
  if (!shapes || memcmp (&shapes[node->in[0]], &shapes[node->in[1]], sizeof *shapes))
    return;
  fate *best = NULL;
  int addend = -1;
  for (int j = 0; j < 2; j++) {
    fate *host = open_host (graph, fates, node, j);
    const nn_node *head = host ? &graph->nodes[host - fates] : NULL;
    if (!host || head->op != NN_OP_conv || host->addend >= 0 || graph->nodes[node->in[!j]].op == NN_OP_constant
        || (best && filter_size (head) <= filter_size (&graph->nodes[best - fates])))
      continue;
    best = host;
    addend = fates[node->in[!j]].root;
  }
  if (!best)
    return;
  best->addend = addend;
  join (fates, i, best);
}

/* The window of conv with the zeros around its input that pad stores. */
static nn_window
padded_window (const nn_node *pad, const nn_node *conv)
{
  nn_window window = conv->u.conv.window;
  window.pad_top += pad->u.pad.top;
  window.pad_left += pad->u.pad.left;
  window.pad_bottom += pad->u.pad.bottom;
  window.pad_right += pad->u.pad.right;
  return window;
}

/* conv (pad (x)) with zeros: the convolution pads. */
static void
fold_pad (const nn_graph *graph, fate *fates, int i)
{
  const nn_node *conv = &graph->nodes[i];
  int before = fates[conv->in[0]].root;
  const nn_node *pad = &graph->nodes[before];
  if (pad->op != NN_OP_pad || pad->u.pad.value != 0 || fates[before].pinned || fates[before].readers != 1)
    return;
  nn_window window = padded_window (pad, conv);
  if (window.auto_pad != NN_PAD_GIVEN || !nn_window_check (&window, NULL))
    return;
  fates[i].pad = before;
  fates[before].live = false;
}

/* Decides who is folded into whom. shapes NULL: not known, the input has any size. */
static void
decide (const nn_graph *graph, const nn_shape *shapes, fate *fates)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    if (!fates[i].live)
      continue;
    if (node->op == NN_OP_conv)
      fold_pad (graph, fates, i);
    else if (is_fusable (node))
      fold_act (graph, fates, i);
    else if (node->op == NN_OP_batch_norm)
      fold_norm (graph, fates, i);
    else if (node->op == NN_OP_add && constant_of (graph, node) >= 0)
      fold_shift (graph, fates, i, constant_of (graph, node));
    else if (node->op == NN_OP_add)
      fold_addend (graph, fates, i, shapes);
  }
}

/* The folded node of an original node's value. */
static int
index_of (const fate *fates, const int *index, int node)
{
  return index[fates[fates[node].root].host];
}

/* Hosts in the order of the values that they end with: what they add was computed by then. */
static bool
build_nodes (const nn_graph *graph, const fate *fates, int *index, nn_folded *folded, nn_error *error)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const fate *host = &fates[fates[i].host];
    if (!fates[i].live || fates[i].root != i || host->last != i)
      continue;
    nn_node node = graph->nodes[fates[i].host];
    const nn_node *last = &graph->nodes[i];
    node.name = last->name;
    if (host->pad >= 0) {
      node.u.conv.window = padded_window (&graph->nodes[host->pad], &node);
      node.in[0] = graph->nodes[host->pad].in[0];
    }
    for (int j = 0; j < node.n_in; j++)
      node.in[j] = index_of (fates, index, node.in[j]);
    if (host->addend >= 0)
      node.in[node.n_in++] = index_of (fates, index, host->addend);
    if (host->bias)
      *(node.op == NN_OP_conv ? &node.u.conv.bias : &node.u.dense.bias) = true;
    if (fates[i].host != i && nn_act_of (last->op)) {
      node.act = nn_act_of (last->op);
      node.act_a = last->act_a;
      node.act_b = last->act_b;
    }
    index[fates[i].host] = nn_graph_add (folded->graph, &node, error);
    if (index[fates[i].host] < 0)
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

/* w' = s w, b' = s (b - mean) + beta with s = gamma / sqrt (variance + eps), per row of w (rows, length). */
static void
scale_rows (const nn_node *norm, const nn_real *parameters, size_t rows, size_t length, nn_real *w, nn_real *bias)
{
  const nn_real *gamma = parameters, *beta = gamma + rows, *mean = beta + rows, *variance = mean + rows;
  for (size_t r = 0; r < rows; r++) {
    double scale = (double) gamma[r] / sqrt ((double) variance[r] + (double) norm->u.batch_norm.eps);
    for (size_t i = 0; i < length; i++)
      w[r * length + i] = (nn_real) (scale * (double) w[r * length + i]);
    bias[r] = (nn_real) (scale * ((double) bias[r] - (double) mean[r]) + (double) beta[r]);
  }
}

/* The host's own weights, then what was folded into it, in its order. */
static void
build_weights (const nn_graph *graph, const nn_real *weights, const fate *fates, const int *index, nn_folded *folded)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    if (fates[i].root != i || index[fates[i].host] < 0)
      continue;
    const nn_node *node = &graph->nodes[i], *host = &graph->nodes[fates[i].host], *to = &folded->graph->nodes[index[fates[i].host]];
    size_t rows = (size_t) rows_of (host), matrix = to->n_weights - rows; /* where there is a bias */
    nn_real *w = folded->weights + to->weights, *bias = w + matrix;
    if (fates[i].host == i) {
      memset (w, 0, to->n_weights * sizeof *w);
      memcpy (w, weights + node->weights, node->n_weights * sizeof *w);
    } else if (node->op == NN_OP_batch_norm)
      scale_rows (node, weights + node->weights, rows, matrix / rows, w, bias);
    else if (node->op == NN_OP_add && constant_of (graph, node) >= 0)
      for (size_t r = 0; r < rows; r++)
        bias[r] += weights[graph->nodes[node->in[constant_of (graph, node)]].weights + r];
  }
}

bool
nn_fold (const nn_graph *graph, const nn_real *weights, const bool *keep, nn_folded *folded, nn_error *error)
{
  size_t n = (size_t) graph->n_nodes;
  *folded = (nn_folded) { .graph = nn_graph_new (), .map = malloc ((n + 1) * sizeof (int)) };
  fate *fates = malloc ((n + 1) * sizeof *fates);
  int *index = malloc ((n + 1) * sizeof *index);
  nn_shape *shapes = malloc ((n + 1) * sizeof *shapes);
  bool ok = folded->graph && folded->map && fates && index && shapes;
  if (!ok)
    nn_fail (error, "out of memory");
  if (ok) {
    for (size_t i = 0; i < n; i++)
      index[i] = -1;
    mark (graph, keep, fates);
    decide (graph, nn_graph_shapes (graph, 0, 0, shapes, NULL) ? shapes : NULL, fates);
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
  free (shapes);
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
