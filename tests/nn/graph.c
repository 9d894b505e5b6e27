/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <limits.h>
#include <string.h>

static nn_graph *
graph_with_input (int h, int w, int c)
{
  nn_graph *graph = nn_graph_new ();
  nn_graph_add (graph, &(nn_node) { .op = NN_OP_input, .name = "x", .u.input.shape = { h, w, c } }, NULL);
  return graph;
}

static nn_node
conv_node (int k, int c, int kernel)
{
  nn_node node = { .op = NN_OP_conv, .n_in = 1, .u.conv = { .k = k, .c = c, .groups = 1 } };
  node.u.conv.window = (nn_window) { .kh = kernel, .kw = kernel, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1 };
  return node;
}

static void
names_every_operator (void)
{
  check (!strcmp (nn_op_name (NN_OP_conv), "conv"));
  check (!strcmp (nn_op_name (NN_OP_identity), "identity"));
  check (!strcmp (nn_op_name (NN_N_OPS), "unknown"));
}

static void
places_weights_one_after_another (void)
{
  nn_graph *graph = graph_with_input (8, 8, 3);
  nn_node conv = conv_node (4, 3, 3), bn = { .op = NN_OP_batch_norm, .n_in = 1, .in = { 1 }, .u.batch_norm = { 4, (nn_real) 1e-5 } };
  conv.u.conv.bias = true;
  check (nn_graph_add (graph, &conv, NULL) == 1);
  check (nn_graph_add (graph, &bn, NULL) == 2);
  check (graph->nodes[1].weights == 0 && graph->nodes[1].n_weights == 4 * 27 + 4);
  check (graph->nodes[2].weights == 112 && graph->nodes[2].n_weights == 16 && graph->n_weights == 128);
  check (nn_graph_find (graph, "conv_1") == 1 && nn_graph_find (graph, "nobody") == -1);
  nn_graph_free (graph);
}

static void
copies_all_but_the_memory (void)
{
  nn_graph *graph = nn_graph_parse ("input 8 8 1 / conv 4 3x3 as c / bn / relu / flatten / dense 3 / softmax", NULL);
  require (graph);
  nn_graph *copy = nn_graph_copy (graph);
  require (copy);
  check (copy->n_nodes == graph->n_nodes && copy->n_weights == graph->n_weights && copy->n_outputs == 1 && copy->outputs[0] == graph->outputs[0]);
  for (int i = 0; i < copy->n_nodes; i++) {
    check (!strcmp (copy->nodes[i].name, graph->nodes[i].name) && copy->nodes[i].name != graph->nodes[i].name);
    check (copy->nodes[i].op == graph->nodes[i].op && copy->nodes[i].weights == graph->nodes[i].weights);
  }
  nn_graph_free (graph);
  nn_graph_free (copy);
}

static void
finds_the_logits (void)
{
  nn_graph *graph = nn_graph_parse ("input 4 4 1 / flatten / dense 3 as logits / softmax", NULL);
  require (graph);
  check (nn_graph_logits (graph, 0) == nn_graph_find (graph, "logits"));
  nn_graph_free (graph);
  graph = nn_graph_parse ("input 4 4 1 / flatten / dense 3 as logits", NULL);
  require (graph);
  check (nn_graph_logits (graph, 0) == nn_graph_find (graph, "logits"));
  nn_graph_free (graph);
}

