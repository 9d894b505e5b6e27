/* SPDX-License-Identifier: MIT
 * The derivative of every operator, in double, against central differences. The operator stands behind a dense layer, whose weights reach each of its
 * inputs, so that a right gradient of all weights is a right derivative of inputs and parameters. */
#include "net.h"

#include <string.h>

#define STEP 1e-5
#define TOLERANCE 1e-6

/* Largest error of a node's gradient, relative to the largest derivative of the node. */
static double
error_of_node (net *it, const nn_node *node, const uint8_t *kinds)
{
  double worst = 0, scale = 0;
  for (size_t i = node->weights; i < node->weights + node->n_weights; i++) {
    if (kinds[i] == NN_WEIGHT_STATISTIC || kinds[i] == NN_WEIGHT_CONSTANT) {
      worst = it->gradient[i] == 0 ? worst : 1;
      continue;
    }
    nn_real old = it->weights[i];
    it->weights[i] = old + STEP;
    double above = net_loss (it);
    it->weights[i] = old - STEP;
    double slope = (above - net_loss (it)) / (2 * STEP);
    it->weights[i] = old;
    worst = test_worse (worst, fabs (slope - it->gradient[i]));
    scale = fmax (scale, fabs (slope));
  }
  return scale > 0 ? worst / scale : worst;
}

static void
check_graph (nn_graph *graph, int n, const char *text)
{
  net it;
  require (net_init (&it, graph, n, 1));
  uint8_t *kinds = malloc (it.n_weights);
  nn_weight_kinds (graph, kinds);
  net_backward (&it);
  double length = 0;
  for (int i = 0; i < graph->n_nodes; i++) {
    double error = error_of_node (&it, &graph->nodes[i], kinds);
    if (!(error < TOLERANCE))
      test_note ("%s: node %s: relative error %.2g", text, graph->nodes[i].name, error);
    check (error < TOLERANCE);
  }
  for (size_t i = 0; i < it.n_weights; i++)
    length += it.gradient[i] * it.gradient[i];
  check (length > 1e-4); /* there was something to compare */
  free (kinds);
  net_clear (&it);
}

/* The operators of text behind (h, w, c) values that depend on weights. */
static void
check_text (const char *shape, const char *text)
{
  int h, w, c;
  char full[512];
  require (sscanf (shape, "%d %d %d", &h, &w, &c) == 3);
  snprintf (full, sizeof full, "input 1 1 2 / dense %d / reshape %s as x / %s / flatten", h * w * c, shape, text);
  nn_error error;
  nn_graph *graph = nn_graph_parse (full, &error);
  if (!graph)
    test_note ("%s: %s", full, error.text);
  require (graph);
  check_graph (graph, 3, text);
}

/* The same with a last node of its own, which reads x, and x again or a constant. */
static void
check_node (const char *shape, nn_node node, nn_shape constant)
{
  int h, w, c;
  char full[128];
  require (sscanf (shape, "%d %d %d", &h, &w, &c) == 3);
  snprintf (full, sizeof full, "input 1 1 2 / dense %d / reshape %s as x", h * w * c, shape);
  nn_graph *graph = nn_graph_parse (full, NULL);
  require (graph);
  node.in[0] = nn_graph_find (graph, "x");
  graph->n_outputs = 0;
  node.in[1] = constant.c ? nn_graph_add (graph, &(nn_node) { .op = NN_OP_constant, .u.constant.shape = constant }, NULL) : node.in[0];
  nn_error error;
  int last = nn_graph_add (graph, &node, &error);
  if (last < 0)
    test_note ("%s", error.text);
  require (last > 0 && nn_graph_add_output (graph, last, NULL));
  check_graph (graph, 3, nn_op_name (node.op));
}

