/* SPDX-License-Identifier: MIT
 * Reading ONNX: every model of tests/data/onnx gives what ONNX Runtime gave (recorded.txt, by onnx_record.mjs), as it is and after it was
 * written by us and read again. So do other people's face detectors, where they are at hand. */
#include "nn.h"
#include "test.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#define FOLDER TEST_SOURCE_ROOT "/tests/data/onnx/"
#define MAX_NUMBERS (1 << 21)

/* ---- recorded.txt -------------------------------------------------------------------------------------------------------- */

typedef struct tensor {
  int rank, dims[4], count;
  int every; /* number i is recorded if every divides it */
  float *numbers;
} tensor;

typedef struct record {
  char name[64];
  tensor input, outputs[NN_MAX_OUTPUTS];
  int n_outputs;
} record;

static bool
read_dims (char *line, tensor *out)
{
  *out = (tensor) { .count = 1, .every = 1 };
  for (char *word = strtok (line, " \n"); word; word = strtok (NULL, " \n")) {
    if (!strcmp (word, "every"))
      return (word = strtok (NULL, " \n")) && (out->every = atoi (word)) > 0;
    if (out->rank == 4)
      return false;
    out->dims[out->rank] = atoi (word);
    out->count *= out->dims[out->rank++];
  }
  return out->count > 0 && out->count <= MAX_NUMBERS;
}

static int
recorded_count (const tensor *it)
{
  return (it->count + it->every - 1) / it->every;
}

static bool
read_numbers (FILE *file, tensor *out)
{
  int count = recorded_count (out);
  out->numbers = malloc ((size_t) count * sizeof *out->numbers);
  for (int i = 0; i < count; i++)
    if (fscanf (file, "%f", &out->numbers[i]) != 1)
      return false;
  return fgetc (file) == '\n';
}

static void
clear (record *it)
{
  free (it->input.numbers);
  for (int i = 0; i < it->n_outputs; i++)
    free (it->outputs[i].numbers);
  *it = (record) { 0 };
}

/* The next model's lines; it starts with the name that the one before stopped at. */
static bool
read_record (FILE *file, record *it, char *pending, size_t size)
{
  clear (it);
  if (!pending[0] && !fgets (pending, (int) size, file))
    return false;
  if (sscanf (pending, "model %63s", it->name) != 1 || !fgets (pending, (int) size, file) || strncmp (pending, "input ", 6)
      || !read_dims (pending + 6, &it->input))
    return false;
  while (fgets (pending, (int) size, file)) {
    if (strncmp (pending, "output ", 7))
      return true;
    tensor *output = &it->outputs[it->n_outputs++];
    if (!read_dims (pending + 7, output) || !read_numbers (file, output))
      return false;
  }
  pending[0] = 0;
  return true;
}

/* ---- layout -------------------------------------------------------------------------------------------------------------- */

/* The record's number for memory position (n, h, w, c): planes of a file whose image is (n, c, h, w) have their channels second. */
static size_t
recorded_index (const tensor *t, bool channels_last, int n, int h, int w, int c, nn_shape shape)
{
  if (t->rank == 4 && !channels_last)
    return (((size_t) n * (size_t) shape.c + (size_t) c) * (size_t) shape.h + (size_t) h) * (size_t) shape.w + (size_t) w;
  return (((size_t) n * (size_t) shape.h + (size_t) h) * (size_t) shape.w + (size_t) w) * (size_t) shape.c + (size_t) c;
}

static nn_real *
image_of (const tensor *input, bool channels_last, nn_shape *shape)
{
  const int *d = input->dims;
  *shape = channels_last ? (nn_shape) { d[1], d[2], d[3] } : (nn_shape) { d[2], d[3], d[1] };
  nn_real *image = malloc ((size_t) input->count * sizeof *image), *at = image;
  for (int n = 0; n < d[0]; n++)
    for (int h = 0; h < shape->h; h++)
      for (int w = 0; w < shape->w; w++)
        for (int c = 0; c < shape->c; c++) {
          uint32_t i = (uint32_t) recorded_index (input, channels_last, n, h, w, c, *shape);
          *at++ = (nn_real) (((i + 1) * 2654435761u) >> 8) / 16777216;
        }
  return image;
}

