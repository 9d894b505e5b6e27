/* SPDX-License-Identifier: MIT
 * Reading ONNX from bytes that nobody can trust: every cut and every changed byte of a model is a named error or a model that runs; files
 * that nest, repeat and multiply stay within 64 MB and four times their size; each way to be wrong has its sentence. */
#include "nn.h"
#include "test.h"
#include "wire.h"

#include <malloc.h>
#include <string.h>

/* ---- memory -------------------------------------------------------------------------------------------------------------- */

static size_t live, peak, floor_; /* bytes in use, most of them since `floor_` was set */

/* The linker sends every allocation of the program here (meson.build: --wrap). */
void *__real_malloc (size_t size);
void *__real_calloc (size_t count, size_t size);
void *__real_realloc (void *old, size_t size);
char *__real_strdup (const char *text);
char *__real_strndup (const char *text, size_t size);
void __real_free (void *old);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t count, size_t size);
void *__wrap_realloc (void *old, size_t size);
char *__wrap_strdup (const char *text);
char *__wrap_strndup (const char *text, size_t size);
void __wrap_free (void *old);

static void *
count_in (void *memory)
{
  live += memory ? malloc_usable_size (memory) : 0;
  peak = live > peak ? live : peak;
  return memory;
}

void *
__wrap_malloc (size_t size)
{
  return count_in (__real_malloc (size));
}

void *
__wrap_calloc (size_t count, size_t size)
{
  return count_in (__real_calloc (count, size));
}

char *
__wrap_strdup (const char *text)
{
  return count_in (__real_strdup (text));
}

char *
__wrap_strndup (const char *text, size_t size)
{
  return count_in (__real_strndup (text, size));
}

/* Old and new exist together for a moment. */
void *
__wrap_realloc (void *old, size_t size)
{
  size_t before = old ? malloc_usable_size (old) : 0;
  void *memory = count_in (__real_realloc (old, size));
  live -= memory ? before : 0;
  return memory;
}

void
__wrap_free (void *old)
{
  live -= old ? malloc_usable_size (old) : 0;
  __real_free (old);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

/* Reads a copy of exactly that size and checks the budget; the error's sentence is checked to be one. */
static nn_model *
parse (const uint8_t *bytes, size_t size, nn_error *error)
{
  uint8_t *copy = malloc (size ? size : 1);
  memcpy (copy, bytes, size);
  error->text[0] = 0;
  floor_ = peak = live;
  nn_model *model = nn_model_parse (copy, size, error);
  size_t used = peak - floor_, limit = ((size_t) 64 << 20) + 4 * size;
  if (used > limit)
    test_note ("%zu bytes for a file of %zu", used, size);
  check (used <= limit);
  check (model ? !error->text[0] : error->text[0]);
  free (copy);
  return model;
}

/* Plans and runs what was read, unless it is large. */
static void
run_small (const nn_model *model)
{
  nn_shape shapes[NN_MAX_NODES], in = model->graph->nodes[0].u.input.shape;
  int h = in.h ? in.h : 8, w = in.w ? in.w : 8;
  int64_t numbers = 0;
  if (!nn_graph_shapes (model->graph, h, w, shapes, NULL) || nn_graph_macs (model->graph, shapes) > 1 << 20)
    return;
  for (int i = 0; i < model->graph->n_nodes; i++)
    numbers += (int64_t) shapes[i].h * shapes[i].w * shapes[i].c;
  if (numbers > 1 << 20)
    return;
  nn_plan *plan = nn_plan_new (model->graph, model->weights, NULL, NULL);
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .h = h, .w = w, .batch = 1 }, NULL) : NULL;
  nn_real *image = calloc ((size_t) h * (size_t) w * (size_t) in.c, sizeof *image);
  if (runner && image)
    nn_run (runner, 1, image);
  free (image);
  nn_runner_free (runner);
  nn_plan_free (plan);
}

#define N_SMALL 2
static const char *const small_texts[N_SMALL] = {
  "input 6 6 1 / conv 2 3x3 / bn / relu / maxpool 2x2 / dropout 0.2 / flatten / dense 3 / softmax",
  "input any any 1 / conv 2 3x3 stride 2 / relu as a output / conv 2 1x1 / resize 2 as b output / resize 2x1 linear / concat b output",
};

static nn_model *
small_model (int which)
{
  nn_graph *graph = nn_graph_parse (small_texts[which], NULL);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  if (model) {
    nn_init_weights (graph, 1, model->weights);
    nn_model_set (model, "fer.version", "1");
  }
  return model;
}

