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

  nn_random random = nn_random_new (2, 0, 0, NN_FOR_TEST);
  nn_real *input = random_values (&random, 3 * 6 * 5 * 2, -1, 1);
  naive before = naive_run (graph, weights, 0, 0, 3, input), after = naive_run (folded.graph, folded.weights, 0, 0, 3, input);
  for (int i = 0; i < graph->n_nodes; i++)
    for (size_t j = 0; folded.map[i] >= 0 && j < 3 * nn_shape_count (before.shapes[i]); j++)
      check_near (before.values[i][j], after.values[folded.map[i]][j], 2e-6);
  naive_free (&before);
  naive_free (&after);
  free (input);
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
  check (folded.map[1] == 1 && count (folded.graph, NN_OP_batch_norm) == 1 && count (folded.graph, NN_OP_relu) == 1);
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
    { "input 4 4 2 / conv 3 3x3 / relu / bn", NN_OP_batch_norm, 1 },      { "input 4 4 2 as x / mul x / relu", NN_OP_relu, 1 },
    { "input 4 4 2 / conv 3 3x3 / bn / bn", NN_OP_batch_norm, 1 },        { "input 4 4 2 as x / add x / bn", NN_OP_batch_norm, 1 },
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
                                   TEST (fuses_what_can_be_differentiated), TEST (drops_what_nobody_needs), TEST (leaves_misfits_to_the_shape_rule),
                                   { 0 } });
}
