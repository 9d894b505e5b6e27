/* SPDX-License-Identifier: MIT
 * The slow way to run a graph: every node by its plain loops into memory of its own, nothing folded, packed or shared. And graphs, weights and
 * images by chance, the same for the same seed. */
#ifndef NAIVE_H
#define NAIVE_H

#include "nn.h"
#include "ops/op.h"

#include <stdlib.h>
#include <string.h>

typedef struct naive {
  int n_nodes;
  nn_shape *shapes;
  nn_real **values; /* (n, h, w, c); a constant has one image */
} naive;

static inline nn_real *
naive_alloc (size_t count)
{
  return calloc (count ? count : 1, sizeof (nn_real));
}

/* All values of graph for n images; the shapes must fit. */
static inline naive
naive_run (const nn_graph *graph, const nn_real *weights, int h, int w, int n, const nn_real *input)
{
  naive all = { graph->n_nodes, calloc ((size_t) graph->n_nodes, sizeof (nn_shape)), calloc ((size_t) graph->n_nodes, sizeof (nn_real *)) };
  if (!nn_graph_shapes (graph, h, w, all.shapes, NULL))
    abort ();
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    const nn_op_impl *impl = nn_op_table[node->op];
    size_t count = nn_shape_count (all.shapes[i]);
    nn_shape shapes[NN_MAX_INPUTS];
    const nn_real *in[NN_MAX_INPUTS];
    nn_storage stored[NN_MAX_INPUTS];
    for (int j = 0; j < node->n_in; j++) {
      shapes[j] = all.shapes[node->in[j]];
      in[j] = all.values[node->in[j]];
      stored[j] = nn_storage_dense (shapes[j]);
      if (graph->nodes[node->in[j]].op == NN_OP_constant)
        stored[j].image = 0;
    }
    all.values[i] = naive_alloc ((size_t) n * count);
    if (node->op == NN_OP_input)
      memcpy (all.values[i], input, (size_t) n * count * sizeof *input);
    nn_call call = { .node = node, .n = n, .shapes = shapes, .shape = all.shapes[i], .in = in, .stored = stored, .out = all.values[i] };
    call.weights = weights + node->weights;
    call.scratch = naive_alloc (impl->scratch ? impl->scratch (node, shapes, all.shapes[i], NULL) : 0);
    impl->forward (&call);
    free (call.scratch);
  }
  return all;
}

static inline void
naive_free (naive *all)
{
  for (int i = 0; i < all->n_nodes; i++)
    free (all->values[i]);
  free (all->values);
  free (all->shapes);
}

static inline int
random_int (nn_random *random, int low, int high)
{
  return low + (int) (nn_random_u32 (random) % (unsigned) (high - low + 1));
}

static inline nn_real *
random_values (nn_random *random, size_t count, nn_real low, nn_real high)
{
  nn_real *values = naive_alloc (count);
  for (size_t i = 0; i < count; i++)
    values[i] = low + (high - low) * (nn_real) nn_random_uniform (random);
  return values;
}

/* Weights for any graph: matrices around 0, normalisation and constants in [0.5, 1.5] (so that nothing divides by about 0). */
static inline nn_real *
random_weights (nn_random *random, const nn_graph *graph)
{
  nn_real *weights = random_values (random, graph->n_weights, (nn_real) -0.5, (nn_real) 0.5);
  for (int i = 0; i < graph->n_nodes; i++)
    if (graph->nodes[i].op == NN_OP_batch_norm || graph->nodes[i].op == NN_OP_constant)
      for (size_t j = 0; j < graph->nodes[i].n_weights; j++)
        weights[graph->nodes[i].weights + j] += 1;
  return weights;
}

static inline nn_window
random_window (nn_random *random)
{
  nn_window window = { .kh = random_int (random, 1, 4), .kw = random_int (random, 1, 4) };
  window.stride_h = random_int (random, 1, 3), window.stride_w = random_int (random, 1, 3);
  window.dilation_h = random_int (random, 0, 3) ? 1 : 2, window.dilation_w = random_int (random, 0, 3) ? 1 : 2;
  window.pad_top = random_int (random, 0, window.kh - 1), window.pad_bottom = random_int (random, 0, window.kh - 1);
  window.pad_left = random_int (random, 0, window.kw - 1), window.pad_right = random_int (random, 0, window.kw - 1);
  window.auto_pad = random_int (random, 0, 3) ? NN_PAD_GIVEN : (nn_auto_pad) random_int (random, 1, 2);
  window.ceil_mode = random_int (random, 0, 1);
  window.count_include_pad = random_int (random, 0, 1);
  return window;
}

