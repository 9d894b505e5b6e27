/* SPDX-License-Identifier: MIT
 * Whole networks, in double: the gradient along random directions against central differences. `gradient INDEX N` prints logits and gradient of a
 * network for the test of the float build instead (float.c). */
#include "net.h"

#include <string.h>

#define STEP 1e-6
#define TOLERANCE 1e-6
#define N_IMAGES 19 /* three shards, the last smaller */

/* Length 1 over all weights that learn. */
static void
random_direction (const net *it, uint64_t sample, double *direction)
{
  double squares = 0;
  uint8_t *kinds = malloc (it->n_weights);
  nn_weight_kinds (it->graph, kinds);
  for (size_t i = 0; i < it->n_weights; i++) {
    nn_random random = nn_random_new (9, i, sample, NN_FOR_TEST);
    direction[i] = kinds[i] == NN_WEIGHT_DECAYED || kinds[i] == NN_WEIGHT_PLAIN ? (double) nn_random_normal (&random) : 0;
    squares += direction[i] * direction[i];
  }
  for (size_t i = 0; i < it->n_weights; i++)
    direction[i] /= sqrt (squares);
  free (kinds);
}

static double
loss_at (net *it, const nn_real *weights, const double *direction, double step)
{
  for (size_t i = 0; i < it->n_weights; i++)
    it->weights[i] = weights[i] + step * direction[i];
  return net_loss (it);
}

static void
along_random_directions (void)
{
  for (int i = 0; i < N_NETWORKS; i++) {
    net it;
    require (net_init (&it, nn_graph_parse (networks[i], NULL), N_IMAGES, 2));
    net_backward (&it);
    nn_real *weights = malloc (it.n_weights * sizeof *weights);
    double *direction = malloc (it.n_weights * sizeof *direction), length = 0;
    memcpy (weights, it.weights, it.n_weights * sizeof *weights);
    for (size_t j = 0; j < it.n_weights; j++)
      length += it.gradient[j] * it.gradient[j];
    length = sqrt (length);
    for (uint64_t sample = 0; sample < 8; sample++) {
      random_direction (&it, sample, direction);
      double expected = 0, slope = (loss_at (&it, weights, direction, STEP) - loss_at (&it, weights, direction, -STEP)) / (2 * STEP);
      for (size_t j = 0; j < it.n_weights; j++)
        expected += it.gradient[j] * direction[j];
      check_near (slope, expected, TOLERANCE * length);
    }
    free (weights);
    free (direction);
    net_clear (&it);
  }
}

static int
print_gradient (int index, int n)
{
  net it;
  if (index < 0 || index >= N_NETWORKS || !net_init (&it, nn_graph_parse (networks[index], NULL), n, 1))
    return 1;
  net_backward (&it);
  for (size_t i = 0; i < it.n_logits; i++)
    printf ("%.17g\n", it.dlogits[i]);
  for (size_t i = 0; i < it.n_weights; i++)
    printf ("%.17g\n", it.gradient[i]);
  net_clear (&it);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && !strcmp (argv[1], "gradient"))
    return print_gradient (atoi (argv[2]), atoi (argv[3]));
  return test_run ((test_case[]) { TEST (along_random_directions), { 0 } });
}
