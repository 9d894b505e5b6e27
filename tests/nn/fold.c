/* SPDX-License-Identifier: MIT */
#include "fold.h"
#include "naive.h"
#include "test.h"

/* Folds text with the named nodes kept; NULL ends the names. */
static nn_folded
fold (const char *text, nn_graph **graph, nn_real **weights, const char *const *names)
{
  nn_folded folded = { 0 };
  nn_error error = { "" };
  *graph = nn_graph_parse (text, &error);
  *weights = NULL;
  if (*graph) {
    nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
    *weights = random_weights (&random, *graph);
    bool keep[NN_MAX_NODES] = { false };
    for (; names && *names; names++)
      keep[nn_graph_find (*graph, *names)] = true;
    nn_fold (*graph, *weights, keep, &folded, &error);
  }
  if (!folded.graph)
    test_note ("%s", error.text);
  return folded;
}

static int
count (const nn_graph *graph, nn_op op)
{
  int n = 0;
  for (int i = 0; i < graph->n_nodes; i++)
    n += graph->nodes[i].op == op;
  return n;
}

static void
done (nn_folded *folded, nn_graph *graph, nn_real *weights)
{
  nn_folded_clear (folded);
  nn_graph_free (graph);
  free (weights);
}

/* Every value that is still there is what it was. */
static void
check_values (const nn_graph *graph, const nn_real *weights, const nn_folded *folded)
{
  enum { N = 3 };
  nn_random random = nn_random_new (2, 0, 0, NN_FOR_TEST);
  nn_real *input = random_values (&random, N * nn_shape_count (graph->nodes[0].u.input.shape), -1, 1);
  naive before = naive_run (graph, weights, 0, 0, N, input), after = naive_run (folded->graph, folded->weights, 0, 0, N, input);
  for (int i = 0; i < graph->n_nodes; i++)
    for (size_t j = 0; folded->map[i] >= 0 && graph->nodes[i].op != NN_OP_constant && j < N * nn_shape_count (before.shapes[i]); j++)
      check_near (before.values[i][j], after.values[folded->map[i]][j], 4e-6);
  naive_free (&before);
  naive_free (&after);
  free (input);
}

static void
folds_batch_norm_into_conv_and_dense (void)
{
  nn_graph *graph;
  nn_real *weights;
  nn_folded folded = fold ("input 6 5 2 / conv 4 3x3 / bn / relu / dropout 0.3 / conv 6 3x3 groups 2 bias / bn / flatten / dense 9 nobias / bn / relu "
                           "/ dropout 0.5 / dense 7 / softmax",
                           &graph, &weights, NULL);
  require (folded.graph);
  static const nn_op ops[] = { NN_OP_input, NN_OP_conv, NN_OP_conv, NN_OP_reshape, NN_OP_dense, NN_OP_dense, NN_OP_softmax };
  require (folded.graph->n_nodes == 7);
  for (int i = 0; i < 7; i++)
    check (folded.graph->nodes[i].op == ops[i]);
  check (folded.graph->nodes[1].act == NN_ACT_RELU && folded.graph->nodes[2].act == NN_ACT_NONE && folded.graph->nodes[4].act == NN_ACT_RELU);
  check (folded.graph->nodes[1].u.conv.bias && folded.graph->nodes[4].u.dense.bias);
  check (!strcmp (folded.graph->nodes[6].name, "probabilities") && !strcmp (folded.graph->nodes[1].name, "relu_3"));

  check_values (graph, weights, &folded);
  done (&folded, graph, weights);
}

/* A value that is gone maps to -1, every other to the node that ends with it. */
static void
maps_original_nodes (void)
{
  nn_graph *graph;
  nn_real *weights;
  nn_folded folded = fold ("input 4 4 2 as x / conv 3 3x3 as c / bn as b / relu as r / dropout 0.1 as d / identity as i / gap as g", &graph, &weights, NULL);
  require (folded.graph);
  static const int map[] = { 0, -1, -1, 1, 1, 1, 2 };
  for (int i = 0; i < 7; i++)
    check (folded.map[i] == map[i]);
  done (&folded, graph, weights);
}

