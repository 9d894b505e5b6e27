/* SPDX-License-Identifier: MIT
 * Networks of NN_PRECISION_FAST against the same ones exactly: close where ranges were fitted, the same bits for every batch, and refused with a
 * sentence where something is missing. */
#include "naive.h"
#include "plan.h"
#include "ops/fast_op.h"
#include "test.h"

#include <string.h>

static const char *const nets[] = {
  /* every kind, max pools, a dense head */
  "input 24 24 1\nconv 24 3x3 / bn / relu / conv 24 3x3 / bn / relu / maxpool 2x2\nconv 40 3x3 / bn / relu / conv 40 3x3 / bn / relu / maxpool 2x2\n"
  "conv 64 3x3 / bn / relu / conv 64 3x3 / bn / relu / maxpool 2x2 / conv 96 3x3 / bn / relu / flatten / dense 7 / softmax",
  /* residual sums, stride 2, average pools, a value that is read as floats too */
  "input 24 20 1\nconv 17 3x3 / bn / relu as a\nconv 30 3x3 stride 2 / bn / relu / conv 30 3x3 / bn as b\nfrom a / avgpool 2x2 / conv 30 1x1 / bn / add b / relu as c\n"
  "conv 30 3x3 / bn / relu / conv 30 3x3 / bn / add c / relu as d\nsigmoid / conv 12 5x5 / relu / gap / dense 7 / softmax",
  /* odd sizes, no activation before a convolution */
  "input 11 13 3\nconv 5 3x3 / conv 7 3x3 stride 2 / relu / conv 9 3x3 / avgpool 2x2 / conv 11 1x1 / relu / flatten / dense 5",
};
#define N_NETS ((int) (sizeof nets / sizeof *nets))

#define IMAGES 9

typedef struct net {
  nn_graph *graph;
  nn_real *weights, *images;
  float *ranges;
  nn_shape shape;
} net;

static net
make (const char *text)
{
  nn_error error = { "" };
  net n = { .graph = nn_graph_parse (text, &error) };
  if (!n.graph)
    test_note ("%s", error.text);
  n.shape = n.graph->nodes[0].u.input.shape;
  n.weights = naive_alloc (n.graph->n_weights);
  n.ranges = calloc ((size_t) n.graph->n_nodes, sizeof *n.ranges);
  nn_init_weights (n.graph, 5, n.weights);
  nn_random random = nn_random_new (6, 0, 0, NN_FOR_TEST);
  n.images = random_values (&random, IMAGES * nn_shape_count (n.shape), -2, 2);
  check (nn_ranges_fit (n.graph, n.weights, 0, 0, IMAGES, n.images, n.ranges, &error));
  return n;
}

static void
clear (net *n)
{
  nn_graph_free (n->graph);
  free (n->weights);
  free (n->images);
  free (n->ranges);
}

static nn_runner *
runner_of (const net *n, const char *cpu, nn_precision precision, int batch)
{
  nn_error error = { "" };
  nn_plan *plan = nn_plan_new (n->graph, n->weights, &(nn_plan_options) { .cpu = cpu, .precision = precision, .ranges = n->ranges }, &error);
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .batch = batch }, &error) : NULL;
  if (!runner)
    test_note ("%s", error.text);
  nn_plan_free (plan);
  return runner;
}

/* How far results are apart, as a share of their size. */
static double
distance (const nn_real *a, const nn_real *b, size_t count)
{
  double squares = 0, errors = 0;
  for (size_t i = 0; i < count; i++) {
    squares += (double) a[i] * (double) a[i];
    errors += ((double) a[i] - (double) b[i]) * ((double) a[i] - (double) b[i]);
  }
  return sqrt (errors / squares);
}

static void
is_close_to_exact (void)
{
  static const char *const levels[] = { "ref", "generic", NULL };
  for (int i = 0; i < N_NETS; i++) {
    net n = make (nets[i]);
    nn_shape shape;
    nn_runner *exact = runner_of (&n, NULL, NN_PRECISION_EXACT, IMAGES);
    require (exact);
    nn_run (exact, IMAGES, n.images);
    const nn_real *expected = nn_runner_output (exact, 0, &shape);
    for (int j = 0; j < 3; j++) {
      nn_runner *fast = runner_of (&n, levels[j], NN_PRECISION_FAST, IMAGES);
      require (fast);
      nn_run (fast, IMAGES, n.images);
      double off = distance (expected, nn_runner_output (fast, 0, NULL), IMAGES * nn_shape_count (shape));
      check (off < 0.02 && off > 0);
      nn_runner_free (fast);
    }
    nn_runner_free (exact);
    clear (&n);
  }
}

