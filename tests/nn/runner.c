/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "allocations.h"
#include "naive.h"
#include "test.h"

/* max |value| over everything that was computed, so that a tolerance knows what it is about. */
static double
largest (const naive *all, int n)
{
  double most = 1;
  for (int i = 0; i < all->n_nodes; i++)
    for (size_t j = 0; j < (size_t) n * nn_shape_count (all->shapes[i]); j++) {
      double value = fabs ((double) all->values[i][j]);
      most = value > most ? value : most;
    }
  return most;
}

static double
difference (const nn_real *a, const nn_real *b, size_t count)
{
  double most = 0;
  for (size_t i = 0; i < count; i++)
    most = test_worse (most, fabs ((double) a[i] - (double) b[i]));
  return most;
}

/* One graph planned, with some nodes kept, against the slow way. */
static bool
agrees (uint64_t seed)
{
  nn_random random = nn_random_new (seed, 0, 0, NN_FOR_TEST);
  nn_graph *graph = random_graph (&random, random_int (&random, 1, 14));
  nn_real *weights = random_weights (&random, graph);
  int n = random_int (&random, 1, seed % 10 ? 4 : 20), batch = n + random_int (&random, 0, 2), keep[2], folded[2], n_folded = 0;
  nn_real *input = random_values (&random, (size_t) n * nn_shape_count (graph->nodes[0].u.input.shape), -1, 1);
  for (int i = 0; i < 2; i++)
    keep[i] = random_int (&random, 0, graph->n_nodes - 1);
  naive all = naive_run (graph, weights, 0, 0, n, input);
  nn_error error = { "" };
  nn_plan *plan = nn_plan_new (graph, weights, &(nn_plan_options) { .keep = keep, .n_keep = 2 }, &error);
  for (int i = 0; i < 2 && plan; i++)
    folded[n_folded++] = nn_plan_node (plan, keep[i]);
  nn_runner_options options = { .batch = batch, .threads = seed % 7 ? 1 : 3, .keep = folded, .n_keep = n_folded };
  nn_runner *runner = plan ? nn_runner_new (plan, &options, &error) : NULL;
  bool ok = runner;
  if (ok) {
    double tolerance = 2e-5 * largest (&all, n);
    nn_run (runner, n, input);
    for (int i = 0; i < 4; i++) {
      int node = i < 2 ? graph->outputs[i] : keep[i - 2];
      nn_shape shape = { 0 };
      const nn_real *value = i < 2 ? nn_runner_output (runner, i, &shape) : nn_runner_value (runner, folded[i - 2], &shape);
      size_t count = nn_shape_count (all.shapes[node]) * (graph->nodes[node].op == NN_OP_constant ? 1 : (size_t) n);
      ok = ok && value && !memcmp (&shape, &all.shapes[node], sizeof shape) && difference (value, all.values[node], count) <= tolerance;
    }
  }
  if (!ok)
    test_note ("seed %llu: %s", (unsigned long long) seed, error.text);
  nn_runner_free (runner);
  nn_plan_free (plan);
  naive_free (&all);
  nn_graph_free (graph);
  free (weights);
  free (input);
  return ok;
}

static void
agrees_with_the_slow_way (void)
{
  for (uint64_t seed = 0; seed < 1000; seed++)
    check (agrees (seed));
}

static nn_runner *
runner_for (const char *text, nn_runner_options options, const char *keep_name, nn_real **weights, nn_graph **graph)
{
  nn_error error = { "" };
  *graph = nn_graph_parse (text, &error);
  nn_random random = nn_random_new (3, 0, 0, NN_FOR_TEST);
  *weights = *graph ? random_weights (&random, *graph) : NULL;
  int keep = *graph && keep_name ? nn_graph_find (*graph, keep_name) : -1;
  nn_plan *plan = *graph ? nn_plan_new (*graph, *weights, &(nn_plan_options) { .keep = &keep, .n_keep = keep >= 0 }, &error) : NULL;
  int folded = plan ? nn_plan_node (plan, keep) : -1;
  options.keep = &folded;
  options.n_keep = keep >= 0;
  nn_runner *runner = plan ? nn_runner_new (plan, &options, &error) : NULL;
  nn_plan_free (plan);
  if (!runner)
    test_note ("%s", error.text);
  return runner;
}

static const char net[] = "input 12 10 3 / conv 20 3x3 / bn / relu / maxpool 2x2 as map / conv 33 3x3 stride 2 bias / leaky_relu 0.1 as skip\n"
                          "conv 33 3x3 groups depthwise / add skip / avgpool 2x2 stride 1 pad 1 / flatten / dense 17 / relu / dense 5 / softmax";