static void
leaves_kept_and_shared_values_alone (void)
{
  nn_graph *graph;
  nn_real *weights;
  static const char text[] = "input 4 4 2 / conv 3 3x3 as c / bn as b / relu as r / gap";
  nn_folded folded = fold (text, &graph, &weights, (const char *const[]) { "c", NULL });
  require (folded.graph);
  check (folded.map[1] == 1 && folded.map[2] == -1 && count (folded.graph, NN_OP_batch_norm) == 1 && count (folded.graph, NN_OP_relu) == 0);
  done (&folded, graph, weights);
  folded = fold (text, &graph, &weights, (const char *const[]) { "b", NULL });
  require (folded.graph);
  check (folded.map[1] == -1 && folded.map[2] == 1 && count (folded.graph, NN_OP_batch_norm) == 0 && count (folded.graph, NN_OP_relu) == 1);
  done (&folded, graph, weights);
  /* kept behind a dropout is kept too */
  folded = fold ("input 4 4 2 / conv 3 3x3 / dropout 0.1 as d / relu / gap", &graph, &weights, (const char *const[]) { "d", NULL });
  require (folded.graph);
  check (folded.map[2] == 1 && folded.graph->nodes[1].act == NN_ACT_NONE && count (folded.graph, NN_OP_relu) == 1);
  done (&folded, graph, weights);
  /* two readers */
  folded = fold ("input 4 4 2 / conv 3 3x3 as c / bn / add c / relu / gap", &graph, &weights, NULL);
  require (folded.graph);
  check (count (folded.graph, NN_OP_batch_norm) == 1 && count (folded.graph, NN_OP_relu) == 0);
  for (int i = 0; i < folded.graph->n_nodes; i++)
    check (folded.graph->nodes[i].act == (folded.graph->nodes[i].op == NN_OP_add ? NN_ACT_RELU : NN_ACT_NONE));
  done (&folded, graph, weights);
}

/* conv (x) + y is one node, of two convolutions the larger, wherever it stands; what follows the sum is fused behind it. */
static void
adds_in_the_convolution (void)
{
  static const struct {
    const char *text;
    int nodes;
    const char *host; /* name of the value that the sum ends with */
    int kh;
  } cases[] = {
    { "input 6 5 3 as x / conv 3 3x3 / bn / relu / conv 3 3x3 / bn / add x / relu as y / gap", 4, "y", 3 },
    { "input 6 5 3 as x / conv 8 1x1 / bn as skip / from x / conv 4 3x3 / relu / conv 8 3x3 / bn / add skip / relu as y", 4, "y", 3 },
    { "input 6 5 3 as x / conv 8 3x3 / bn as main / from x / conv 8 1x1 bias / bn / add main / leaky_relu 0.1 as y / conv 2 3x3", 4, "y", 3 },
    { "input 6 5 3 as x / conv 3 3x3 groups depthwise / add x as y", 2, "y", 3 },
    { "input 6 5 3 as x / conv 3 3x3 as c / add c as y", 3, NULL, 0 },           /* c has two readers */
    { "input 6 5 3 as x / conv 3 3x3 / relu / add x as y", 3, NULL, 0 },         /* the sum comes behind relu */
    { "input 6 5 3 as x / conv 3 1x1 / gap as g / from x / conv 3 3x3 / add g", 5, NULL, 0 }, /* g is repeated */
    { "input 6 5 3 as x / conv 3 3x3 / add x / bn as y", 3, "add_2", 3 },        /* the normalisation is of the sum */
    { "input 6 5 3 as x / conv 3 3x3 / add x / add x as y", 3, "add_2", 3 },     /* one addend */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nn_graph *graph;
    nn_real *weights;
    nn_folded folded = fold (cases[i].text, &graph, &weights, NULL);
    require (folded.graph);
    if (folded.graph->n_nodes != cases[i].nodes)
      test_note ("%s", cases[i].text);
    check (folded.graph->n_nodes == cases[i].nodes);
    for (int j = 0; j < folded.graph->n_nodes; j++) {
      const nn_node *node = &folded.graph->nodes[j];
      bool host = node->op == NN_OP_conv && node->n_in == 2;
      check (host == (cases[i].host && !strcmp (node->name, cases[i].host)));
      check (!host || node->u.conv.window.kh == cases[i].kh);
    }
    check_values (graph, weights, &folded);
    done (&folded, graph, weights);
  }
}

