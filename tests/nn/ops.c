/* SPDX-License-Identifier: MIT
 * Every operator against ONNX Runtime's recorded results (ops_golden.py): by its plain loops, and in a plan at every kernel level. */
#include "kernels/kernels.h"
#include "naive.h"
#include "test.h"

typedef struct golden {
  const char *name;
  nn_node node;
  nn_shape in[2], out;
  nn_real y[512];
} golden;

#include "ops_golden.h"

#define N_GOLDENS (sizeof goldens / sizeof *goldens)
#define N 2 /* images */

/* values () of ops_golden.py */
static nn_real *
pattern (size_t count, int which)
{
  nn_real *x = naive_alloc (count);
  for (size_t i = 0; i < count; i++) {
    x[i] = (nn_real) ((int) (((i * 37 + (size_t) which * 11) % 61 + i / 61 * 7) % 64) - 32) / 16;
    if (which == 9)
      x[i] = x[i] / 2 + (nn_real) 1.5;
  }
  return x;
}

static bool
near (const golden *it, const nn_real *y, const char *how)
{
  double worst = 0;
  for (size_t i = 0; i < N * nn_shape_count (it->out); i++)
    worst = test_worse (worst, fabs ((double) y[i] - (double) it->y[i]) / (1 + fabs ((double) it->y[i])));
  if (!(worst <= 1e-6))
    test_note ("%s, %s: off by %g", it->name, how, worst);
  return worst <= 1e-6;
}

static void
plain_loops_equal_onnx_runtime (void)
{
  for (size_t g = 0; g < N_GOLDENS; g++) {
    const golden *it = &goldens[g];
    const nn_op_impl *impl = nn_op_table[it->node.op];
    nn_error error = { "" };
    nn_shape shape = { 0 };
    bool fits = (!impl->check || (impl->check) (&it->node, &error)) && impl->shape (&it->node, it->in, &shape, &error);
    if (!fits || memcmp (&shape, &it->out, sizeof shape))
      test_note ("%s: (%d, %d, %d) %s", it->name, shape.h, shape.w, shape.c, error.text);
    require (fits && !memcmp (&shape, &it->out, sizeof shape));
    nn_real *in[2] = { pattern (N * nn_shape_count (it->in[0]), 1), pattern (N * nn_shape_count (it->in[1]), 2) };
    nn_real *weights = pattern (impl->n_weights ? impl->n_weights (&it->node) : 0, it->node.op == NN_OP_batch_norm ? 9 : 5);
    nn_real *out = naive_alloc (N * nn_shape_count (shape));
    const nn_real *inputs[2] = { in[0], in[1] };
    impl->forward (&(nn_call) { .node = &it->node, .n = N, .shapes = it->in, .shape = shape, .in = inputs, .out = out, .weights = weights });
    check (near (it, out, "plain loops"));
    if (impl->in_place & 1 && nn_shape_count (it->in[0]) == nn_shape_count (shape)) {
      impl->forward (&(nn_call) { .node = &it->node, .n = N, .shapes = it->in, .shape = shape, .in = inputs, .out = in[0], .weights = weights });
      check (near (it, in[0], "in place"));
    }
    free (in[0]);
    free (in[1]);
    free (weights);
    free (out);
  }
}

/* A graph of the input and the one operator, which has one input. */
static void
run_in_plan (const golden *it, const char *level)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_new ();
  nn_graph_add (graph, &(nn_node) { .op = NN_OP_input, .u.input.shape = it->in[0] }, NULL);
  bool ok = nn_graph_add (graph, &it->node, &error) == 1 && nn_graph_add_output (graph, 1, &error);
  nn_real *x = pattern (N * nn_shape_count (it->in[0]), 1), *weights = pattern (graph->n_weights, it->node.op == NN_OP_batch_norm ? 9 : 5);
  nn_plan *plan = ok ? nn_plan_new (graph, weights, &(nn_plan_options) { .cpu = level }, &error) : NULL;
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .batch = N }, &error) : NULL;
  if (runner) {
    nn_run (runner, N, x);
    check (near (it, nn_runner_output (runner, 0, NULL), level));
  } else
    test_note ("%s: %s", it->name, error.text);
  check (runner);
  nn_runner_free (runner);
  nn_plan_free (plan);
  nn_graph_free (graph);
  free (x);
  free (weights);
}