/* Integers are really used, also between convolutions, and every kind somewhere. */
static void
uses_integers (void)
{
  bool kinds[NN_N_KINDS16] = { false };
  for (int i = 0; i < N_NETS; i++) {
    net n = make (nets[i]);
    nn_runner *runner = runner_of (&n, NULL, NN_PRECISION_FAST, 1);
    require (runner);
    const nn_plan *plan = nn_runner_plan (runner);
    const nn_graph *graph = nn_plan_graph (plan);
    const nn_fast *fast = nn_plan_fast (plan);
    int held = 0;
    for (int j = 0; j < graph->n_nodes; j++) {
      check (graph->nodes[j].op != NN_OP_conv || fast[j].impl);
      held += fast[j].out.held;
      if (fast[j].impl == &nn_fast_conv)
        kinds[fast[j].kind] = true;
    }
    check (held >= 3 && !fast[graph->outputs[0]].out.held);
    nn_runner_free (runner);
    clear (&n);
  }
  check (kinds[NN_DIRECT16] && kinds[NN_F3_16] && kinds[NN_F4_16]);
}

static void
batch_changes_no_bit (void)
{
  for (int i = 0; i < N_NETS; i++) {
    net n = make (nets[i]);
    nn_shape shape;
    nn_runner *one = runner_of (&n, NULL, NN_PRECISION_FAST, 1), *all = runner_of (&n, NULL, NN_PRECISION_FAST, IMAGES);
    require (one && all);
    nn_run (all, IMAGES, n.images);
    for (size_t j = 0; j < IMAGES; j++) {
      nn_run (one, 1, n.images + j * nn_shape_count (n.shape));
      const nn_real *output = nn_runner_output (one, 0, &shape);
      check (!memcmp (output, nn_runner_output (all, 0, NULL) + j * nn_shape_count (shape), nn_shape_count (shape) * sizeof *output));
    }
    nn_runner_free (one);
    nn_runner_free (all);
    clear (&n);
  }
}

/* A plan is for any size. */
static void
other_sizes (void)
{
  nn_error error = { "" };
  net n = make ("input 16 16 2\nconv 20 3x3 / relu / conv 20 3x3 / relu / maxpool 2x2 / conv 20 3x3 stride 2 / relu / gap / dense 4");
  nn_random random = nn_random_new (7, 0, 0, NN_FOR_TEST);
  nn_real *image = random_values (&random, 37 * 31 * 2, -2, 2);
  n.graph->nodes[0].u.input.shape.h = n.graph->nodes[0].u.input.shape.w = 0;
  nn_runner *runners[2];
  for (int i = 0; i < 2; i++) {
    nn_plan_options options = { .precision = i ? NN_PRECISION_FAST : NN_PRECISION_EXACT, .ranges = n.ranges };
    nn_plan *plan = nn_plan_new (n.graph, n.weights, &options, &error);
    require (plan);
    runners[i] = nn_runner_new (plan, &(nn_runner_options) { .h = 37, .w = 31 }, &error);
    require (runners[i]);
    nn_plan_free (plan);
    nn_run (runners[i], 1, image);
  }
  check (distance (nn_runner_output (runners[0], 0, NULL), nn_runner_output (runners[1], 0, NULL), 4) < 0.02);
  nn_runner_free (runners[0]);
  nn_runner_free (runners[1]);
  free (image);
  clear (&n);
}

/* What the caller wants to read is floats, if the plan knows; else the runner says so. */
static void
keeps_values (void)
{
  nn_error error = { "" };
  net n = make (nets[0]);
  int node = 6, folded;
  nn_plan_options options = { .precision = NN_PRECISION_FAST, .ranges = n.ranges, .keep = &node, .n_keep = 1 };
  for (int known = 0; known < 2; known++) {
    options.n_keep = known;
    nn_plan *plan = nn_plan_new (n.graph, n.weights, &options, &error);
    require (plan);
    folded = nn_plan_node (plan, node);
    nn_runner *runner = nn_runner_new (plan, &(nn_runner_options) { .keep = &folded, .n_keep = 1 }, &error);
    check (known ? runner != NULL : !runner && strstr (error.text, "is integers in this plan"));
    nn_runner_free (runner);
    nn_plan_free (plan);
  }
  clear (&n);
}

static void
refuses_without_ranges (void)
{
  nn_error error = { "" };
  net n = make (nets[2]);
  check (!nn_plan_new (n.graph, n.weights, &(nn_plan_options) { .precision = NN_PRECISION_FAST }, &error));
  check (strstr (error.text, "ranges"));
  n.ranges[1] = NAN;
  check (!nn_plan_new (n.graph, n.weights, &(nn_plan_options) { .precision = NN_PRECISION_FAST, .ranges = n.ranges }, &error));
  check (strstr (error.text, "range nan"));
  clear (&n);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (is_close_to_exact), TEST (uses_integers), TEST (batch_changes_no_bit), TEST (other_sizes), TEST (keeps_values),
                                   TEST (refuses_without_ranges), { 0 } });
}