static void
conv (void)
{
  check_text ("5 4 2", "conv 3 3x3 pad 0 bias");
  check_text ("5 4 2", "conv 3 3x3 bias");
  check_text ("5 4 2", "conv 3 1x1");
  check_text ("6 5 2", "conv 2 2x3 pad 1x2");
  check_text ("6 7 2", "conv 2 3x3 stride 2 bias");
  check_text ("6 7 2", "conv 3 3x2 stride 2x3 pad 1");
  check_text ("7 7 1", "conv 2 3x3 dilation 2x1 bias");
  check_text ("7 7 2", "conv 2 3x3 dilation 2 stride 2 pad 2");
  check_text ("3 3 1", "conv 2 3x3 pad 4"); /* more padding than kernel */
  check_text ("4 5 4", "conv 6 3x3 groups 2 bias");
  check_text ("4 5 4", "conv 4 3x3 groups depthwise");
  check_text ("5 5 3", "conv 6 3x3 groups depthwise stride 2 bias");
  check_text ("5 6 3", "conv 3 3x3 groups depthwise stride 2x1 bias");
  check_text ("6 6 3", "conv 3 3x2 groups depthwise dilation 2 pad 3x1");
  nn_node sum = { .op = NN_OP_conv, .n_in = 2, .u.conv = { .k = 2, .c = 2, .groups = 1, .bias = true } }; /* conv (x) + x, as the plan makes it */
  sum.u.conv.window = (nn_window) { .kh = 3, .kw = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .auto_pad = NN_PAD_SAME_UPPER };
  check_node ("3 4 2", sum, (nn_shape) { 0 });
}

static nn_node
window_node (nn_op op, nn_window window)
{
  nn_node node = { .op = op, .n_in = 1 };
  if (op == NN_OP_conv)
    node.u.conv.window = window, node.u.conv.k = 3, node.u.conv.c = 2, node.u.conv.groups = 1;
  else
    node.u.pool.window = window;
  return node;
}

static void
automatic_and_uneven_pads (void)
{
  static const nn_op ops[] = { NN_OP_conv, NN_OP_max_pool, NN_OP_avg_pool };
  for (size_t i = 0; i < 3; i++) {
    nn_window window = { .kh = 3, .kw = 2, .stride_h = 2, .stride_w = 1, .dilation_h = 1, .dilation_w = 1 };
    for (nn_auto_pad pad = NN_PAD_SAME_UPPER; pad <= NN_PAD_SAME_LOWER; pad++) {
      window.auto_pad = pad;
      check_node ("6 5 2", window_node (ops[i], window), (nn_shape) { 0 });
    }
    window = (nn_window) { .kh = 3, .kw = 3, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .pad_top = 2, .pad_right = 1 };
    check_node ("6 5 2", window_node (ops[i], window), (nn_shape) { 0 });
  }
}

static void
dense (void)
{
  check_text ("2 2 3", "dense 5");
  check_text ("1 1 7", "dense 4 nobias / dense 2");
}

static void
batch_norm (void)
{
  check_text ("1 1 4", "bn");
  check_text ("3 2 3", "bn");
  nn_graph *graph = nn_graph_parse ("input 3 3 2 / conv 4 3x3 / bn / relu / conv 2 1x1 / bn / flatten", NULL);
  require (graph);
  check_graph (graph, 2 * NN_SHARD + 3, "batch norm over three shards");
}

static void
element_wise (void)
{
  check_text ("2 3 2", "relu");
  check_text ("2 3 2", "leaky_relu 0.1");
  check_text ("2 3 2", "leaky_relu -0.2");
  check_text ("2 3 2", "clip -0.3 0.4");
  check_text ("2 3 2", "sigmoid");
  check_text ("2 3 2", "hard_sigmoid 0.7 0.4");
  check_text ("2 3 2", "hard_swish");
  check_text ("2 3 2", "identity");
}

static void
pools (void)
{
  check_text ("4 6 2", "maxpool 2x2");
  check_text ("5 7 2", "maxpool 2x2");
  check_text ("5 7 2", "maxpool 2x2 ceil");
  check_text ("5 5 3", "maxpool 3x3 stride 2 pad 1");
  check_text ("6 6 2", "maxpool 3x2 stride 1x2 dilation 2x1 ceil");
  check_text ("4 6 2", "avgpool 2x2");
  check_text ("5 5 3", "avgpool 3x3 stride 2 pad 1");
  check_text ("5 5 3", "avgpool 3x3 stride 2 pad 1 include_pad");
  check_text ("6 6 2", "avgpool 3x3 stride 2 pad 1 ceil include_pad");
  check_text ("6 7 2", "avgpool 3x3 stride 3 ceil");
  check_text ("7 7 1", "avgpool 2x3 stride 2 dilation 2 pad 1 include_pad");
  check_text ("3 4 2", "gap");
}

