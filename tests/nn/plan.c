/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <string.h>

static const char net[] = "input 8 8 1 as x / conv 24 3x3 as c / bn / relu as r / gap / dense 3 / softmax";

typedef struct fixture {
  nn_graph *graph;
  nn_real *weights;
} fixture;

static fixture
set_up (void)
{
  fixture f = { .graph = nn_graph_parse (net, NULL) };
  f.weights = calloc (f.graph->n_weights, sizeof *f.weights);
  nn_init_weights (f.graph, 1, f.weights);
  return f;
}

static void
tear_down (fixture *f)
{
  nn_graph_free (f->graph);
  free (f->weights);
}

static void
maps_nodes_and_counts_bytes (void)
{
  fixture f = set_up ();
  nn_error error;
  nn_plan *plan = nn_plan_new (f.graph, f.weights, NULL, &error);
  require (plan);
  check (nn_plan_node (plan, 0) == 0 && nn_plan_node (plan, nn_graph_find (f.graph, "c")) == -1 && nn_plan_node (plan, nn_graph_find (f.graph, "r")) == 1);
  check (nn_plan_node (plan, -1) == -1 && nn_plan_node (plan, 1000) == -1);
  check (nn_plan_graph (plan)->nodes[1].act == NN_ACT_RELU);
  check (nn_plan_bytes (plan) >= nn_plan_graph (plan)->n_weights * sizeof (nn_real));
  check (nn_plan_ref (plan) == plan);
  nn_plan_free (plan);
  check (nn_plan_graph (plan)->n_nodes == 5);
  nn_plan_free (plan);
  nn_plan_free (NULL);
  tear_down (&f);
}

static void
keeps_what_it_was_asked_for (void)
{
  fixture f = set_up ();
  nn_error error;
  int keep = nn_graph_find (f.graph, "c");
  nn_plan *plan = nn_plan_new (f.graph, f.weights, &(nn_plan_options) { .keep = &keep, .n_keep = 1 }, &error);
  require (plan);
  check (nn_plan_node (plan, keep) == 1 && nn_plan_graph (plan)->nodes[1].act == NN_ACT_NONE);
  nn_plan_free (plan);
  keep = 99;
  check (!nn_plan_new (f.graph, f.weights, &(nn_plan_options) { .keep = &keep, .n_keep = 1 }, &error) && strstr (error.text, "node 99"));
  tear_down (&f);
}

static void
forces_a_kernel_level (void)
{
  fixture f = set_up ();
  nn_error error;
  nn_plan *plan = nn_plan_new (f.graph, f.weights, &(nn_plan_options) { .cpu = "ref" }, &error);
  require (plan);
  check (!strcmp (nn_plan_cpu (plan), "ref"));
  nn_plan_free (plan);
  check (!nn_plan_new (f.graph, f.weights, &(nn_plan_options) { .cpu = "z80" }, &error));
  check (strstr (error.text, "'z80'") && strstr (error.text, "generic, ref"));

  char *before = getenv ("NN_CPU") ? strdup (getenv ("NN_CPU")) : NULL;
  setenv ("NN_CPU", "generic", 1);
  plan = nn_plan_new (f.graph, f.weights, NULL, &error);
  check (plan && !strcmp (nn_plan_cpu (plan), "generic"));
  nn_plan_free (plan);
  setenv ("NN_CPU", "6502", 1);
  check (!nn_plan_new (f.graph, f.weights, NULL, &error) && strstr (error.text, "'6502'"));
  if (before)
    setenv ("NN_CPU", before, 1);
  else
    unsetenv ("NN_CPU");
  free (before);
  tear_down (&f);
}

static void
counts_products_and_bytes_of_each_way (void)
{
  nn_error error;
  nn_graph *graph = nn_graph_parse ("input 12 12 32 / conv 32 3x3 / dense 5", &error);
  require (graph);
  nn_real *weights = calloc (graph->n_weights, sizeof *weights);
  nn_shape shapes[3];
  require (weights && nn_graph_shapes (graph, 0, 0, shapes, NULL));
  for (nn_precision precision = NN_PRECISION_FULL; precision <= NN_PRECISION_EXACT; precision++) {
    nn_plan *plan = nn_plan_new (graph, weights, &(nn_plan_options) { .cpu = "generic", .precision = precision }, &error);
    require (plan);
    const nn_node *conv = &nn_plan_graph (plan)->nodes[1];
    int64_t products = nn_plan_products (plan, 1, shapes[1]);
    size_t packed = nn_plan_packed_bytes (plan, 1);
    if (precision == NN_PRECISION_EXACT)
      check (products == nn_node_macs (conv, shapes[1]) && packed == 9 * 32 * 32 * sizeof *weights && !strcmp (nn_plan_kernel (plan, 1), "direct"));
    else /* points^2 products for a tile of m x m: at most those of F(2x2), 16 for 36, and as many filters as points */
      check (products <= 12 * 12 / 4 * 16 * 32 * 32 && packed >= 16 * 32 * 32 * sizeof *weights && strstr (nn_plan_kernel (plan, 1), "Winograd"));
    check (nn_plan_products (plan, 2, shapes[2]) == 12 * 12 * 32 * 5 && !nn_plan_packed_bytes (plan, 0));
    check (packed + nn_plan_packed_bytes (plan, 2) + graph->n_weights * sizeof *weights == nn_plan_bytes (plan));
    nn_plan_free (plan);
  }
  free (weights);
  nn_graph_free (graph);
}

static void
refuses_a_graph_without_outputs (void)
{
  nn_error error;
  nn_graph *graph = nn_graph_new ();
  check (!nn_plan_new (graph, NULL, NULL, &error) && strstr (error.text, "no output"));
  nn_graph_free (graph);
}

/* The same plan for two sizes, though it was made for none: one fits no size that plans are made for where theirs is open, the other some. */
static void
needs_no_size (void)
{
  static const char *const nets[] = { "input any any 1 / conv 16 3x3 stride 2 pad 1 / relu as a / conv 16 3x3 stride 2 pad 1 / resize 2x2 / add a",
                                      "input any any 1 / conv 16 3x3 stride 12 pad 0 as a / conv 16 3x3 stride 7 pad 0 / resize 7x7 / add a" };
  static const int sides[] = { 36, 160 };
  nn_error error = { "" };
  for (int i = 0; i < 2; i++) {
    nn_graph *graph = nn_graph_parse (nets[i], &error);
    require (graph);
    nn_real *weights = calloc (graph->n_weights, sizeof *weights);
    nn_init_weights (graph, 1, weights);
    nn_plan *plan = nn_plan_new (graph, weights, NULL, &error);
    require (plan);
    nn_runner *runner = nn_runner_new (plan, &(nn_runner_options) { .h = sides[i], .w = sides[i] }, &error);
    if (!runner)
      test_note ("%s", error.text);
    check (runner);
    nn_runner_free (runner);
    nn_plan_free (plan);
    nn_graph_free (graph);
    free (weights);
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (maps_nodes_and_counts_bytes), TEST (keeps_what_it_was_asked_for), TEST (forces_a_kernel_level),
                                   TEST (counts_products_and_bytes_of_each_way), TEST (refuses_a_graph_without_outputs), TEST (needs_no_size), { 0 } });
}