static bool
small_file (int which, uint8_t **bytes, size_t *size)
{
  nn_model *model = small_model (which);
  bool ok = model && nn_model_write (model, (void **) bytes, size, NULL);
  nn_model_free (model);
  return ok;
}

/* ---- cuts and changes ---------------------------------------------------------------------------------------------------- */

static void
cut_everywhere (int which)
{
  uint8_t *bytes;
  size_t size, whole = 0;
  nn_error error;
  require (small_file (which, &bytes, &size));
  for (size_t cut = 0; cut <= size; cut++) {
    nn_model *model = parse (bytes, cut, &error);
    whole += model != NULL;
    nn_model_free (model);
  }
  test_note ("%zu bytes, %zu of the cuts leave a model", size, whole);
  /* Behind the graph only the opset and the metadata are left: without an opset it is refused, without metadata it is whole. */
  check (whole == 2);
  free (bytes);
}

static void
every_cut_is_refused_or_whole (void)
{
  for (int i = 0; i < N_SMALL; i++)
    cut_everywhere (i);
}

static void
change_everywhere (int which)
{
  static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
  uint8_t *bytes;
  size_t size, models = 0, refused = 0;
  nn_error error;
  require (small_file (which, &bytes, &size));
  for (size_t at = 0; at < size; at++) {
    uint8_t old = bytes[at];
    for (size_t i = 0; i < sizeof values + 2; i++) {
      bytes[at] = i < sizeof values ? values[i] : (uint8_t) (old ^ (i == sizeof values ? 1 : 0x10));
      nn_model *model = parse (bytes, size, &error);
      if (model)
        run_small (model);
      *(model ? &models : &refused) += 1;
      nn_model_free (model);
    }
    bytes[at] = old;
  }
  test_note ("%zu changes leave a model, %zu are refused", models, refused);
  check (models > 100 && refused > 1000);
  free (bytes);
}

static void
every_changed_byte_is_refused_or_runs (void)
{
  for (int i = 0; i < N_SMALL; i++)
    change_everywhere (i);
}

/* ---- files by hand ------------------------------------------------------------------------------------------------------- */

/* ModelProto around a graph's fields. */
static bool
parse_graph (const nn_wire_out *graph, int64_t opset, nn_error *error)
{
  nn_wire_out file = { 0 };
  nn_wire_put_int (&file, 1, 8);
  nn_wire_put_bytes (&file, 7, graph->bytes, graph->size);
  size_t import = nn_wire_open (&file, 8);
  nn_wire_put_int (&file, 2, opset);
  nn_wire_close (&file, import);
  nn_model *model = parse (file.bytes, file.size, error);
  free (file.bytes);
  bool ok = model;
  nn_model_free (model);
  return ok;
}

static void
put_value (nn_wire_out *graph, uint32_t number, const char *name, int c)
{
  const int dims[4] = { 0, c, 8, 8 };
  size_t value = nn_wire_open (graph, number);
  nn_wire_put_string (graph, 1, name);
  size_t type = nn_wire_open (graph, 2), tensor = nn_wire_open (graph, 1);
  nn_wire_put_int (graph, 1, 1);
  size_t shape = nn_wire_open (graph, 2);
  for (int i = 0; i < 4; i++) {
    size_t dim = nn_wire_open (graph, 1);
    if (dims[i])
      nn_wire_put_int (graph, 1, dims[i]);
    nn_wire_close (graph, dim);
  }
  nn_wire_close (graph, shape);
  nn_wire_close (graph, tensor);
  nn_wire_close (graph, type);
  nn_wire_close (graph, value);
}

static void
put_node (nn_wire_out *graph, const char *op, const char *a, const char *b, const char *out)
{
  size_t node = nn_wire_open (graph, 1);
  nn_wire_put_string (graph, 1, a);
  if (b)
    nn_wire_put_string (graph, 1, b);
  nn_wire_put_string (graph, 2, out);
  nn_wire_put_string (graph, 4, op);
  nn_wire_close (graph, node);
}

static void
put_tensor (nn_wire_out *graph, const char *name, int type, const int64_t *dims, int rank, const void *raw, size_t size)
{
  size_t tensor = nn_wire_open (graph, 5);
  for (int i = 0; i < rank; i++)
    nn_wire_put_int (graph, 1, dims[i]);
  nn_wire_put_int (graph, 2, type);
  nn_wire_put_string (graph, 8, name);
  nn_wire_put_bytes (graph, 9, raw, size);
  nn_wire_close (graph, tensor);
}