/* Largest difference to the record, as a share of the largest number, or of 0.1: ONNX Runtime's sigmoid goes in steps of 3e-8 where it is near 0. */
static double
difference (const tensor *expected, bool channels_last, const nn_real *y, nn_shape shape)
{
  double largest = 0.1, worst = 0;
  for (int i = 0; i < recorded_count (expected); i++) {
    double number = fabs ((double) expected->numbers[i]);
    largest = number > largest ? number : largest;
  }
  for (int n = 0; n < expected->dims[0]; n++)
    for (int h = 0; h < shape.h; h++)
      for (int w = 0; w < shape.w; w++)
        for (int c = 0; c < shape.c; c++, y++) {
          size_t i = recorded_index (expected, channels_last, n, h, w, c, shape), every = (size_t) expected->every;
          if (i % every == 0)
            worst = test_worse (worst, fabs ((double) *y - (double) expected->numbers[i / every]));
        }
  return isfinite (worst) ? worst / largest : HUGE_VAL;
}

/* ---- running ------------------------------------------------------------------------------------------------------------- */

/* Whether the file's image is (n, h, w, c): then its channels are the record's last dimension and not its second. */
static bool
is_channels_last (const nn_model *model, const tensor *input)
{
  nn_shape shape = model->graph->nodes[0].u.input.shape;
  return shape.c == input->dims[3] && (shape.h == input->dims[1] || !shape.h) && shape.c != input->dims[1];
}

static bool
equals_record (const nn_model *model, const record *it, bool channels_last, const char *when, double *worst)
{
  nn_error error = { "" };
  nn_shape in, shape;
  nn_real *image = image_of (&it->input, channels_last, &in);
  nn_plan *plan = nn_plan_new (model->graph, model->weights, NULL, &error);
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .h = in.h, .w = in.w, .batch = it->input.dims[0] }, &error) : NULL;
  bool ok = runner && model->graph->n_outputs == it->n_outputs;
  if (ok)
    nn_run (runner, it->input.dims[0], image);
  for (int i = 0; ok && i < it->n_outputs; i++) {
    const nn_real *y = nn_runner_output (runner, i, &shape);
    ok = it->input.dims[0] * shape.h * shape.w * shape.c == it->outputs[i].count;
    double d = ok ? difference (&it->outputs[i], channels_last, y, shape) : HUGE_VAL;
    if (d > 1e-5)
      test_note ("%s (%s): output %d differs by %.2g of its largest number", it->name, when, i, d);
    ok &= d <= 1e-5;
    *worst = test_worse (*worst, d);
  }
  if (error.text[0])
    test_note ("%s (%s): %s", it->name, when, error.text);
  nn_runner_free (runner);
  nn_plan_free (plan);
  free (image);
  return ok;
}

/* Written and read again: the same weights, unless something was turned around in memory, and the same numbers. */
static bool
survives_writing (const nn_model *model, const record *it, bool channels_last, double *worst)
{
  nn_error error = { "" };
  void *bytes;
  size_t size;
  nn_model *again = NULL;
  if (nn_model_write (model, &bytes, &size, &error)) {
    again = nn_model_parse (bytes, size, &error);
    free (bytes);
  }
  bool ok = again, permuted = false;
  if (!ok)
    test_note ("%s (written): %s", it->name, error.text);
  for (int i = 0; i < model->graph->n_nodes; i++)
    permuted |= model->graph->nodes[i].op == NN_OP_permute || model->graph->nodes[i].op == NN_OP_reshape;
  if (ok && !permuted) {
    ok = again->graph->n_weights == model->graph->n_weights
         && !memcmp (again->weights, model->weights, model->graph->n_weights * sizeof *model->weights);
    if (!ok)
      test_note ("%s (written): other weights", it->name);
  }
  /* What we write has its channels second; its planes lie in memory as before. */
  ok = ok && equals_record (again, it, channels_last, "written", worst);
  nn_model_free (again);
  return ok;
}