static void
arithmetic (void)
{
  static const char *const names[] = { "add", "sub", "mul", "div" };
  for (int i = 0; i < 4; i++) {
    char text[160];
    snprintf (text, sizeof text, "sigmoid as y / from x / %s y", names[i]);
    check_text ("2 3 2", text);
    snprintf (text, sizeof text, "gap / sigmoid as y / from x / %s y", names[i]); /* one value a channel */
    check_text ("3 2 2", text);
    snprintf (text, sizeof text, "sigmoid as y / gap / sigmoid / %s y", names[i]); /* the left one is repeated */
    check_text ("3 2 2", text);
    snprintf (text, sizeof text, "conv 1 1x1 / sigmoid as y / from x / %s y", names[i]); /* one value a position */
    check_text ("3 2 3", text);
    nn_node node = { .op = (nn_op) (NN_OP_add + i), .n_in = 2 };
    check_node ("3 2 3", node, (nn_shape) { 1, 1, 3 });
    check_node ("3 2 3", node, (nn_shape) { 3, 2, 3 });
  }
  check_text ("2 2 2", "mul x");
  check_text ("2 2 2", "add x / add x / relu as y / add x / mul y"); /* many readers of a value */
}

static void
layout (void)
{
  check_text ("2 3 2", "relu as y / from x / conv 3 1x1 / concat y x");
  check_text ("2 3 2", "pad 1x2 / sigmoid");
  check_text ("2 3 2", "reshape 3 1 4 / gap");
  for (int axis = NN_AXIS_H; axis <= NN_AXIS_C; axis++) {
    check_node ("2 3 2", (nn_node) { .op = NN_OP_concat, .n_in = 2, .u.along.axis = (nn_axis) axis }, (nn_shape) { 0 });
    check_node ("2 3 4", (nn_node) { .op = NN_OP_softmax, .n_in = 1, .u.along.axis = (nn_axis) axis }, (nn_shape) { 0 });
  }
  check_text ("2 3 2", "resize 3x2 / conv 2 2x2");
  check_text ("3 2 2", "resize 2 linear / sigmoid");
  check_text ("2 2 2", "resize 2 as y / pad 1 / conv 2 3x3 stride 2 pad 0 / add x / resize 2 / add y"); /* a pyramid: up, and added */
  for (int grid = NN_GRID_ASYMMETRIC; grid <= NN_GRID_ALIGN_CORNERS; grid++)
    for (int mode = NN_RESIZE_NEAREST; mode <= NN_RESIZE_LINEAR; mode++) {
      nn_node node = { .op = NN_OP_resize, .n_in = 1, .u.resize = { .mode = (nn_resize_mode) mode, .grid = (nn_grid) grid, .round = NN_ROUND_PREFER_CEIL } };
      node.u.resize.scale_h = 1.5f, node.u.resize.scale_w = 0.6f;
      check_node ("3 4 2", node, (nn_shape) { 0 });
      node.u.resize.h = 2, node.u.resize.w = 7;
      check_node ("3 4 2", node, (nn_shape) { 0 });
    }
  check_node ("2 3 2", (nn_node) { .op = NN_OP_pad, .n_in = 1, .u.pad = { 0, 1, 2, 3, 0.5 } }, (nn_shape) { 0 });
  static const nn_axis orders[3][3] = { { NN_AXIS_C, NN_AXIS_H, NN_AXIS_W },
                                        { NN_AXIS_W, NN_AXIS_C, NN_AXIS_H },
                                        { NN_AXIS_H, NN_AXIS_C, NN_AXIS_W } };
  for (int i = 0; i < 3; i++) {
    nn_node node = { .op = NN_OP_permute, .n_in = 1 };
    memcpy (node.u.permute.axes, orders[i], sizeof node.u.permute.axes);
    check_node ("2 3 4", node, (nn_shape) { 0 });
  }
}

static void
softmax_inside_a_network (void)
{
  check_text ("2 2 3", "softmax / conv 2 1x1");
}

static void
dropout (void)
{
  check_text ("4 4 3", "dropout 0.3");
  check_text ("4 4 3", "maxpool 2x2 / dropout 0.5 / relu / dropout 0.2");
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (conv),
                                   TEST (automatic_and_uneven_pads),
                                   TEST (dense),
                                   TEST (batch_norm),
                                   TEST (element_wise),
                                   TEST (pools),
                                   TEST (arithmetic),
                                   TEST (layout),
                                   TEST (softmax_inside_a_network),
                                   TEST (dropout),
                                   { 0 } });
}
