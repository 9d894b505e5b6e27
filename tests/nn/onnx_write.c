/* SPDX-License-Identifier: MIT
 * Writing ONNX: what is written reads back as the same network, and the reference checker accepts it. */
#include "nn.h"
#include "test.h"

#include <string.h>
#include <unistd.h>

static const char seed[] = "input 48 48 1\n"
                           "conv 6 3x3 / bn / relu / conv 6 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "conv 8 3x3 / bn / relu / conv 8 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "conv 8 3x3 / bn / relu / conv 8 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "conv 8 3x3 / bn / relu / conv 8 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                           "flatten / dense 16 / bn / relu / dropout 0.5 / dense 7 / softmax";

/* Every operator that the text form knows, some of them in more than one form. */
static const char zoo[] = "input 20 18 3\n"
                          "pad 1x2 / conv 8 3x3 stride 2 bias / leaky_relu 0.1 as a\n"
                          "conv 8 3x3 groups depthwise / bn / clip 0 6 / conv 8 1x1 bias / hard_sigmoid 0.2 0.5 / mul a\n"
                          "avgpool 3x3 stride 1 pad same include_pad / sigmoid as b\n"
                          "from a / conv 8 3x3 dilation 2 pad 2 / hard_swish / add b / sub a / concat b a as joined\n"
                          "gap / dense 24 / relu as gate / from joined / mul gate / maxpool 3x3 stride 2 ceil / identity as last\n"
                          "gap / dense 24 / sigmoid as other / from last / mul other\n"
                          "resize 2 as large / avgpool 2x2 / resize 3x2 linear / avgpool 3x2 / add last\n"
                          "reshape 4 6 -1 / conv 5 3x3 / flatten / bn / dense 7 nobias / softmax";

/* Several outputs, at any size of the image. */
static const char pyramid[] = "input any any 1\n"
                              "conv 6 3x3 stride 2 / bn / relu as fine output / conv 8 3x3 stride 2 / bn / relu as coarse\n"
                              "conv 5 1x1 bias as map4 output / from coarse / resize 2 / conv 6 3x3 / resize 3x1 linear as map2 output\n"
                              "from coarse / gap / dense 3 / softmax output";

static const char dense_and_conv[] = "input 12 10 2\n"
                                     "conv 8 3x3 bias / bn / relu / conv 8 3x3 groups depthwise / conv 6 1x1 / maxpool 2x2 / flatten / dense 9 / dense 4 nobias";

/* Weights that are all different, positive variances among them. */
static nn_model *
model_of (const char *text, nn_error *error)
{
  nn_graph *graph = nn_graph_parse (text, error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  if (!model) {
    nn_graph_free (graph);
    return NULL;
  }
  nn_random random = nn_random_new (7, 0, 0, NN_FOR_TEST);
  nn_init_weights (graph, 7, model->weights);
  for (size_t i = 0; i < graph->n_weights; i++)
    model->weights[i] += (nn_real) (0.1f + 0.2f * nn_random_uniform (&random));
  return model;
}

/* The same bits on every machine: no library function of mathematics. */
static nn_model *
portable_model (const char *text, nn_error *error)
{
  nn_graph *graph = nn_graph_parse (text, error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  nn_random random = nn_random_new (3, 0, 0, NN_FOR_TEST);
  for (int i = 0; model && i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    bool statistics = node->op == NN_OP_batch_norm;
    for (size_t j = 0; j < node->n_weights; j++)
      model->weights[node->weights + j] = (nn_real) (statistics ? 0.5f + nn_random_uniform (&random) : 0.5f * nn_random_uniform (&random) - 0.25f);
  }
  return model;
}

/* An output for one image of uniform noise, of a size that the graph takes. */
static int
run_at (const nn_model *model, int h, int w, int output, nn_real *out, int limit, nn_error *error)
{
  nn_plan *plan = nn_plan_new (model->graph, model->weights, &(nn_plan_options) { .cpu = "ref" }, error);
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .h = h, .w = w, .batch = 1 }, error) : NULL;
  int count = -1;
  if (runner) {
    nn_shape in, shape;
    nn_random random = nn_random_new (11, 0, 0, NN_FOR_TEST);
    const nn_node *input = &model->graph->nodes[0];
    in = input->u.input.shape;
    size_t size = (size_t) (h ? h : in.h) * (size_t) (w ? w : in.w) * (size_t) in.c;
    nn_real *image = malloc (size * sizeof *image);
    for (size_t i = 0; i < size; i++)
      image[i] = (nn_real) nn_random_uniform (&random);
    nn_run (runner, 1, image);
    const nn_real *y = nn_runner_output (runner, output, &shape);
    count = shape.h * shape.w * shape.c;
    memcpy (out, y, sizeof *out * (size_t) (count < limit ? count : limit));
    free (image);
  }
  nn_runner_free (runner);
  nn_plan_free (plan);
  return count;
}