/* All models of a record, which lie in folder; returns how many. */
static int
equal_records (const char *recorded, const char *folder)
{
  char pending[1024] = "";
  record it = { 0 };
  double worst = 0, worst_written = 0;
  int n = 0;
  FILE *file = fopen (recorded, "r");
  check (file);
  for (; file && read_record (file, &it, pending, sizeof pending); n++) {
    char path[512];
    nn_error error = { "" };
    snprintf (path, sizeof path, "%s/%s.onnx", folder, it.name);
    nn_model *model = nn_model_load (path, &error);
    if (!model)
      test_note ("%s", error.text);
    check (model);
    if (!model)
      continue;
    bool channels_last = is_channels_last (model, &it.input);
    check (equals_record (model, &it, channels_last, "read", &worst));
    check (survives_writing (model, &it, channels_last, &worst_written));
    nn_model_free (model);
  }
  check (file && feof (file));
  clear (&it);
  if (file)
    fclose (file);
  test_note ("%d models, largest difference %.2g, after writing %.2g", n, worst, worst_written);
  return n;
}

static int n_records;

static void
equals_onnx_runtime (void)
{
  n_records = equal_records (FOLDER "recorded.txt", FOLDER);
}

/* YuNet and UltraFace: resized, added and concatenated maps, and a dozen outputs. */
static void
face_detectors_equal_onnx_runtime (void)
{
  const char *folder = getenv ("PEER_MODELS");
  folder = folder ? folder : TEST_SOURCE_ROOT "/../shared/peers";
  if (access (folder, R_OK))
    skip ("YuNet and UltraFace are not there: set PEER_MODELS to their folder");
  check (equal_records (FOLDER "recorded_peers.txt", folder) == 3);
}

static void
every_model_is_recorded (void)
{
  int files = 0;
  DIR *folder = opendir (FOLDER);
  require (folder);
  for (struct dirent *entry; (entry = readdir (folder));)
    files += strstr (entry->d_name, ".onnx") != NULL;
  closedir (folder);
  check (files == n_records && files > 100);
}

/* ---- absorbed orders ----------------------------------------------------------------------------------------------------- */

static int
count_ops (const char *name, nn_op op)
{
  char path[512];
  snprintf (path, sizeof path, "%s%s.onnx", FOLDER, name);
  nn_model *model = nn_model_load (path, NULL);
  int n = model ? 0 : -1;
  for (int i = 0; model && i < model->graph->n_nodes; i++)
    n += model->graph->nodes[i].op == op;
  nn_model_free (model);
  return n;
}

/* Where orders cancel, or a dense layer's columns take them up, nothing is left to move at run time. */
static void
orders_cancel (void)
{
  static const char *const free_of_moves[]
      = { "net_vgg_torch", "net_vgg_torch_shape", "net_vgg_keras", "net_resnet18", "net_mobilenet2_torch", "net_mobilenet2_keras",
          "net_xception_keras", "net_ferplus", "flatten_gemm_open", "gap_gemm_open", "transpose_there_and_back", "reshape_back", "transpose_gemm" };
  for (size_t i = 0; i < sizeof free_of_moves / sizeof *free_of_moves; i++) {
    test_note ("%s", free_of_moves[i]);
    check (count_ops (free_of_moves[i], NN_OP_permute) == 0);
    check (count_ops (free_of_moves[i], NN_OP_reshape) == 0);
  }
  check (count_ops ("transpose_real", NN_OP_permute) == 1);
  check (count_ops ("flatten", NN_OP_permute) == 1);
}

/* An output is found by the name that the file gives it, whatever became of the operator that it names. */
static void
outputs_have_their_names (void)
{
  static const char *const names[] = { "score_4", "box_4", "score_8", "box_8" };
  nn_model *model = nn_model_load (FOLDER "net_face_finder.onnx", NULL);
  require (model && model->graph->n_outputs == 6);
  for (int i = 0; i < 4; i++)
    check (nn_graph_find (model->graph, names[i]) == model->graph->outputs[i]);
  check (count_ops ("net_face_finder", NN_OP_permute) == 0);
  nn_model_free (model);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (equals_onnx_runtime), TEST (face_detectors_equal_onnx_runtime), TEST (every_model_is_recorded), TEST (orders_cancel),
                                   TEST (outputs_have_their_names), { 0 } });
}