/* Sizes that are not known may be repeated. */
static void
adds_behind_an_input_of_any_size (void)
{
  nn_graph *graph = nn_graph_parse ("input 4 4 3 as x / conv 3 3x3 / add x", NULL);
  require (graph);
  graph->nodes[0].u.input.shape = (nn_shape) { .c = 3 };
  nn_real *weights = calloc (graph->n_weights, sizeof *weights);
  nn_folded folded;
  require (nn_fold (graph, weights, NULL, &folded, NULL));
  check (count (folded.graph, NN_OP_add) == 1);
  done (&folded, graph, weights);
}

/* Appends what the text form has no word for: an added constant. */
static int
add_constant (nn_graph *graph, int to, nn_shape shape, bool constant_first)
{
  int constant = nn_graph_add (graph, &(nn_node) { .op = NN_OP_constant, .u.constant.shape = shape }, NULL);
  return nn_graph_add (graph, &(nn_node) { .op = NN_OP_add, .n_in = 2, .in = { constant_first ? constant : to, constant_first ? to : constant } }, NULL);
}

/* MatMul + Add, as Keras writes a dense layer. */
static void
folds_constants_into_the_bias (void)
{
  nn_graph *graph = nn_graph_parse ("input 4 3 2 / conv 6 3x3", NULL);
  require (graph);
  int last = add_constant (graph, 1, (nn_shape) { 1, 1, 6 }, false);
  last = nn_graph_add (graph, &(nn_node) { .op = NN_OP_batch_norm, .n_in = 1, .in = { last }, .u.batch_norm = { 6, (nn_real) 1e-5 } }, NULL);
  last = add_constant (graph, last, (nn_shape) { 4, 3, 6 }, false); /* of each position: stays */
  last = nn_graph_add (graph, &(nn_node) { .op = NN_OP_dense, .n_in = 1, .in = { last }, .u.dense = { 5, 72, true } }, NULL);
  last = add_constant (graph, last, (nn_shape) { 1, 1, 5 }, true);
  last = nn_graph_add (graph, &(nn_node) { .op = NN_OP_relu, .n_in = 1, .in = { last } }, NULL);
  graph->outputs[0] = last;
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  nn_real *weights = random_weights (&random, graph);
  nn_folded folded;
  require (nn_fold (graph, weights, NULL, &folded, NULL));
  check (folded.graph->n_nodes == 5 && count (folded.graph, NN_OP_add) == 1 && count (folded.graph, NN_OP_constant) == 1);
  check (folded.graph->nodes[4].op == NN_OP_dense && folded.graph->nodes[4].act == NN_ACT_RELU);
  check_values (graph, weights, &folded);
  done (&folded, graph, weights);
}

