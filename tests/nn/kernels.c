/* SPDX-License-Identifier: MIT
 * Every kernel level that this CPU has against the plain loops: depthwise windows, and conv and dense as a plan runs them (borders, strips,
 * packing, bias and activation), over sizes around the vectors and over the planes of the seed network. `--bench` times both, in one run. */
#include "kernels/kernels.h"
#include "naive.h"
#include "ops/conv_way.h"
#include "test.h"

#include <time.h>

static bool bench;

static double
seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* What is timed: one call, or one run of a network. */
typedef struct work {
  const nn_call *call;
  nn_runner *runner;
  int n;
  const nn_real *input;
} work;

/* Does it once and, for a bench, again for half a second; the shortest time in seconds. */
static double
time_of (work it)
{
  double begin = seconds (), best = HUGE_VAL, end;
  do {
    double start = seconds ();
    if (it.call)
      nn_op_table[it.call->node->op]->forward (it.call);
    else
      nn_run (it.runner, it.n, it.input);
    end = seconds ();
    best = fmin (best, end - start);
  } while (bench && end - begin < 0.5);
  return best;
}

/* n images through node at one level, against expected. */
static void
compare_level (const nn_kernels *kernels, nn_node node, nn_call call, const nn_real *expected, double plain, bool exact)
{
  const nn_op_impl *impl = nn_op_table[node.op];
  if (impl->choose)
    node.way = impl->choose (&node, call.shapes, call.shape, kernels, &(nn_aim) { .exact = exact });
  call.node = &node;
  size_t count = (size_t) call.n * nn_shape_count (call.shape);
  nn_real *packed = aligned_alloc (NN_ALIGN, (impl->packed_bytes (call.node, kernels) + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN);
  nn_real *scratch = naive_alloc (impl->scratch ? impl->scratch (call.node, call.shapes, call.shape, kernels) : 0);
  impl->pack (call.node, call.weights, kernels, packed);
  call.kernels = kernels;
  call.packed = packed;
  call.scratch = scratch;
  double best = time_of ((work) { .call = &call }), worst = 0;
  for (size_t i = 0; i < count; i++)
    worst = test_worse (worst, fabs ((double) expected[i] - (double) call.out[i]));
  int64_t macs = impl->macs (call.node, call.shape);
  /* Sums of products up to 0.5: the error grows with the square root of their number, and Winograd's transforms have larger numbers. */
  double tolerance = (node.op == NN_OP_conv && node.way >= NN_CONV_WINOGRAD ? 6e-6 : 3e-7) * sqrt ((double) macs / (double) nn_shape_count (call.shape) + 1);
  if (bench || !(worst <= tolerance))
    test_note ("%-7s n %d (%d, %d, %d) -> (%d, %d, %d) %s: error %.1e, %6.1f us, %5.1f GFLOP/s, %.3f of the plain loops", kernels->name, call.n,
               call.shapes[0].h, call.shapes[0].w, call.shapes[0].c, call.shape.h, call.shape.w, call.shape.c, nn_op_name (call.node->op), worst, best * 1e6,
               2e-9 * (double) macs * call.n / best, best / plain);
  check (worst <= tolerance);
  free (packed);
  free (scratch);
}

/* A second input is added, and the output takes its place. */
static void
compare (const nn_node *node, nn_shape in, int n)
{
  const nn_op_impl *impl = nn_op_table[node->op];
  nn_node first = *node;
  first.n_in = 1;
  nn_shape out = { 0 };
  if (!impl->shape (&first, &in, &out, NULL))
    return;
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  nn_real *x = random_values (&random, (size_t) n * nn_shape_count (in), (nn_real) -0.5, (nn_real) 0.5);
  nn_real *weights = random_values (&random, impl->n_weights (node), (nn_real) -0.5, (nn_real) 0.5);
  nn_real *expected = naive_alloc ((size_t) n * nn_shape_count (out)), *got = naive_alloc ((size_t) n * nn_shape_count (out));
  nn_real *added = random_values (&random, (size_t) n * nn_shape_count (out), (nn_real) -0.5, (nn_real) 0.5);
  const nn_real *inputs[2] = { x, added };
  nn_call call = { .node = node, .n = n, .shapes = (nn_shape[]) { in, out }, .shape = out, .in = inputs, .out = expected, .weights = weights };
  double plain = time_of ((work) { .call = &call });
  call.out = got;
  inputs[1] = got;
  bool runs;
  const nn_kernels *kernels;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++)
    for (int exact = 0; exact < 2 && runs; exact++) {
      memcpy (got, added, (size_t) n * nn_shape_count (out) * sizeof *got);
      compare_level (kernels, *node, call, expected, plain, exact);
    }
  free (added);
  free (x);
  free (weights);
  free (expected);
  free (got);
}