/* A graph with input x (n, 1, 8, 8) and output y, to which nodes are added. */
static nn_wire_out
graph_of_x_and_y (void)
{
  nn_wire_out graph = { 0 };
  put_value (&graph, 11, "x", 1);
  put_value (&graph, 12, "y", 1);
  return graph;
}

static void
check_refused (nn_wire_out graph, int64_t opset, const char *sentence)
{
  nn_error error;
  bool read = parse_graph (&graph, opset, &error);
  if (read || !strstr (error.text, sentence))
    test_note ("\"%s\" instead of \"%s\"", read ? "a model" : error.text, sentence);
  check (!read && strstr (error.text, sentence));
  free (graph.bytes);
}

static void
each_way_to_be_wrong_has_its_sentence (void)
{
  const float one[4] = { 1, 1, 1, 1 }, odd[4] = { 1, NAN, 1, 1 }, endless[1] = { INFINITY };
  const int64_t scalar[4] = { 1, 1, 1, 1 }, huge[4] = { INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX }, four[4] = { 4, 1, 1, 1 };
  nn_wire_out g = graph_of_x_and_y ();
  put_node (&g, "Relu", "x", NULL, "y");
  nn_error error;
  check (parse_graph (&g, 13, &error));
  check_refused (g, 6, "opset 6, expected 7 to");
  g = graph_of_x_and_y ();
  put_node (&g, "Foo", "x", NULL, "y");
  check_refused (g, 13, "node \"y\": operator \"Foo\" is not supported");
  g = graph_of_x_and_y ();
  put_node (&g, "Relu", "x", NULL, "y");
  put_node (&g, "Relu", "x", NULL, "y");
  check_refused (g, 13, "\"y\": the name is given twice");
  g = graph_of_x_and_y ();
  put_node (&g, "Relu", "b", NULL, "a");
  put_node (&g, "Relu", "a", NULL, "b");
  check_refused (g, 13, "node \"a\" (Relu): input 0 (\"b\") is nothing that comes before it");
  g = graph_of_x_and_y ();
  put_node (&g, "Add", "x", "x", "z");
  check_refused (g, 13, "output \"y\": nothing");
  g = graph_of_x_and_y ();
  put_value (&g, 11, "second", 1);
  check_refused (g, 13, "two inputs (\"x\", \"second\")");
  g = graph_of_x_and_y ();
  put_tensor (&g, "w", 1, four, 4, odd, sizeof odd);
  put_node (&g, "Conv", "x", "w", "y");
  check_refused (g, 13, "node \"y\" (Conv): constant \"w\" has a number that is not finite at 1");
  g = graph_of_x_and_y ();
  put_tensor (&g, "w", 1, scalar, 1, endless, sizeof endless);
  put_node (&g, "Mul", "x", "w", "y");
  check_refused (g, 13, "not finite");
  g = graph_of_x_and_y ();
  put_tensor (&g, "w", 1, four, 4, one, sizeof one - 1);
  check_refused (g, 13, "initialiser \"w\": 15 raw bytes");
  g = graph_of_x_and_y ();
  put_tensor (&g, "w", 1, four, 3, one, 4);
  check_refused (g, 13, "initialiser \"w\": holds 1 elements, its dimensions say 4");
  g = graph_of_x_and_y ();
  put_tensor (&g, "w", 1, huge, 4, one, sizeof one);
  check_refused (g, 13, "initialiser \"w\": the product of its dimensions is beyond 2^63");
  g = graph_of_x_and_y ();
  put_tensor (&g, "w", 8, scalar, 1, one, 4);
  check_refused (g, 13, "initialiser \"w\": element type 8 is not supported");
  g = graph_of_x_and_y ();
  put_tensor (&g, "w", 11, scalar, 1, (double[]) { 1 }, 8);
  put_node (&g, "Mul", "x", "w", "y");
  check_refused (g, 13, "constant \"w\" has element type 11, expected float");
}

/* A node "y" = Relu (x) whose one attribute holds a field. */
static void
check_attribute_refused (uint32_t number, const char *sentence)
{
  nn_wire_out graph = graph_of_x_and_y ();
  size_t node = nn_wire_open (&graph, 1);
  nn_wire_put_string (&graph, 1, "x");
  nn_wire_put_string (&graph, 2, "y");
  nn_wire_put_string (&graph, 4, "Relu");
  size_t attribute = nn_wire_open (&graph, 5);
  nn_wire_put_string (&graph, 1, "body");
  nn_wire_put_bytes (&graph, number, "", 0);
  nn_wire_close (&graph, attribute);
  nn_wire_close (&graph, node);
  check_refused (graph, 13, sentence);
}