/* ZeroPadding2D + Conv2D, as Keras writes a convolution of stride 2. */
static void
folds_zeros_into_the_window (void)
{
  static const struct {
    const char *text;
    int left;
  } cases[] = {
    { "input 6 5 3 / pad 1x2 / dropout 0.1 / conv 4 3x3 pad 0 stride 2 / bn / relu", 0 },
    { "input 6 5 3 / pad 2 / conv 3 3x2 pad 1x0 groups depthwise / relu / pad 1 / conv 2 1x1", 0 },
    { "input 6 5 3 / pad 1 / conv 4 3x3 pad same", 0 },               /* half a kernel: given */
    { "input 6 5 3 / pad 1 as p / conv 3 3x3 pad 0 / gap as g / from p / gap / add g", 1 }, /* two readers */
    { "input 6 5 3 / pad 1 / maxpool 2x2", 1 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nn_graph *graph;
    nn_real *weights;
    nn_folded folded = fold (cases[i].text, &graph, &weights, NULL);
    require (folded.graph);
    if (count (folded.graph, NN_OP_pad) != cases[i].left)
      test_note ("%s", cases[i].text);
    check (count (folded.graph, NN_OP_pad) == cases[i].left);
    check_values (graph, weights, &folded);
    done (&folded, graph, weights);
  }
  nn_graph *graph;
  nn_real *weights;
  nn_folded folded = fold ("input 6 5 3 / pad 1 as p / conv 4 3x3 pad 0", &graph, &weights, (const char *const[]) { "p", NULL });
  require (folded.graph);
  check (count (folded.graph, NN_OP_pad) == 1 && folded.map[1] == 1);
  done (&folded, graph, weights);
}

/* Only what a backward pass can undo from the value is fused, and only one of it. */
static void
fuses_what_can_be_differentiated (void)
{
  static const struct {
    const char *text;
    nn_op op;
    int left;
  } cases[] = {
    { "input 4 4 2 / conv 3 3x3 / hard_swish", NN_OP_hard_swish, 1 },   { "input 4 4 2 / conv 3 3x3 / leaky_relu -0.1", NN_OP_leaky_relu, 1 },
    { "input 4 4 2 / conv 3 3x3 / leaky_relu 0.1", NN_OP_leaky_relu, 0 }, { "input 4 4 2 / conv 3 3x3 / clip 0 6", NN_OP_clip, 0 },
    { "input 4 4 2 / dense 3 / sigmoid", NN_OP_sigmoid, 0 },              { "input 4 4 2 / dense 3 / hard_sigmoid", NN_OP_hard_sigmoid, 0 },
    { "input 4 4 2 / conv 3 3x3 / relu / relu", NN_OP_relu, 1 },          { "input 4 4 2 / maxpool 2x2 / relu", NN_OP_relu, 1 },
    { "input 4 4 2 / bn / relu", NN_OP_relu, 0 },                         { "input 4 4 2 / bn / hard_swish", NN_OP_hard_swish, 1 },
    { "input 4 4 2 / conv 3 3x3 / relu / bn", NN_OP_batch_norm, 1 },      { "input 4 4 2 as x / mul x / relu", NN_OP_relu, 1 },
    { "input 4 4 2 / conv 3 3x3 / bn / bn", NN_OP_batch_norm, 0 },        { "input 4 4 2 as x / add x / bn", NN_OP_batch_norm, 1 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nn_graph *graph;
    nn_real *weights;
    nn_folded folded = fold (cases[i].text, &graph, &weights, NULL);
    require (folded.graph);
    if (count (folded.graph, cases[i].op) != cases[i].left)
      test_note ("%s", cases[i].text);
    check (count (folded.graph, cases[i].op) == cases[i].left);
    done (&folded, graph, weights);
  }
}

static void
drops_what_nobody_needs (void)
{
  nn_graph *graph;
  nn_real *weights;
  nn_folded folded = fold ("input 4 4 2 as x / conv 3 3x3 as unused / relu\nfrom x / gap", &graph, &weights, NULL);
  require (folded.graph);
  check (folded.graph->n_nodes == 2 && folded.graph->n_weights == 0 && folded.map[1] == -1 && folded.map[2] == -1 && folded.map[3] == 1);
  done (&folded, graph, weights);
}

/* A normalisation of another width than its conv is somebody else's error: it is not folded out of bounds. */
static void
leaves_misfits_to_the_shape_rule (void)
{
  nn_graph *graph = nn_graph_parse ("input 4 4 2 / conv 8 3x3", NULL);
  require (graph);
  int bn = nn_graph_add (graph, &(nn_node) { .op = NN_OP_batch_norm, .n_in = 1, .in = { 1 }, .u.batch_norm = { 3, (nn_real) 1e-5 } }, NULL);
  graph->outputs[0] = bn;
  nn_real *weights = calloc (graph->n_weights, sizeof *weights);
  nn_folded folded;
  check (nn_fold (graph, weights, NULL, &folded, NULL) && count (folded.graph, NN_OP_batch_norm) == 1);
  done (&folded, graph, weights);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (folds_batch_norm_into_conv_and_dense), TEST (maps_original_nodes), TEST (leaves_kept_and_shared_values_alone),
                                   TEST (adds_in_the_convolution), TEST (adds_behind_an_input_of_any_size), TEST (folds_constants_into_the_bias), TEST (folds_zeros_into_the_window),
                                   TEST (fuses_what_can_be_differentiated), TEST (drops_what_nobody_needs), TEST (leaves_misfits_to_the_shape_rule),
                                   { 0 } });
}