static int
run (const nn_model *model, nn_real *out, int limit, nn_error *error)
{
  return run_at (model, 0, 0, 0, out, limit, error);
}

static nn_model *
round_trip (const nn_model *model, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_model_write (model, &bytes, &size, error))
    return NULL;
  nn_model *again = nn_model_parse (bytes, size, error);
  free (bytes);
  return again;
}

static void
seed_comes_back_bit_for_bit (void)
{
  nn_error error = { "" };
  nn_model *model = model_of (seed, &error), *again = model ? round_trip (model, &error) : NULL;
  test_note ("%s", error.text);
  require (again);
  require (again->graph->n_weights == model->graph->n_weights);
  check (!memcmp (again->weights, model->weights, model->graph->n_weights * sizeof *model->weights));
  check (!strcmp (again->graph->nodes[again->graph->outputs[0]].name, "probabilities"));
  nn_real a[7], b[7];
  check (run (model, a, 7, &error) == 7 && run (again, b, 7, &error) == 7);
  for (int i = 0; i < 7; i++)
    check_near (a[i], b[i], 1e-6);
  nn_model_free (again);
  nn_model_free (model);
}

static void
every_operator_comes_back (void)
{
  nn_error error = { "" };
  nn_model *model = model_of (zoo, &error), *again = model ? round_trip (model, &error) : NULL;
  test_note ("%s", error.text);
  require (again);
  nn_real a[7], b[7];
  check (run (model, a, 7, &error) == 7 && run (again, b, 7, &error) == 7);
  for (int i = 0; i < 7; i++)
    check_near (a[i], b[i], 1e-6);
  nn_model_free (again);
  nn_model_free (model);
}

static void
outputs_come_back_by_name_at_any_size (void)
{
  static const char *const names[] = { "fine", "map4", "map2", "probabilities" };
  static const int sides[][2] = { { 8, 12 }, { 9, 11 }, { 40, 3 } };
  enum { LIMIT = 4000 };
  nn_real a[LIMIT], b[LIMIT];
  nn_error error = { "" };
  nn_model *model = model_of (pyramid, &error), *again = model ? round_trip (model, &error) : NULL;
  test_note ("%s", error.text);
  require (again && again->graph->n_outputs == 4);
  for (int i = 0; i < 4; i++) {
    check (!strcmp (again->graph->nodes[again->graph->outputs[i]].name, names[i]));
    for (int s = 0; s < 3; s++) {
      int n = run_at (model, sides[s][0], sides[s][1], i, a, LIMIT, &error);
      require (n > 0 && n <= LIMIT && run_at (again, sides[s][0], sides[s][1], i, b, LIMIT, &error) == n);
      for (int j = 0; j < n; j++)
        check_near (a[j], b[j], 1e-6);
    }
  }
  nn_model_free (again);
  nn_model_free (model);
}

/* A plan's graph, where convolutions add and activations are fused, is a model too. */
static void
folded_graph_comes_back (void)
{
  nn_error error = { "" };
  nn_model *model = model_of ("input 8 7 3 as x / conv 3 3x3 bias / bn / relu / conv 3 3x3 / add x / relu / bn / relu / gap / dense 7", &error);
  nn_plan *plan = model ? nn_plan_new (model->graph, model->weights, NULL, &error) : NULL;
  nn_graph *graph = plan ? nn_graph_copy (nn_plan_graph (plan)) : NULL;
  nn_model *folded = graph ? nn_model_new (graph) : NULL;
  require (folded);
  memcpy (folded->weights, nn_plan_weights (plan), graph->n_weights * sizeof *folded->weights);
  nn_model *again = round_trip (folded, &error);
  test_note ("%s", error.text);
  require (again);
  nn_real a[7], b[7];
  check (run (model, a, 7, &error) == 7 && run (again, b, 7, &error) == 7);
  for (int i = 0; i < 7; i++)
    check_near (a[i], b[i], 1e-5);
  nn_model_free (again);
  nn_model_free (folded);
  nn_plan_free (plan);
  nn_model_free (model);
}