/* What ONNX's formulas give; ceil_mode's last window must start inside the input or the padding before it. */
static void
sizes_windows_as_onnx_does (void)
{
  static const struct {
    int in, kernel, stride, dilation, before, after;
    nn_auto_pad auto_pad;
    bool ceil_mode;
    int out, pad;
  } cases[] = {
    { 48, 3, 1, 1, 1, 1, NN_PAD_GIVEN, false, 48, 1 },      { 48, 3, 2, 1, 1, 1, NN_PAD_GIVEN, false, 24, 1 },
    { 48, 3, 2, 1, 0, 0, NN_PAD_SAME_UPPER, false, 24, 0 }, { 48, 3, 2, 1, 0, 0, NN_PAD_SAME_LOWER, false, 24, 1 },
    { 7, 2, 2, 1, 0, 0, NN_PAD_GIVEN, false, 3, 0 },        { 7, 2, 2, 1, 0, 0, NN_PAD_GIVEN, true, 4, 0 },
    { 4, 1, 4, 1, 0, 0, NN_PAD_GIVEN, true, 1, 0 },         { 5, 2, 3, 1, 1, 1, NN_PAD_GIVEN, true, 2, 1 },
    { 4, 2, 3, 1, 1, 1, NN_PAD_GIVEN, true, 2, 1 },         { 9, 3, 1, 2, 0, 0, NN_PAD_GIVEN, false, 5, 0 },
    { 9, 3, 1, 2, 0, 0, NN_PAD_SAME_UPPER, false, 9, 2 },   { 2, 3, 1, 1, 0, 0, NN_PAD_GIVEN, false, 0, 0 },
    { 3, 1, 4, 1, 0, 0, NN_PAD_SAME_UPPER, false, 1, 0 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nn_window window = { .kh = cases[i].kernel,          .kw = cases[i].kernel,          .stride_h = cases[i].stride, .stride_w = cases[i].stride,
                         .dilation_h = cases[i].dilation, .dilation_w = cases[i].dilation, .pad_top = cases[i].before,  .pad_left = cases[i].before,
                         .pad_bottom = cases[i].after,    .pad_right = cases[i].after,     .auto_pad = cases[i].auto_pad, .ceil_mode = cases[i].ceil_mode };
    int h, w, top, left;
    nn_window_size (&window, cases[i].in, cases[i].in, &h, &w, &top, &left);
    if (h != cases[i].out || w != cases[i].out || top != cases[i].pad || left != cases[i].pad)
      test_note ("case %zu: %d x %d, pads %d, %d", i, h, w, top, left);
    check (h == cases[i].out && w == cases[i].out && (h == 0 || (top == cases[i].pad && left == cases[i].pad)));
  }
}

static void
counts_multiplications (void)
{
  nn_graph *graph = nn_graph_parse ("input 48 48 1 / conv 24 3x3 / maxpool 2x2 / conv 48 3x3 groups 24 / flatten / dense 7", NULL);
  require (graph);
  nn_shape shapes[16];
  require (nn_graph_shapes (graph, 0, 0, shapes, NULL));
  int64_t sum = 0;
  for (int i = 0; i < graph->n_nodes; i++)
    sum += nn_node_macs (&graph->nodes[i], shapes[i]);
  check (nn_graph_macs (graph, shapes) == sum);
  check (sum == 48 * 48 * 24 * 9 + 24 * 24 * 48 * 9 + 7 * 24 * 24 * 48);
  nn_graph_free (graph);
}

static void
takes_the_input_size_from_the_caller (void)
{
  nn_graph *graph = graph_with_input (0, 0, 1);
  nn_node conv = conv_node (2, 1, 3);
  require (nn_graph_add (graph, &conv, NULL) == 1);
  nn_shape shapes[2];
  nn_error error;
  check (nn_graph_shapes (graph, 10, 20, shapes, &error) && shapes[1].h == 8 && shapes[1].w == 18 && shapes[1].c == 2);
  check (!nn_graph_shapes (graph, 0, 0, shapes, &error) && strstr (error.text, "node 'x' (input)"));
  check (!nn_graph_shapes (graph, 2, 20, shapes, &error) && strstr (error.text, "node 'conv_1' (conv)") && strstr (error.text, "2x20"));
  check (!nn_graph_shapes (graph, INT_MAX, INT_MAX, shapes, &error));
  check (!nn_graph_shapes (graph, -5, 20, shapes, &error));
  nn_graph_free (graph);
}

/* Adds node to a graph of an 8x8x3 input and a constant (1, 1, 3), and to no effect. */
static bool
refuses (nn_node node, const char *says)
{
  nn_graph *graph = graph_with_input (8, 8, 3);
  nn_error error = { "nothing" };
  nn_graph_add (graph, &(nn_node) { .op = NN_OP_constant, .name = "k", .u.constant.shape = { 1, 1, 3 } }, NULL);
  bool refused = nn_graph_add (graph, &node, &error) == -1 && graph->n_nodes == 2 && strstr (error.text, says);
  if (!refused)
    test_note ("%s", error.text);
  nn_graph_free (graph);
  return refused;
}

static void
refuses_hostile_nodes (void)
{
  nn_node conv = conv_node (4, 3, 3);
  check (refuses ((nn_node) { .op = (nn_op) 99 }, "unknown operator 99"));
  check (refuses ((nn_node) { .op = NN_OP_relu }, "0 inputs; expected 1 to 1"));
  check (refuses ((nn_node) { .op = NN_OP_relu, .n_in = 1, .in = { 2 } }, "input 0 is node 2"));
  check (refuses ((nn_node) { .op = NN_OP_relu, .n_in = 1, .in = { -1 } }, "input 0 is node -1"));
  check (refuses ((nn_node) { .op = NN_OP_relu, .n_in = 1, .in = { 1 } }, "reads a constant"));
  check (refuses ((nn_node) { .op = NN_OP_relu, .name = "x", .n_in = 1 }, "two nodes are named 'x'"));
  check (refuses ((nn_node) { .op = NN_OP_relu, .n_in = 1, .act = NN_ACT_RELU }, "fused activation"));
  check (refuses ((nn_node) { .op = NN_OP_input, .u.input.shape = { 1, 1, 1 } }, "a second input"));
  check (refuses ((nn_node) { .op = NN_OP_clip, .n_in = 1, .act_a = 2, .act_b = 1 }, "expected an interval"));
  check (refuses ((nn_node) { .op = NN_OP_leaky_relu, .n_in = 1, .act_a = NAN }, "expected numbers"));
  check (refuses ((nn_node) { .op = NN_OP_dropout, .n_in = 1, .u.dropout.rate = 1 }, "rate 1"));
  check (refuses ((nn_node) { .op = NN_OP_dense, .n_in = 1, .u.dense = { INT_MAX, INT_MAX, true } }, "weights"));
  check (refuses ((nn_node) { .op = NN_OP_constant, .u.constant.shape = { INT_MAX, INT_MAX, INT_MAX } }, "shape"));
  check (refuses ((nn_node) { .op = NN_OP_pad, .n_in = 1, .u.pad.left = -1 }, "pads"));
  check (refuses ((nn_node) { .op = NN_OP_reshape, .n_in = 1, .u.reshape.shape = { -1, -1, 3 } }, "at most one -1"));
  check (refuses ((nn_node) { .op = NN_OP_permute, .n_in = 1, .u.permute.axes = { 0, 1, 1 } }, "in some order"));
  check (refuses ((nn_node) { .op = NN_OP_softmax, .n_in = 1, .u.along.axis = (nn_axis) 7 }, "axis 7"));
  check (refuses ((nn_node) { .op = NN_OP_batch_norm, .n_in = 1, .u.batch_norm = { 3, NAN } }, "eps"));
  conv.u.conv.window.stride_h = 0;
  check (refuses (conv, "strides"));
  conv = conv_node (INT_MAX / 3 * 3, INT_MAX / 3 * 3, 1 << 15);
  check (refuses (conv, "weights"));
  conv = conv_node (4, 3, 3);
  conv.u.conv.groups = 2;
  check (refuses (conv, "groups"));
}

/* A chain that doubles its planes stops at the limit, before any size overflows. */
static void
refuses_tensors_without_bound (void)
{
  nn_graph *graph = graph_with_input (1024, 1024, 1);
  for (int i = 0; i < 40; i++)
    nn_graph_add (graph, &(nn_node) { .op = NN_OP_concat, .n_in = 2, .in = { i, i }, .u.along.axis = NN_AXIS_C }, NULL);
  nn_shape shapes[41];
  nn_error error;
  check (!nn_graph_shapes (graph, 0, 0, shapes, &error));
  check (strstr (error.text, "node 'concat_11' (concat)") && strstr (error.text, "2048") && strstr (error.text, "1073741824"));
  nn_graph_free (graph);
}

static void
holds_as_many_nodes_as_promised (void)
{
  nn_graph *graph = graph_with_input (1, 1, 1);
  nn_error error;
  for (int i = 1; i < NN_MAX_NODES; i++)
    check (nn_graph_add (graph, &(nn_node) { .op = NN_OP_relu, .n_in = 1, .in = { i - 1 } }, NULL) == i);
  check (nn_graph_add (graph, &(nn_node) { .op = NN_OP_relu, .n_in = 1 }, &error) == -1 && strstr (error.text, "more than 1024 nodes"));
  for (int i = 0; i < NN_MAX_OUTPUTS; i++)
    check (nn_graph_add_output (graph, i, NULL));
  check (!nn_graph_add_output (graph, 20, &error) && strstr (error.text, "more than 16 outputs"));
  check (!nn_graph_add_output (graph, -1, &error));
  nn_graph_free (graph);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (names_every_operator), TEST (places_weights_one_after_another), TEST (copies_all_but_the_memory),
                                   TEST (finds_the_logits), TEST (sizes_windows_as_onnx_does), TEST (counts_multiplications),
                                   TEST (takes_the_input_size_from_the_caller), TEST (refuses_hostile_nodes), TEST (refuses_tensors_without_bound),
                                   TEST (holds_as_many_nodes_as_promised), { 0 } });
}
