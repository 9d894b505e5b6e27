/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <string.h>

static const char two_heads[] = "input 8 8 1\nconv 4 3x3 / bn / relu as trunk\ngap / dense 3 / softmax as first output\n"
                                "from trunk / conv 5 3x3 / relu / gap / dense 2 / softmax as second output\n";

static nn_model *
make_model (void)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse (two_heads, &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  test_note ("%s", error.text);
  if (model)
    nn_init_weights (graph, 1, model->weights);
  return model;
}

static void
run (const nn_model *model, int output, const float *image, float *p)
{
  nn_error error;
  nn_shape shape;
  nn_plan *plan = nn_plan_new (model->graph, model->weights, &(nn_plan_options) { .cpu = "ref" }, &error);
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .batch = 1 }, &error) : NULL;
  require (runner);
  nn_run (runner, 1, image);
  const nn_real *out = nn_runner_output (runner, output, &shape);
  memcpy (p, out, (size_t) shape.c * sizeof *p);
  nn_runner_free (runner);
  nn_plan_free (plan);
}

static void
a_cut_says_the_same (void)
{
  static const int n_nodes[] = { 7, 9 };
  nn_model *model = make_model ();
  float image[64];
  require (model);
  for (int i = 0; i < 64; i++)
    image[i] = (float) (i % 7) - 3;
  for (int output = 0; output < 2; output++) {
    nn_error error = { "" };
    float whole[3] = { 0 }, part[3] = { 0 };
    nn_model *cut = nn_model_cut (model, output, &error);
    require (cut);
    run (model, output, image, whole);
    run (cut, 0, image, part);
    check (!memcmp (whole, part, sizeof whole) && whole[0] > 0 && whole[0] < 1);
    check (cut->graph->n_outputs == 1 && cut->graph->n_nodes == n_nodes[output] && cut->graph->n_weights < model->graph->n_weights);
    check (!strcmp (cut->graph->nodes[cut->graph->outputs[0]].name, output ? "second" : "first"));
    nn_model_free (cut);
  }
  nn_model_free (model);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (a_cut_says_the_same), { 0 } });
}
