/* SPDX-License-Identifier: MIT
 * Weights to start training from. Every node has a random stream of its own: adding a layer does not change the others' numbers. */
#include "nn.h"

#include <math.h>

static void
fill (nn_real *x, size_t count, nn_real value)
{
  for (size_t i = 0; i < count; i++)
    x[i] = value;
}

/* He, Zhang, Ren, Sun 2015: sd = sqrt (2 / fan_in) keeps the variance through a ReLU. */
static void
fill_he (nn_random *random, nn_real *x, size_t count, size_t fan_in)
{
  nn_real sd = (nn_real) sqrt (2.0 / (double) fan_in);
  for (size_t i = 0; i < count; i++)
    x[i] = sd * (nn_real) nn_random_normal (random);
}

/* Glorot and Bengio 2010: uniform in +- sqrt (6 / (fan_in + fan_out)), for a layer without a ReLU behind it. */
static void
fill_glorot (nn_random *random, nn_real *x, size_t count, size_t fan_in, size_t fan_out)
{
  nn_real limit = (nn_real) sqrt (6.0 / (double) (fan_in + fan_out));
  for (size_t i = 0; i < count; i++)
    x[i] = limit * (2 * (nn_real) nn_random_uniform (random) - 1);
}

static void
init_node (const nn_node *node, bool last, nn_random *random, nn_real *x)
{
  if (node->op == NN_OP_conv) {
    const nn_window *window = &node->u.conv.window;
    size_t fan_in = (size_t) window->kh * (size_t) window->kw * (size_t) (node->u.conv.c / node->u.conv.groups);
    size_t count = fan_in * (size_t) node->u.conv.k;
    fill_he (random, x, count, fan_in);
    fill (x + count, node->n_weights - count, 0);
  } else if (node->op == NN_OP_dense) {
    size_t fan_in = (size_t) node->u.dense.c, fan_out = (size_t) node->u.dense.k, count = fan_in * fan_out;
    if (last)
      fill_glorot (random, x, count, fan_in, fan_out);
    else
      fill_he (random, x, count, fan_in);
    fill (x + count, node->n_weights - count, 0);
  } else if (node->op == NN_OP_batch_norm) {
    size_t c = (size_t) node->u.batch_norm.c;
    fill (x, c, 1);
    fill (x + c, 2 * c, 0);
    fill (x + 3 * c, c, 1);
  }
}

void
nn_init_weights (const nn_graph *graph, uint64_t seed, nn_real *weights)
{
  int last_dense = graph->n_nodes - 1;
  while (last_dense >= 0 && graph->nodes[last_dense].op != NN_OP_dense)
    last_dense--;
  for (int i = 0; i < graph->n_nodes; i++) {
    nn_random random = nn_random_new (seed, 0, (uint64_t) i, NN_FOR_INIT);
    init_node (&graph->nodes[i], i == last_dense, &random, weights + graph->nodes[i].weights);
  }
}