/* y = Resize (x) by n scales, or to n sizes, with one attribute that is a word or, without a word, the list of axes 2 and 3. */
static nn_wire_out
graph_of_resize (int n, const float *scales, const int64_t *sizes, const char *attribute, const char *word)
{
  const int64_t count = n;
  nn_wire_out graph = graph_of_x_and_y ();
  if (scales)
    put_tensor (&graph, "numbers", 1, &count, 1, scales, (size_t) n * sizeof *scales);
  else
    put_tensor (&graph, "numbers", 7, &count, 1, sizes, (size_t) n * sizeof *sizes);
  size_t node = nn_wire_open (&graph, 1);
  const char *const inputs[4] = { "x", "", scales ? "numbers" : "", "numbers" };
  for (int i = 0; i < (scales ? 3 : 4); i++)
    nn_wire_put_string (&graph, 1, inputs[i]);
  nn_wire_put_string (&graph, 2, "y");
  nn_wire_put_string (&graph, 4, "Resize");
  if (attribute) {
    size_t at = nn_wire_open (&graph, 5);
    nn_wire_put_string (&graph, 1, attribute);
    nn_wire_put_int (&graph, 20, word ? 3 : 7);
    if (word)
      nn_wire_put_string (&graph, 4, word);
    for (int i = 2; !word && i < 4; i++)
      nn_wire_put_int (&graph, 8, i);
    nn_wire_close (&graph, at);
  }
  nn_wire_close (&graph, node);
  return graph;
}

static void
resizing_to_nonsense_is_refused (void)
{
  static const struct {
    float scales[5];
    int n;
    const char *attribute, *word, *sentence;
  } by_scale[] = {
    { { 1, 1, NAN, 1 }, 4, NULL, NULL, "factors nan and 1" },
    { { 1, 1, 1, INFINITY }, 4, NULL, NULL, "factors 1 and inf" },
    { { 1, 1, 0, 1 }, 4, NULL, NULL, "factors 0 and 1" },
    { { 1, 1, -2, 2 }, 4, NULL, NULL, "factors -2 and 2" },
    { { 1, 1, 32768, 32768 }, 4, NULL, NULL, "elements" },
    { { 1, 1, 0.1f, 1 }, 4, NULL, NULL, "gives (0, 8, 1)" },
    { { 2, 1, 2, 1 }, 4, NULL, NULL, "not the batch" },
    { { 1, 2, 2, 2 }, 4, NULL, NULL, "only two axes" },
    { { 1, 1, 2, 2, 2 }, 5, NULL, NULL, "for a tensor of rank 4" },
    { { 2, 2 }, 2, NULL, NULL, "2 scales or sizes" },
    { { 1, 1, 2, 2 }, 4, "axes", NULL, "4 scales or sizes" },
    { { 1, 1, 2, 2 }, 4, "mode", "cubic", "mode \"cubic\" is not supported" },
    { { 1, 1, 2, 2 }, 4, "nearest_mode", "up", "nearest_mode \"up\" is not supported" },
    { { 1, 1, 2, 2 }, 4, "coordinate_transformation_mode", "tf_crop_and_resize", "\"tf_crop_and_resize\" is not supported" },
    { { 1, 1, 2, 2 }, 4, "keep_aspect_ratio_policy", "not_larger", "\"not_larger\" is not supported" },
  };
  static const struct {
    int64_t sizes[4];
    const char *sentence;
  } by_size[] = {
    { { 3, 1, 0, 8 }, "axis 2 is 0" },     { { 0, 1, 8, 8 }, "axis 0" },         { { 3, 1, 8, 8 }, "not the batch" }, { { 3, 3, 4, 4 }, "only two axes" },
    { { 3, 1, 1LL << 40, 8 }, "axis 2" }, { { 3, 1, INT64_MIN, 8 }, "axis 2" },
  };
  for (size_t i = 0; i < sizeof by_scale / sizeof *by_scale; i++)
    check_refused (graph_of_resize (by_scale[i].n, by_scale[i].scales, NULL, by_scale[i].attribute, by_scale[i].word), 18, by_scale[i].sentence);
  for (size_t i = 0; i < sizeof by_size / sizeof *by_size; i++)
    check_refused (graph_of_resize (4, NULL, by_size[i].sizes, NULL, NULL), 18, by_size[i].sentence);
  check_refused (graph_of_resize (2, NULL, (int64_t[]) { 1 << 20, 1 << 20 }, "axes", NULL), 18, "elements");
  nn_error error;
  nn_wire_out good = graph_of_resize (2, NULL, (int64_t[]) { 5, 9 }, "axes", NULL);
  check (parse_graph (&good, 18, &error));
  free (good.bytes);
}