static void
plans_equal_onnx_runtime_at_every_level (void)
{
  bool runs;
  const nn_kernels *kernels;
  for (int level = 0; (kernels = nn_kernels_level (level, &runs)); level++)
    for (size_t g = 0; g < N_GOLDENS && runs; g++)
      if (goldens[g].node.n_in == 1)
        run_in_plan (&goldens[g], kernels->name);
}

/* Nothing is forgotten: of all operators only the two sources have no recorded result. */
static void
records_cover_every_operator (void)
{
  for (int op = 0; op < NN_N_OPS; op++) {
    bool found = op == NN_OP_input || op == NN_OP_constant;
    for (size_t g = 0; g < N_GOLDENS; g++)
      found = found || (int) goldens[g].node.op == op;
    if (!found)
      test_note ("%s", nn_op_name ((nn_op) op));
    check (found);
  }
}

/* y = x op constant and constant op x, one image of the constant for the whole batch. */
static void
constants_join_every_image (void)
{
  static const nn_op ops[] = { NN_OP_add, NN_OP_sub, NN_OP_mul, NN_OP_div };
  for (int o = 0; o < 4; o++)
    for (int side = 0; side < 2; side++) {
      nn_graph *graph = nn_graph_new ();
      nn_graph_add (graph, &(nn_node) { .op = NN_OP_input, .u.input.shape = { 2, 3, 4 } }, NULL);
      nn_graph_add (graph, &(nn_node) { .op = NN_OP_constant, .u.constant.shape = { 2, 1, 4 } }, NULL);
      nn_graph_add (graph, &(nn_node) { .op = ops[o], .n_in = 2, .in = { side, !side } }, NULL);
      nn_graph_add_output (graph, 2, NULL);
      nn_real *x = pattern (N * 24, 9), *k = pattern (8, 9);
      nn_plan *plan = nn_plan_new (graph, k, NULL, NULL);
      nn_runner *runner = nn_runner_new (plan, &(nn_runner_options) { .batch = N }, NULL);
      require (runner);
      nn_run (runner, N, x);
      const nn_real *y = nn_runner_output (runner, 0, NULL);
      for (int i = 0; i < N * 24; i++) {
        nn_real constant = k[i % 24 / 12 * 4 + i % 4], a = side ? constant : x[i], b = side ? x[i] : constant;
        check_near (y[i], o == 0 ? a + b : o == 1 ? a - b : o == 2 ? a * b : a / b, 1e-6);
      }
      nn_runner_free (runner);
      nn_plan_free (plan);
      nn_graph_free (graph);
      free (x);
      free (k);
    }
}

static void
softmax_survives_large_numbers (void)
{
  nn_real x[4] = { 1000, 1000, -1000, 999 }, y[4];
  nn_node node = { .op = NN_OP_softmax, .u.along.axis = NN_AXIS_C };
  nn_shape shape = { 1, 1, 4 };
  nn_op_softmax.forward (&(nn_call) { .node = &node, .n = 1, .shapes = &shape, .shape = shape, .in = (const nn_real *[]) { x }, .out = y });
  check_near (y[0], 1 / (2 + exp (-1)), 1e-6);
  check_near (y[2], 0, 1e-9);
  check_near (y[3], exp (-1) / (2 + exp (-1)), 1e-6);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (records_cover_every_operator), TEST (plain_loops_equal_onnx_runtime),
                                   TEST (plans_equal_onnx_runtime_at_every_level), TEST (constants_join_every_image),
                                   TEST (softmax_survives_large_numbers), { 0 } });
}