enum { SIZE = 12 * 10 * 3, CLASSES = 5, MAP = 6 * 5 * 20, IMAGES = 37 };

/* The bits of an image's result depend on the image alone, and so do those of a value that is kept, which is stored in another way: not on its
 * place in a batch, and not on threads. */
static void
gives_an_image_the_same_bits_anywhere (void)
{
  nn_random random = nn_random_new (4, 0, 0, NN_FOR_TEST);
  nn_real *input = random_values (&random, IMAGES * SIZE, -1, 1), alone[IMAGES][CLASSES], *map = naive_alloc (IMAGES * MAP);
  for (int threads = 1; threads <= 4; threads++) {
    nn_graph *graph;
    nn_real *weights;
    bool keep = threads % 2;
    nn_runner *runner = runner_for (net, (nn_runner_options) { .batch = IMAGES, .threads = threads }, keep ? "map" : NULL, &weights, &graph);
    require (runner);
    int node = nn_plan_node (nn_runner_plan (runner), nn_graph_find (graph, "map"));
    for (int i = 0; i < IMAGES && threads == 1; i++) {
      nn_run (runner, 1, input + i * SIZE);
      memcpy (alone[i], nn_runner_output (runner, 0, NULL), sizeof alone[i]);
      memcpy (map + i * MAP, nn_runner_value (runner, node, NULL), MAP * sizeof *map);
    }
    for (int n = 1; n <= IMAGES; n += n < 12 ? 1 : 5) {
      int first = n * 7 % (IMAGES - n + 1);
      nn_run (runner, n, input + first * SIZE);
      check (!memcmp (nn_runner_output (runner, 0, NULL), alone[first], (size_t) n * sizeof alone[0]));
      check (!keep || !memcmp (nn_runner_value (runner, node, NULL), map + first * MAP, (size_t) n * MAP * sizeof *map));
    }
    nn_runner_free (runner);
    nn_graph_free (graph);
    free (weights);
  }
  free (input);
  free (map);
}

/* Residual blocks at every level: what is added lies in memory as the sum does, or may not be overwritten, or is kept. */
static void
adds_where_it_may (void)
{
  static const char *const texts[] = {
    "input 13 11 3 / conv 9 3x3 as x / relu / conv 9 3x3 / relu / conv 9 3x3 / add x / relu / conv 5 3x3",
    "input 13 11 3 / conv 9 3x3 / relu as x / conv 9 3x3 / add x as y / relu / conv 9 5x5 / add y / conv 5 3x3 as z / conv 5 3x3 / add z",
    "input 13 11 9 as x / conv 9 3x3 groups depthwise / add x / conv 18 3x3 groups 3 as x1 / conv 18 3x3 groups 3 / add x1 / sigmoid",
    "input 13 11 9 as x / conv 9 3x3 dilation 2 pad 2 / add x / leaky_relu 0.1 as x1 / conv 9 1x1 / add x1 / conv 4 3x3 stride 2",
  };
  nn_random random = nn_random_new (9, 0, 0, NN_FOR_TEST);
  static const char *const levels[] = { "ref", "generic", NULL };
  for (size_t t = 0; t < 3 * sizeof texts / sizeof *texts; t++) {
    nn_graph *graph = nn_graph_parse (texts[t / 3], NULL);
    require (graph);
    int last = nn_graph_add (graph, &(nn_node) { .op = NN_OP_global_avg_pool, .n_in = 1, .in = { graph->n_nodes - 1 } }, NULL);
    require (nn_graph_add_output (graph, last, NULL));
    nn_real *weights = random_weights (&random, graph), *input = random_values (&random, 3 * nn_shape_count (graph->nodes[0].u.input.shape), -1, 1);
    naive all = naive_run (graph, weights, 0, 0, 3, input);
    nn_plan *plan = nn_plan_new (graph, weights, &(nn_plan_options) { .cpu = levels[t % 3] }, NULL);
    require (plan);
    int sums = 0;
    for (int i = 0; i < nn_plan_graph (plan)->n_nodes; i++)
      sums += nn_plan_graph (plan)->nodes[i].op == NN_OP_add;
    check (sums == 0);
    nn_runner *runner = nn_runner_new (plan, &(nn_runner_options) { .batch = 3 }, NULL);
    require (runner);
    nn_run (runner, 3, input);
    for (int i = 0; i < 2; i++)
      check (difference (nn_runner_output (runner, i, NULL), all.values[graph->outputs[i]], 3 * nn_shape_count (all.shapes[graph->outputs[i]]))
             < 1e-5 * largest (&all, 3));
    nn_runner_free (runner);
    nn_plan_free (plan);
    naive_free (&all);
    nn_graph_free (graph);
    free (weights);
    free (input);
  }
}