static nn_node
conv (int k, int c, int groups, int kernel)
{
  nn_node node = { .op = NN_OP_conv, .n_in = 1, .act = NN_ACT_RELU, .u.conv = { .k = k, .c = c, .groups = groups, .bias = true } };
  int pad = kernel / 2;
  node.u.conv.window = (nn_window) { .kh = kernel, .kw = kernel, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = pad,
                                     .pad_left = pad, .pad_bottom = pad, .pad_right = pad };
  return node;
}

static void
conv_by_size (void)
{
  static const int sizes[] = { 1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 33, 49 };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int c = 1; c <= 17; c += 4) {
      nn_node node = conv (sizes[i], c, 1, 3);
      compare (&node, (nn_shape) { 5, (int) i + 1, c }, 2);
      node = conv (sizes[i], c, 1, 1);
      compare (&node, (nn_shape) { 3, (int) i + 1, c }, 2);
    }
}

/* All of pads, strides, dilations and groups, on planes of several strips too. */
static void
conv_by_window (void)
{
  nn_random random = nn_random_new (2, 0, 0, NN_FOR_TEST);
  for (int i = 0; i < 400; i++) {
    int groups = random_int (&random, 1, 4), c = groups * random_int (&random, 1, 5), big = i % 20 == 0;
    nn_node node = conv (groups * random_int (&random, 1, 9), c, groups, 3);
    node.u.conv.window = random_window (&random);
    node.u.conv.bias = random_int (&random, 0, 1);
    node.act = random_int (&random, 0, 1) ? NN_ACT_RELU : NN_ACT_NONE;
    compare (&node, (nn_shape) { random_int (&random, 1, big ? 80 : 9), random_int (&random, 1, big ? 80 : 9), c }, 2);
  }
}

/* Planes that tiles do not divide, channels that vectors do not, what follows the sums. */
static void
conv_by_winograd (void)
{
  static const nn_act acts[] = { NN_ACT_NONE, NN_ACT_RELU, NN_ACT_CLIP, NN_ACT_SIGMOID, NN_ACT_HARD_SWISH };
  nn_random random = nn_random_new (4, 0, 0, NN_FOR_TEST);
  for (int i = 0; i < 100; i++) {
    nn_node node = conv (random_int (&random, 8, 40), random_int (&random, 8, 40), 1, 3);
    nn_window *window = &node.u.conv.window;
    window->stride_h = window->stride_w = 1 + i % 2;
    window->pad_top = random_int (&random, 0, 3), window->pad_left = random_int (&random, 0, 3);
    node.n_in = 1 + i / 2 % 2;
    node.act = acts[i % 5], node.act_a = (nn_real) -0.5, node.act_b = 1;
    compare (&node, (nn_shape) { random_int (&random, 1, 40), random_int (&random, 1, 40), node.u.conv.c }, 2);
  }
}

/* More pads than kernel: windows that see nothing at all of the plane. */
static void
conv_beyond_the_plane (void)
{
  nn_node node = conv (5, 2, 1, 2);
  node.u.conv.window.pad_top = node.u.conv.window.pad_left = 5;
  node.u.conv.window.pad_bottom = node.u.conv.window.pad_right = 4;
  compare (&node, (nn_shape) { 3, 2, 2 }, 1);
  node.u.conv.window.stride_w = 9;
  compare (&node, (nn_shape) { 3, 2, 2 }, 1);
}

static void
depthwise_by_channels (void)
{
  for (int c = 1; c <= 70; c++) {
    nn_node node = conv (c, c, c, 3);
    compare (&node, (nn_shape) { 4, 3, c }, 2);
    node.u.conv.window.stride_h = 2;
    compare (&node, (nn_shape) { 5, 3, c }, 1);
  }
}

static void
depthwise_by_plane (void)
{
  static const int planes[][2] = { { 48, 32 }, { 24, 96 }, { 12, 192 } };
  for (size_t i = 0; i < sizeof planes / sizeof *planes; i++) {
    nn_node node = conv (planes[i][1], planes[i][1], planes[i][1], 3);
    compare (&node, (nn_shape) { planes[i][0], planes[i][0], planes[i][1] }, 1);
  }
}

static void
dense_by_size (void)
{
  static const int sizes[] = { 1, 2, 7, 8, 9, 24, 25, 33, 100 };
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int n = 1; n <= 13; n += 3) {
      nn_node node = { .op = NN_OP_dense, .n_in = 1, .act = NN_ACT_RELU, .u.dense = { .k = sizes[i], .c = 5 * n + 1, .bias = i % 2 } };
      compare (&node, (nn_shape) { 1, 1, 5 * n + 1 }, n);
    }
}

