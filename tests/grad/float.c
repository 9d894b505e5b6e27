/* SPDX-License-Identifier: MIT
 * The float build of whole networks, fast kernels included, against the double build, whose program is the first argument. */
#include "net.h"

#include <string.h>

#define N_IMAGES 19
#define TOLERANCE 1e-5 /* relative to a node's largest derivative: thousands of terms of 6e-8 that mostly cancel, Winograd's with factors up to 8 */

static const char *double_program;

static bool
read_numbers (FILE *file, size_t count, double *numbers)
{
  for (size_t i = 0; i < count; i++)
    if (fscanf (file, "%lf", &numbers[i]) != 1)
      return false;
  return true;
}

/* Largest difference, relative to the largest number. */
static double
error_of (size_t count, const nn_real *got, const double *expected)
{
  double worst = 0, scale = 0;
  for (size_t i = 0; i < count; i++) {
    worst = test_worse (worst, fabs ((double) got[i] - expected[i]));
    scale = fmax (scale, fabs (expected[i]));
  }
  return scale > 0 ? worst / scale : worst;
}

static void
check_network (int index)
{
  net it;
  char command[4096];
  require (net_init (&it, nn_graph_parse (networks[index], NULL), N_IMAGES, 2));
  net_backward (&it);
  double *dlogits = malloc (it.n_logits * sizeof *dlogits), *gradient = malloc (it.n_weights * sizeof *gradient);
  snprintf (command, sizeof command, "NN_CPU=ref '%s' gradient %d %d", double_program, index, N_IMAGES);
  FILE *file = popen (command, "r");
  require (file);
  require (read_numbers (file, it.n_logits, dlogits) && read_numbers (file, it.n_weights, gradient));
  check (pclose (file) == 0);
  check (error_of (it.n_logits, it.dlogits, dlogits) < TOLERANCE);
  for (int i = 0; i < it.graph->n_nodes; i++) {
    const nn_node *node = &it.graph->nodes[i];
    double error = error_of (node->n_weights, it.gradient + node->weights, gradient + node->weights);
    if (!(error < TOLERANCE))
      test_note ("network %d, %s: relative error %.2g", index, node->name, error);
    check (error < TOLERANCE);
  }
  free (dlogits);
  free (gradient);
  net_clear (&it);
}

static void
equals_double (void)
{
  for (int i = 0; i < N_NETWORKS; i++)
    check_network (i);
}

int
main (int argc, char **argv)
{
  if (argc != 2) {
    fprintf (stderr, "usage: %s PROGRAM-IN-DOUBLE\n", argv[0]);
    return 2;
  }
  double_program = argv[1];
  return test_run ((test_case[]) { TEST (equals_double), { 0 } });
}