static void
allocates_nothing (void)
{
  nn_real *input = naive_alloc (IMAGES * SIZE);
  for (int threads = 1; threads <= 2; threads++) {
    nn_graph *graph;
    nn_real *weights;
    nn_runner *runner = runner_for (net, (nn_runner_options) { .batch = IMAGES, .threads = threads }, "map", &weights, &graph);
    require (runner);
    int before = n_allocations;
    check (before > 0);
    for (int n = 1; n <= IMAGES; n += 4)
      nn_run (runner, n, input);
    check (n_allocations == before);
    nn_runner_free (runner);
    nn_graph_free (graph);
    free (weights);
  }
  free (input);
}

/* A whole batch takes the memory of a shard of eight images for each thread, and of its results. */
static void
holds_one_shard_for_each_thread (void)
{
  size_t bytes[4];
  static const nn_runner_options options[4] = { { .batch = 8 }, { .batch = 800 }, { .batch = 800, .threads = 2 }, { .batch = 8, .threads = 2 } };
  for (int i = 0; i < 4; i++) {
    nn_graph *graph;
    nn_real *weights;
    nn_runner *runner = runner_for (net, options[i], NULL, &weights, &graph);
    require (runner);
    bytes[i] = nn_runner_bytes (runner);
    nn_runner_free (runner);
    nn_graph_free (graph);
    free (weights);
  }
  size_t results = 792 * CLASSES * sizeof (nn_real);
  check (bytes[1] <= bytes[0] + results + NN_ALIGN);
  check (bytes[2] > bytes[1] && bytes[2] <= 2 * bytes[1]);
  check (bytes[3] < bytes[0] + bytes[0] / 4);
}

static void
count_node (void *data, int node)
{
  int *counts = data;
  counts[node]++;
}

static void
tells_an_observer_what_it_has_done (void)
{
  nn_graph *graph;
  nn_real *weights, *input = naive_alloc (9 * SIZE);
  int counts[NN_MAX_NODES] = { 0 };
  nn_runner *runner = runner_for (net, (nn_runner_options) { .batch = 9, .after = count_node, .data = counts }, NULL, &weights, &graph);
  require (runner);
  nn_run (runner, 9, input);
  for (int i = 0; i < NN_MAX_NODES; i++)
    check (counts[i] == (i < nn_plan_graph (nn_runner_plan (runner))->n_nodes ? 2 : 0));
  nn_runner_free (runner);
  nn_graph_free (graph);
  free (weights);
  free (input);
}

static void
keeps_what_it_was_asked_for (void)
{
  nn_graph *graph;
  nn_real *weights;
  nn_runner *runner = runner_for (net, (nn_runner_options) { .batch = 2 }, "map", &weights, &graph);
  require (runner);
  nn_random random = nn_random_new (5, 0, 0, NN_FOR_TEST);
  nn_real *input = random_values (&random, 2 * SIZE, -1, 1);
  naive all = naive_run (graph, weights, 0, 0, 2, input);
  nn_run (runner, 2, input);
  nn_shape shape;
  int map = nn_graph_find (graph, "map");
  const nn_real *value = nn_runner_value (runner, nn_plan_node (nn_runner_plan (runner), map), &shape);
  require (value);
  check (shape.h == 6 && shape.w == 5 && shape.c == 20);
  check (difference (value, all.values[map], 2 * nn_shape_count (shape)) < 1e-5);
  check ((uintptr_t) value % NN_ALIGN == 0);
  check (nn_runner_value (runner, 0, NULL) == input);
  check (!nn_runner_value (runner, 1, NULL) && !nn_runner_value (runner, -1, NULL) && !nn_runner_value (runner, 999, NULL));
  check (!nn_runner_output (runner, 1, NULL));
  naive_free (&all);
  nn_runner_free (runner);
  nn_graph_free (graph);
  free (weights);
  free (input);
}

/* Twenty layers need the memory of two. */
static void
shares_memory_between_layers (void)
{
  char text[1000] = "input 96 96 8";
  for (int i = 0; i < 20; i++)
    strcat (text, " / conv 8 3x3 / relu");
  nn_graph *graph;
  nn_real *weights;
  nn_runner *runner = runner_for (text, (nn_runner_options) { .batch = 4 }, NULL, &weights, &graph);
  require (runner);
  size_t layer = 4 * 96 * 96 * 8 * sizeof (nn_real);
  check (nn_runner_bytes (runner) >= layer && nn_runner_bytes (runner) < 4 * layer);
  nn_runner_free (runner);
  nn_graph_free (graph);
  free (weights);
}