static void
metadata_comes_back (void)
{
  nn_error error = { "" };
  nn_model *model = model_of (seed, &error);
  require (model && nn_model_set (model, "fer.version", "1") && nn_model_set (model, "fer.labels", "[\"angry\"]"));
  require (nn_model_set (model, "gone", "x") && nn_model_set (model, "fer.version", "2") && nn_model_set (model, "gone", NULL));
  nn_model *again = round_trip (model, &error);
  require (again);
  check (again->n_metas == 2);
  check (!strcmp (nn_model_get (again, "fer.version"), "2"));
  check (!strcmp (nn_model_get (again, "fer.labels"), "[\"angry\"]"));
  check (!nn_model_get (again, "gone"));
  nn_model_free (again);
  nn_model_free (model);
}

static void
metadata_is_set_in_place (void)
{
  nn_error error = { "" };
  nn_model *model = model_of (seed, &error);
  require (model && nn_model_set (model, "a", "1") && nn_model_set (model, "b", "2"));
  void *bytes, *set;
  size_t size, set_size;
  require (nn_model_write (model, &bytes, &size, &error));
  const nn_meta metas[] = { { (char *) "b", (char *) "3" }, { (char *) "a", NULL }, { (char *) "c", (char *) "4" } };
  require (nn_onnx_set_metas (bytes, size, metas, 3, &set, &set_size, &error));
  nn_model *again = nn_model_parse (set, set_size, &error);
  require (again);
  check (again->n_metas == 2 && !nn_model_get (again, "a"));
  check (!strcmp (nn_model_get (again, "b"), "3") && !strcmp (nn_model_get (again, "c"), "4"));
  check (!memcmp (again->weights, model->weights, model->graph->n_weights * sizeof *model->weights));
  free (set);
  check (!nn_onnx_set_metas (bytes, size - 1, metas, 3, &set, &set_size, &error));
  free (bytes);
  nn_model_free (again);
  nn_model_free (model);
}

/* onnx.checker with shape inference, by Debian's python3-onnx. */
static void
reference_checker_accepts (void)
{
  if (system ("/usr/bin/python3 -c 'import onnx' 2>/dev/null") != 0)
    skip ("/usr/bin/python3 has no onnx (package python3-onnx)");
  const char *const texts[] = { seed, zoo, pyramid };
  for (int i = 0; i < 3; i++) {
    nn_error error = { "" };
    char name[] = "/tmp/nn-onnx-XXXXXX", command[512];
    close (mkstemp (name));
    nn_model *model = model_of (texts[i], &error);
    require (model);
    check (nn_model_save (model, name, &error));
    snprintf (command, sizeof command,
              "/usr/bin/python3 -c 'import onnx, sys; m = onnx.load (sys.argv[1]); onnx.checker.check_model (m, True); "
              "assert m.opset_import[0].version == 13 and m.ir_version == 8; "
              "assert m.graph.input[0].type.tensor_type.shape.dim[0].dim_param == \"n\"' %s",
              name);
    check (system (command) == 0);
    unlink (name);
    nn_model_free (model);
  }
}

/* The files that ONNX Runtime ran: tests/nn/onnx_read.c compares what it made of them. NN_RECORD in the environment writes them anew. */
static void
writes_what_onnx_runtime_ran (void)
{
  static const struct {
    const char *file, *text;
    bool half;
  } written[] = {
    { "written_seed.onnx", seed, false },
    { "written_zoo.onnx", zoo, false },
    { "written_pyramid.onnx", pyramid, false },
    { "written_half.onnx", dense_and_conv, true },
  };
  for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
    nn_error error = { "" };
    char path[512];
    void *bytes, *recorded;
    size_t size, recorded_size;
    snprintf (path, sizeof path, TEST_SOURCE_ROOT "/tests/data/onnx/%s", written[i].file);
    nn_model *model = portable_model (written[i].text, &error);
    require (model && (!written[i].half || nn_model_halve (model, &error)) && nn_model_write (model, &bytes, &size, &error));
    if (getenv ("NN_RECORD"))
      check (nn_file_write (path, bytes, size, &error));
    require (nn_file_read (path, 0, &recorded, &recorded_size, &error));
    check (size == recorded_size && !memcmp (bytes, recorded, size));
    free (recorded);
    free (bytes);
    nn_model_free (model);
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (seed_comes_back_bit_for_bit), TEST (every_operator_comes_back),
                                   TEST (outputs_come_back_by_name_at_any_size), TEST (folded_graph_comes_back), TEST (metadata_comes_back),
                                   TEST (metadata_is_set_in_place), TEST (writes_what_onnx_runtime_ran),
                                   TEST (reference_checker_accepts), { 0 } });
}
