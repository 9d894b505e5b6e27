/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <string.h>

enum { CONV = 1, BN, DENSE, CONSTANT, LAST, N_NODES };

/* conv 64 of 3x3x32 in 2 groups, batch norm, dense 128 x 300, a constant, dense 7 x 128, laid out as nn_graph_add would. */
static nn_graph
make_graph (nn_node nodes[N_NODES])
{
  memset (nodes, 0, N_NODES * sizeof *nodes);
  nodes[0].op = NN_OP_input;
  nodes[CONV].op = NN_OP_conv;
  nodes[CONV].u.conv.k = 64, nodes[CONV].u.conv.c = 32, nodes[CONV].u.conv.groups = 2, nodes[CONV].u.conv.bias = true;
  nodes[CONV].u.conv.window.kh = nodes[CONV].u.conv.window.kw = 3;
  nodes[CONV].n_weights = 64 * 9 * 16 + 64;
  nodes[BN].op = NN_OP_batch_norm;
  nodes[BN].u.batch_norm.c = 64;
  nodes[BN].n_weights = 4 * 64;
  nodes[DENSE].op = NN_OP_dense;
  nodes[DENSE].u.dense.k = 128, nodes[DENSE].u.dense.c = 300, nodes[DENSE].u.dense.bias = true;
  nodes[DENSE].n_weights = 128 * 300 + 128;
  nodes[CONSTANT].op = NN_OP_constant;
  nodes[CONSTANT].n_weights = 5;
  nodes[LAST].op = NN_OP_dense;
  nodes[LAST].u.dense.k = 7, nodes[LAST].u.dense.c = 128;
  nodes[LAST].n_weights = 7 * 128;
  nn_graph graph = { .n_nodes = N_NODES, .nodes = nodes };
  for (int i = 0; i < N_NODES; i++) {
    nodes[i].weights = graph.n_weights;
    graph.n_weights += nodes[i].n_weights;
  }
  return graph;
}

static nn_real *
make_weights (const nn_graph *graph, uint64_t seed)
{
  nn_real *weights = malloc (graph->n_weights * sizeof *weights);
  for (size_t i = 0; weights && i < graph->n_weights; i++)
    weights[i] = 42;
  if (weights)
    nn_init_weights (graph, seed, weights);
  return weights;
}

static double
root_mean_square (const nn_real *x, size_t count)
{
  double sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += (double) x[i] * (double) x[i];
  return sqrt (sum / (double) count);
}

static bool
all_equal (const nn_real *x, size_t count, double value)
{
  for (size_t i = 0; i < count; i++)
    if ((double) x[i] != value)
      return false;
  return true;
}

static void
scales_by_fan (void)
{
  nn_node nodes[N_NODES];
  nn_graph graph = make_graph (nodes);
  nn_real *weights = make_weights (&graph, 1);
  require (weights);
  const nn_real *conv = weights + nodes[CONV].weights, *dense = weights + nodes[DENSE].weights, *last = weights + nodes[LAST].weights;
  double he_conv = sqrt (2.0 / (9 * 16)), he_dense = sqrt (2.0 / 300), glorot = sqrt (6.0 / (128 + 7));
  check_near (root_mean_square (conv, 64 * 9 * 16), he_conv, 0.03 * he_conv);
  check_near (root_mean_square (dense, 128 * 300), he_dense, 0.03 * he_dense);
  check_near (root_mean_square (last, 7 * 128), glorot / sqrt (3), 0.06 * glorot);
  for (int i = 0; i < 7 * 128; i++)
    check (fabs ((double) last[i]) <= glorot);
  free (weights);
}

static void
sets_the_rest (void)
{
  nn_node nodes[N_NODES];
  nn_graph graph = make_graph (nodes);
  nn_real *weights = make_weights (&graph, 1);
  require (weights);
  const nn_real *bn = weights + nodes[BN].weights;
  check (all_equal (weights + nodes[CONV].weights + 64 * 9 * 16, 64, 0));
  check (all_equal (bn, 64, 1));
  check (all_equal (bn + 64, 128, 0));
  check (all_equal (bn + 192, 64, 1));
  check (all_equal (weights + nodes[DENSE].weights + 128 * 300, 128, 0));
  check (all_equal (weights + nodes[CONSTANT].weights, 5, 42));
  free (weights);
}

static void
repeats_by_seed (void)
{
  nn_node nodes[N_NODES];
  nn_graph graph = make_graph (nodes);
  nn_real *a = make_weights (&graph, 1), *b = make_weights (&graph, 1), *c = make_weights (&graph, 2);
  require (a && b && c);
  check (!memcmp (a, b, graph.n_weights * sizeof *a));
  check (a[0] != c[0]);
  free (a);
  free (b);
  free (c);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (scales_by_fan), TEST (sets_the_rest), TEST (repeats_by_seed), { 0 } });
}