/* A residual network of 100 million multiplications: most of its memory is packed weights, which all runners share. */
static void
keeps_within_its_memory (void)
{
  static const char stage[] = "avgpool 2x2 / conv %d 1x1 / bn as skip%d / from x%d / conv %d 3x3 stride 2 / bn / relu\n"
                              "conv %d 3x3 / bn / add skip%d / relu as x%d\n";
  char text[1000] = "input 48 48 1 / conv 32 3x3 / bn / relu as x0\n";
  for (int i = 1, k = 64; i <= 3; i++, k *= 2)
    snprintf (text + strlen (text), sizeof text - strlen (text), stage, k, i, i - 1, k, k, i, i);
  strcat (text, "gap / dropout 0.3 / dense 7");
  nn_graph *graph;
  nn_real *weights;
  nn_runner *runner = runner_for (text, (nn_runner_options) { .batch = 1 }, NULL, &weights, &graph);
  require (runner);
  test_note ("runner %.1f MB, plan %.1f MB", (double) nn_runner_bytes (runner) * 1e-6, (double) nn_plan_bytes (nn_runner_plan (runner)) * 1e-6);
  check (nn_runner_bytes (runner) <= 4000000 && nn_plan_bytes (nn_runner_plan (runner)) <= 20000000);
  nn_runner_free (runner);
  nn_graph_free (graph);
  free (weights);
}

static void
outlives_the_plan_s_owner (void)
{
  nn_graph *graph;
  nn_real *weights, input[SIZE] = { 0 };
  nn_runner *runner = runner_for (net, (nn_runner_options) { .batch = 1 }, NULL, &weights, &graph);
  require (runner);
  nn_graph_free (graph);
  free (weights);
  nn_run (runner, 1, input);
  double sum = 0;
  for (int i = 0; i < 5; i++)
    sum += (double) nn_runner_output (runner, 0, NULL)[i];
  check_near (sum, 1, 1e-5);
  nn_runner_free (runner);
}

static void
refuses_what_does_not_fit (void)
{
  nn_error error;
  nn_graph *graph = nn_graph_parse (net, &error);
  require (graph);
  nn_real *weights = calloc (graph->n_weights, sizeof *weights);
  nn_plan *plan = nn_plan_new (graph, weights, NULL, &error);
  require (plan);
  check (!nn_runner_new (plan, &(nn_runner_options) { .h = 5 }, &error) && strstr (error.text, "is 12x10"));
  check (!nn_runner_new (plan, &(nn_runner_options) { .batch = -1 }, &error) && strstr (error.text, "batch of -1"));
  check (!nn_runner_new (plan, &(nn_runner_options) { .threads = -1 }, &error) && strstr (error.text, "-1 threads"));
  check (!nn_runner_new (plan, &(nn_runner_options) { .threads = 2, .after = count_node }, &error) && strstr (error.text, "expected one thread"));
  int keep = 100;
  check (!nn_runner_new (plan, &(nn_runner_options) { .keep = &keep, .n_keep = 1 }, &error) && strstr (error.text, "node 100"));
  nn_runner_free (NULL);
  nn_plan_free (plan);
  nn_graph_free (graph);
  free (weights);
}

/* Few weights, a small output, and a border of 32,766 rows of a million zeros each. */
static void
refuses_to_take_the_machine_s_memory (void)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input 1 1000000 1 / conv 1 32767x1 pad 16383x0", &error);
  require (graph);
  nn_real *weights = calloc (graph->n_weights, sizeof *weights);
  nn_plan *plan = nn_plan_new (graph, weights, NULL, &error);
  require (plan);
  check (!nn_runner_new (plan, &(nn_runner_options) { 0 }, &error) && strstr (error.text, "bytes; expected at most"));
  nn_plan_free (plan);
  nn_graph_free (graph);
  free (weights);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (agrees_with_the_slow_way), TEST (gives_an_image_the_same_bits_anywhere), TEST (adds_where_it_may), TEST (allocates_nothing),
                                   TEST (holds_one_shard_for_each_thread), TEST (tells_an_observer_what_it_has_done), TEST (keeps_what_it_was_asked_for),
                                   TEST (shares_memory_between_layers), TEST (keeps_within_its_memory), TEST (outlives_the_plan_s_owner), TEST (refuses_what_does_not_fit),
                                   TEST (refuses_to_take_the_machine_s_memory), { 0 } });
}