static void
what_can_nest_is_refused (void)
{
  check_attribute_refused (6, "a subgraph) is not supported");
  check_attribute_refused (11, "a subgraph) is not supported");
  check_attribute_refused (22, "a sparse tensor) is not supported");
  check_attribute_refused (14, "a type) is not supported");
  check_attribute_refused (1, "attribute \"\" is not supported");
  nn_wire_out graph = graph_of_x_and_y ();
  nn_wire_put_bytes (&graph, 15, "", 0);
  check_refused (graph, 13, "a sparse initialiser) is not supported");
  graph = graph_of_x_and_y ();
  size_t tensor = nn_wire_open (&graph, 5);
  nn_wire_put_int (&graph, 2, 1);
  nn_wire_put_string (&graph, 8, "far");
  nn_wire_put_int (&graph, 14, 1);
  nn_wire_close (&graph, tensor);
  check_refused (graph, 13, "initialiser \"far\": its data lies outside of the file");
}

/* ---- files that multiply ------------------------------------------------------------------------------------------------- */

/* 300,000 nested messages, and as many empty ones in a row, of every kind that repeats. */
static void
nesting_and_repeating_stay_small (void)
{
  static const uint32_t numbers[] = { 1, 5, 11, 12, 13 };
  nn_error error;
  nn_wire_out deep = { 0 };
  size_t opened[2000];
  for (int i = 0; i < 2000; i++)
    opened[i] = nn_wire_open (&deep, i % 3 == 0 ? 1 : i % 3 == 1 ? 5 : 6);
  for (int i = 1999; i >= 0; i--)
    nn_wire_close (&deep, opened[i]);
  check (!parse_graph (&deep, 13, &error));
  free (deep.bytes);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    nn_wire_out graph = graph_of_x_and_y ();
    for (int j = 0; j < 300000; j++)
      nn_wire_put_bytes (&graph, numbers[i], "", 0);
    check (!parse_graph (&graph, 13, &error));
    free (graph.bytes);
  }
}

/* One weight of 4 MB behind a thousand convolutions would be 4 GB. */
static void
one_weight_for_many_nodes_stops_at_the_budget (void)
{
  const int64_t dims[4] = { 1 << 20, 1, 1, 1 };
  nn_error error;
  nn_wire_out graph = graph_of_x_and_y ();
  float *weight = calloc (1 << 20, sizeof *weight);
  put_tensor (&graph, "w", 1, dims, 4, weight, sizeof *weight << 20);
  for (int i = 0; i < 1000; i++) {
    char name[16];
    snprintf (name, sizeof name, "c%d", i);
    put_node (&graph, "Conv", "x", "w", name);
  }
  check (!parse_graph (&graph, 13, &error));
  check (strstr (error.text, "needs more memory than"));
  free (weight);
  free (graph.bytes);
}

/* 32 KB that say "four GB of zeros". */
static void
constants_from_nothing_stop_at_the_budget (void)
{
  const int64_t two = 2, dims[2] = { 32768, 32768 };
  nn_wire_out graph = graph_of_x_and_y ();
  put_tensor (&graph, "s", 7, &two, 1, dims, sizeof dims);
  put_node (&graph, "ConstantOfShape", "s", NULL, "c");
  check_refused (graph, 13, "needs more memory than");
}

static void
nodes_are_counted (void)
{
  for (int n = NN_MAX_NODES - 1; n <= NN_MAX_NODES; n++) {
    nn_error error;
    nn_wire_out graph = { 0 };
    char in[16] = "x", out[16];
    put_value (&graph, 11, "x", 1);
    for (int i = 0; i < n; i++) {
      snprintf (out, sizeof out, "v%d", i);
      put_node (&graph, "Relu", in, NULL, out);
      memcpy (in, out, sizeof in);
    }
    put_value (&graph, 12, in, 1);
    bool read = parse_graph (&graph, 13, &error);
    check (read == (n < NN_MAX_NODES));
    check (read || strstr (error.text, "more than 1024 nodes"));
    free (graph.bytes);
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (every_cut_is_refused_or_whole), TEST (every_changed_byte_is_refused_or_runs),
                                   TEST (each_way_to_be_wrong_has_its_sentence), TEST (what_can_nest_is_refused), TEST (resizing_to_nonsense_is_refused),
                                   TEST (nesting_and_repeating_stay_small), TEST (one_weight_for_many_nodes_stops_at_the_budget),
                                   TEST (constants_from_nothing_stop_at_the_budget), TEST (nodes_are_counted), { 0 } });
}