/* Attributes of a node whose op and first input are set; in: shape of that input. */
static inline void
random_attributes (nn_random *random, nn_node *node, nn_shape in)
{
  switch (node->op) {
  case NN_OP_conv: {
    int groups = random_int (random, 0, 2) ? 1 : in.c;
    node->u.conv.groups = random_int (random, 0, 3) == 0 && in.c % 2 == 0 ? 2 : groups;
    node->u.conv.k = node->u.conv.groups * random_int (random, 1, groups > 1 ? 2 : 20);
    node->u.conv.c = in.c;
    node->u.conv.bias = random_int (random, 0, 1);
    node->u.conv.window = random_window (random);
    break;
  }
  case NN_OP_dense:
    node->u.dense.k = random_int (random, 1, 30);
    node->u.dense.c = (int) nn_shape_count (in);
    node->u.dense.bias = random_int (random, 0, 1);
    break;
  case NN_OP_batch_norm:
    node->u.batch_norm.c = in.c;
    node->u.batch_norm.eps = (nn_real) 1e-5;
    break;
  case NN_OP_leaky_relu:
    node->act_a = (nn_real) (random_int (random, -1, 2) * 0.1);
    break;
  case NN_OP_clip:
    node->act_a = random_int (random, -2, 0), node->act_b = random_int (random, 0, 6);
    break;
  case NN_OP_hard_sigmoid:
    node->act_a = (nn_real) 0.2, node->act_b = (nn_real) 0.5;
    break;
  case NN_OP_max_pool:
  case NN_OP_avg_pool:
    node->u.pool.window = random_window (random);
    break;
  case NN_OP_concat:
  case NN_OP_softmax:
    node->u.along.axis = (nn_axis) random_int (random, 0, 2);
    break;
  case NN_OP_pad:
    node->u.pad.top = random_int (random, 0, 2), node->u.pad.right = random_int (random, 0, 2), node->u.pad.value = (nn_real) 0.25;
    break;
  case NN_OP_resize:
    node->u.resize.mode = (nn_resize_mode) random_int (random, 0, 1);
    node->u.resize.grid = (nn_grid) random_int (random, 0, 3);
    node->u.resize.round = (nn_round) random_int (random, 0, 3);
    node->u.resize.scale_h = (float) random_int (random, 1, 5) / 2;
    node->u.resize.scale_w = (float) random_int (random, 1, 3);
    break;
  case NN_OP_reshape:
    node->u.reshape.shape = random_int (random, 0, 1) ? (nn_shape) { 1, 1, -1 } : (nn_shape) { in.w, -1, in.c };
    break;
  case NN_OP_permute: {
    static const nn_axis orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    memcpy (node->u.permute.axes, orders[random_int (random, 0, 5)], sizeof node->u.permute.axes);
    break;
  }
  case NN_OP_dropout:
    node->u.dropout.rate = (nn_real) 0.5;
    break;
  default:
    break;
  }
}

/* Appends one node by chance; false when it does not fit and graph is as before. */
static inline bool
random_node (nn_random *random, nn_graph **graph)
{
  nn_shape shapes[NN_MAX_NODES];
  nn_graph_shapes (*graph, 0, 0, shapes, NULL);
  int last = (*graph)->n_nodes - 1;
  nn_node node = { .op = (nn_op) random_int (random, NN_OP_constant, NN_N_OPS - 1), .n_in = 1 };
  node.in[0] = random_int (random, 0, 1) ? last : random_int (random, 0, last);
  nn_shape in = shapes[node.in[0]];
  bool joins = node.op == NN_OP_add || node.op == NN_OP_sub || node.op == NN_OP_mul || node.op == NN_OP_div || node.op == NN_OP_concat;
  if (joins)
    node.in[node.n_in++] = random_int (random, 0, last);
  nn_graph *grown = nn_graph_copy (*graph);
  if (node.op == NN_OP_constant) { /* and somebody who reads it */
    nn_node constant = { .op = NN_OP_constant, .u.constant.shape = { random_int (random, 0, 1) ? 1 : in.h, 1, random_int (random, 0, 1) ? 1 : in.c } };
    node = (nn_node) { .op = (nn_op) random_int (random, NN_OP_add, NN_OP_div), .n_in = 2, .in = { node.in[0], node.in[0] } };
    node.in[node.op == NN_OP_div || random_int (random, 0, 1)] = nn_graph_add (grown, &constant, NULL);
  }
  random_attributes (random, &node, in);
  bool divides = node.op == NN_OP_div && grown->nodes[node.in[1]].op != NN_OP_constant;
  if (!divides && nn_graph_add (grown, &node, NULL) >= 0 && nn_graph_shapes (grown, 0, 0, shapes, NULL)
      && nn_shape_count (shapes[grown->n_nodes - 1]) < 3000) {
    nn_graph_free (*graph);
    *graph = grown;
    return true;
  }
  nn_graph_free (grown);
  return false;
}

/* A small graph: an input, n_nodes others and two outputs. */
static inline nn_graph *
random_graph (nn_random *random, int n_nodes)
{
  nn_graph *graph = nn_graph_new ();
  nn_shape shape = { random_int (random, 1, 9), random_int (random, 1, 9), random_int (random, 1, 6) };
  nn_graph_add (graph, &(nn_node) { .op = NN_OP_input, .u.input.shape = shape }, NULL);
  for (int i = 0; i < n_nodes;)
    i += random_node (random, &graph);
  int other;
  do
    other = random_int (random, 0, graph->n_nodes - 1);
  while (graph->nodes[other].op == NN_OP_constant);
  nn_graph_add_output (graph, graph->n_nodes - 1, NULL);
  nn_graph_add_output (graph, other, NULL);
  return graph;
}

#endif