static void
layers_of_the_seed (void)
{
  static const int layers[][3]
      = { { 48, 1, 24 }, { 48, 24, 24 }, { 24, 24, 48 }, { 24, 48, 48 }, { 12, 48, 96 }, { 12, 96, 96 }, { 6, 96, 128 }, { 6, 128, 128 } };
  for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
    nn_node node = conv (layers[i][2], layers[i][1], 1, 3);
    compare (&node, (nn_shape) { layers[i][0], layers[i][0], layers[i][1] }, bench ? 4 : 1);
  }
  nn_node dense = { .op = NN_OP_dense, .n_in = 1, .act = NN_ACT_RELU, .u.dense = { .k = 256, .c = 1152, .bias = true } };
  compare (&dense, (nn_shape) { 3, 3, 128 }, 1);
  compare (&dense, (nn_shape) { 3, 3, 128 }, 8);
}

/* The whole network at every level against the reference level. */
static void
seed_network (void)
{
  nn_graph *graph = nn_graph_parse ("input 48 48 1\n"
                                    "conv 24 3x3 / bn / relu / conv 24 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                                    "conv 48 3x3 / bn / relu / conv 48 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                                    "conv 96 3x3 / bn / relu / conv 96 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                                    "conv 128 3x3 / bn / relu / conv 128 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                                    "flatten / dense 256 nobias / bn / relu / dropout 0.5 / dense 7 / softmax",
                                    NULL);
  require (graph);
  nn_real *weights = naive_alloc (graph->n_weights), expected[8 * 7];
  nn_init_weights (graph, 1, weights);
  nn_random random = nn_random_new (3, 0, 0, NN_FOR_TEST);
  nn_real *input = random_values (&random, 8 * 48 * 48, -1, 1);
  bool runs;
  const nn_kernels *kernels;
  int n_levels = 0, batch = bench ? 8 : 1;
  while (nn_kernels_level (n_levels, &runs))
    n_levels++;
  for (int i = n_levels - 1; i >= 0; i--) {
    kernels = nn_kernels_level (i, &runs);
    nn_plan *plan = runs ? nn_plan_new (graph, weights, &(nn_plan_options) { .cpu = kernels->name }, NULL) : NULL;
    nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .batch = batch }, NULL) : NULL;
    check (!runs || runner);
    for (int n = bench ? 1 : batch; n <= batch && runner; n *= 8) {
      double best = time_of ((work) { .runner = runner, .n = n, .input = input });
      if (i == n_levels - 1)
        memcpy (expected, nn_runner_output (runner, 0, NULL), (size_t) n * 7 * sizeof *expected);
      for (int j = 0; j < n * 7; j++)
        check_near (nn_runner_output (runner, 0, NULL)[j], expected[j], 1e-5);
      if (bench)
        test_note ("%-7s seed network, n %d: %.3f ms an image, arena %zu bytes", kernels->name, n, best * 1e3 / n, nn_runner_bytes (runner));
    }
    nn_runner_free (runner);
    nn_plan_free (plan);
  }
  nn_graph_free (graph);
  free (weights);
  free (input);
}

/* A level that was asked for by name is that level. TEST_LEVELS: those of a machine that is simulated (scripts/cross.sh). */
static void
levels_have_names (void)
{
  bool runs;
  const nn_kernels *kernels;
  char found[100] = "";
  int n_runs = 0;
  for (int i = 0; (kernels = nn_kernels_level (i, &runs)); i++) {
    nn_error error = { "" };
    if (runs)
      strcat (strcat (found, n_runs ? " " : ""), kernels->name);
    check (nn_kernels_for (kernels->name, &error) == (runs ? kernels : NULL));
    check (runs || strstr (error.text, "this CPU does not have it"));
    n_runs += runs;
  }
  check (n_runs >= 2);
  const char *expected = getenv ("TEST_LEVELS");
  check (!expected || !strcmp (found, expected));
}

int
main (int argc, char **argv)
{
  bench = argc > 1 && !strcmp (argv[1], "--bench");
  if (bench)
    return test_run ((test_case[]) { TEST (depthwise_by_plane), TEST (layers_of_the_seed), TEST (seed_network), { 0 } });
  return test_run ((test_case[]) { TEST (levels_have_names), TEST (conv_by_size), TEST (conv_by_window), TEST (conv_by_winograd), TEST (conv_beyond_the_plane),
                                   TEST (depthwise_by_channels), TEST (depthwise_by_plane), TEST (dense_by_size), TEST (layers_of_the_seed),
                                   TEST (seed_network), { 0 } });
}
