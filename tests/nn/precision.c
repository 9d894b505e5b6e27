/* SPDX-License-Identifier: MIT
 * Precision full against exact: every value of whole networks, those that speed is compared on among them, at every level. */
#include "naive.h"
#include "test.h"

#include <string.h>

static nn_graph *
graph_of (const char *name)
{
  char path[500];
  snprintf (path, sizeof path, TEST_SOURCE_ROOT "/tests/peers/nets/%s.txt", name);
  void *text;
  size_t size;
  if (!nn_file_read (path, 0, &text, &size, NULL))
    return NULL;
  nn_graph *graph = nn_graph_parse (text, NULL);
  free (text);
  return graph;
}

/* A runner whose values all stay. */
static nn_runner *
runner_of (const nn_graph *graph, const nn_real *weights, const char *cpu, nn_precision precision, int n)
{
  nn_error error = { "" };
  nn_plan *plan = nn_plan_new (graph, weights, &(nn_plan_options) { .cpu = cpu, .precision = precision }, &error);
  int all[NN_MAX_NODES], n_nodes = plan ? nn_plan_graph (plan)->n_nodes : 0;
  for (int i = 0; i < n_nodes; i++)
    all[i] = i;
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .batch = n, .keep = all, .n_keep = n_nodes }, &error) : NULL;
  if (!runner)
    test_note ("%s", error.text);
  nn_plan_free (plan);
  return runner;
}

/* The largest error of a value, relative to the largest number in it. */
static double
error_of (const nn_real *expected, const nn_real *got, size_t count)
{
  double error = 0, largest = 0;
  for (size_t i = 0; i < count; i++) {
    double difference = fabs ((double) expected[i] - (double) got[i]);
    error = difference <= error ? error : difference;
    largest = fmax (largest, fabs ((double) expected[i]));
  }
  return largest > 0 ? error / largest : error;
}

static void
compare (const char *name, const nn_graph *graph, const nn_real *weights, const char *cpu, int n)
{
  nn_runner *full = runner_of (graph, weights, cpu, NN_PRECISION_FULL, n), *exact = runner_of (graph, weights, cpu, NN_PRECISION_EXACT, n);
  require (full && exact);
  const nn_graph *folded = nn_plan_graph (nn_runner_plan (full));
  require (folded->n_nodes == nn_plan_graph (nn_runner_plan (exact))->n_nodes);
  nn_random random = nn_random_new (2, 0, 0, NN_FOR_TEST);
  nn_real *input = random_values (&random, (size_t) n * 48 * 48, -1, 1);
  nn_run (full, n, input);
  nn_run (exact, n, input);
  double worst = 0;
  int n_winograd = 0;
  for (int i = 0; i < folded->n_nodes; i++) {
    nn_shape shape;
    const nn_real *expected = nn_runner_value (exact, i, &shape), *got = nn_runner_value (full, i, NULL);
    worst = fmax (worst, error_of (expected, got, (size_t) n * (size_t) shape.h * (size_t) shape.w * (size_t) shape.c));
    n_winograd += !strncmp (nn_plan_kernel (nn_runner_plan (full), i), "Winograd", 8);
    check (strncmp (nn_plan_kernel (nn_runner_plan (exact), i), "Winograd", 8));
  }
  test_note ("%s at %s: %d convolutions by Winograd, largest relative error of a value %.1e", name, nn_plan_cpu (nn_runner_plan (full)), n_winograd, worst);
  check (worst <= 1e-4);
  check (strcmp (nn_plan_cpu (nn_runner_plan (full)), "ref") ? n_winograd >= 4 : !n_winograd); /* the reference sums directly */
  nn_runner_free (full);
  nn_runner_free (exact);
  free (input);
}

static void
full_equals_exact_but_for_rounding (void)
{
  static const char *const names[] = { "s", "m", "res142", "vgg117" };
  for (int i = 0; i < 4; i++) {
    nn_graph *graph = graph_of (names[i]);
    require (graph);
    nn_real *weights = naive_alloc (graph->n_weights);
    nn_init_weights (graph, 1, weights);
    compare (names[i], graph, weights, NULL, 1);
    compare (names[i], graph, weights, NULL, 3);
    if (i == 0)
      compare (names[i], graph, weights, "generic", 1);
    nn_graph_free (graph);
    free (weights);
  }
}

static void
has_names (void)
{
  check (nn_precision_of ("full") == NN_PRECISION_FULL && nn_precision_of ("exact") == NN_PRECISION_EXACT && nn_precision_of ("fast") == NN_PRECISION_FAST);
  check (nn_precision_of ("half") == -1 && nn_precision_of ("") == -1);
  check (!strcmp (nn_precision_name (NN_PRECISION_EXACT), "exact"));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (full_equals_exact_but_for_rounding), TEST (has_names), { 0 } });
}
