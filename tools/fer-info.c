/* SPDX-License-Identifier: MIT
 * fer-info: what a model file is and where it comes from; --set writes what a foreign file lacks, --half makes a file half as large. */
#include "common/command.h"
#include "common/network.h"
#include "common/trained.h"
#include "fer.h"
#include "info/plan.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN 14 /* where values begin */
#define WIDTH 110 /* of values that can be broken */

typedef struct options {
  char **sets, *cpu, *precision_name;
  gboolean plan, half;
  nn_precision precision;
  int n_files;
  char **files;
} options;

static const char description[] =
    "With --set, the ONNX file IN is copied to OUT with these entries of its metadata replaced or added, and otherwise byte for byte as it is.\n"
    "Once a file has fer.labels, fer.input and fer.crop, or fer.task and fer.input (docs/model-file.md), fer.version and the checksum are\n"
    "added. With --half, OUT has filters and matrices in half precision, rounded to nearest: half the size.\n\nExamples:\n"
    "  fer-info my.onnx\n"
    "  fer-info --plan --cpu avx2 my.onnx\n"
    "  fer-info --set 'fer.crop={\"scale\":1.2}' my.onnx other.onnx\n"
    "  fer-info --half my.onnx small.onnx";

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &o->sets, "set an entry of the metadata; may be repeated", "KEY=VALUE" },
    { "half", 0, 0, G_OPTION_ARG_NONE, &o->half, "store weights in half precision", NULL },
    { "plan", 'p', 0, G_OPTION_ARG_NONE, &o->plan, "how each layer is computed here", NULL },
    { "cpu", 0, 0, G_OPTION_ARG_STRING, &o->cpu, "--plan: kernel level (NN_CPU, else the best of this CPU)", "LEVEL" },
    { "precision", 0, 0, G_OPTION_ARG_STRING, &o->precision_name, "--plan: exact, full or fast (full)", "NAME" },
    { 0 },
  };
  if (!tool_read_options (entries, "MODEL | --plan MODEL | [--half] [--set KEY=VALUE] IN OUT - describe a model file", description, argc, argv,
                          error))
    return false;
  o->files = *argv + 1;
  o->n_files = *argc - 1;
  for (char **set = o->sets; set && *set; set++)
    if (**set == '=' || !strchr (*set, '='))
      return nn_fail (error, "--set %s: expected KEY=VALUE", *set);
  const bool copy = o->sets || o->half;
  if (copy && o->n_files != 2)
    return nn_fail (error, "%d files are named: --set and --half expect two, IN and OUT", o->n_files);
  if (!o->plan && (o->cpu || o->precision_name))
    return nn_fail (error, "--cpu and --precision are for --plan");
  if (o->plan && copy)
    return nn_fail (error, "--plan contradicts --set and --half");
  const int precision = nn_precision_of (o->precision_name ? o->precision_name : "full");
  if (precision < 0)
    return nn_fail (error, "--precision %s: expected exact, full or fast", o->precision_name);
  o->precision = (nn_precision) precision;
  if (!copy && o->n_files != 1)
    return nn_fail (error, "%d files are named: expected one model", o->n_files);
  return true;
}

/* ---- the network --------------------------------------------------------------------------------------------------------- */

/* 1234567 as "1,234,567". */
static char *
grouped (int64_t number)
{
  char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  GString *out = g_string_new (NULL);
  size_t n = strlen (digits);
  for (size_t i = 0; i < n; i++) {
    if (i && (n - i) % 3 == 0)
      g_string_append_c (out, ',');
    g_string_append_c (out, digits[i]);
  }
  g_free (digits);
  return g_string_free (out, FALSE);
}

static void
print_row (const char *name, const char *value)
{
  printf ("%-*s%s\n", COLUMN, name, value);
}

static void
print_operators (const nn_graph *graph)
{
  int counts[NN_N_OPS] = { 0 };
  for (int i = 0; i < graph->n_nodes; i++)
    counts[graph->nodes[i].op]++;
  GString *text = g_string_new (NULL);
  for (int op = 0; op < NN_N_OPS; op++)
    if (counts[op] && op != NN_OP_input)
      g_string_append_printf (text, "%s%s %d", text->len ? ", " : "", nn_op_name ((nn_op) op), counts[op]);
  print_row ("operators", text->str);
  g_string_free (text, TRUE);
}

/* size: side of the input where the graph leaves it open; 0: not known. */
static void
print_network (const nn_graph *graph, int size)
{
  nn_shape in = graph->nodes[0].u.input.shape;
  int h = in.h ? in.h : size, w = in.w ? in.w : size;
  print_operators (graph);
  char *weights = grouped ((int64_t) graph->n_weights);
  printf ("%-*s%s (%.2f MB as float32)\n", COLUMN, "parameters", weights, (double) graph->n_weights * 4e-6);
  g_free (weights);
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  if (h && w && nn_graph_shapes (graph, h, w, shapes, NULL)) {
    char *macs = grouped (nn_graph_macs (graph, shapes));
    printf ("%-*s%s for %dx%d pixels (multiplications of convolutions and dense layers)\n", COLUMN, "MACs", macs, w, h);
    g_free (macs);
  }
  g_free (shapes);
}

/* ---- what the file says of itself ---------------------------------------------------------------------------------------- */

static void
print_labels (const fer_model *model)
{
  GString *text = g_string_new (NULL);
  for (int i = 0; i < model->n_labels; i++)
    g_string_append_printf (text, "%s%s", i ? ", " : "", model->labels[i]);
  print_row ("labels", text->str);
  g_string_free (text, TRUE);
}

static void
print_crop (const fer_crop *crop)
{
  if (crop->per_image)
    printf ("%-*s%dx%d gray; each picture's mean is taken off and it is divided by its standard deviation (at least %g)\n", COLUMN, "input",
            crop->size, crop->size, (double) crop->sd_floor);
  else
    printf ("%-*s%dx%d gray; (x - %g) / %g of 0-255\n", COLUMN, "input", crop->size, crop->size, (double) crop->mean, (double) crop->sd);
  printf ("%-*ssquare of %g times the longer side of the face's box", COLUMN, "crop", (double) crop->scale);
  if (crop->dx != 0 || crop->dy != 0)
    printf (", moved by (%g, %g) of itself", (double) crop->dx, (double) crop->dy);
  printf ("%s\n", crop->roll ? ", turned upright by the eyes" : "");
}

/* text in the column of the values, broken behind blanks and semicolons. */
static void
print_wrapped (const char *name, const char *text)
{
  do {
    size_t length = strlen (text), cut = length;
    if (length > WIDTH)
      for (cut = WIDTH; cut > 1 && text[cut - 1] != ' ' && text[cut - 1] != ';';)
        cut--;
    if (cut <= 1 && length > 1) /* one long word */
      cut = length;
    printf ("%-*s%.*s\n", COLUMN, name, (int) cut, text);
    text += cut;
    name = "";
  } while (*text);
}

static void
print_member (const char *name, const char *key, JsonNode *node)
{
  char *text = tool_trained_text (node), *line = g_strdup_printf ("%s: %s", key, text);
  for (char *p = line; *p; p++)
    *p = g_ascii_iscntrl (*p) ? '?' : *p; /* nothing that steers a terminal */
  print_wrapped (name, line);
  g_free (line);
  g_free (text);
}

static void
print_terms (JsonObject *trained)
{
  JsonNode *node = trained ? json_object_get_member (trained, "data") : NULL;
  const char *data = node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  bool fer2013 = data && (g_str_has_prefix (data, "fer2013") || g_str_has_prefix (data, "icml_face_data"));
  printf ("%-*strained on %s%s\n", COLUMN, "terms", data ? data : "data that the file does not name",
          fer2013 ? ": FER-2013 (Goodfellow et al. 2013), pictures from the web, released for research" : "");
  print_row ("", "the file contains no picture; feremotion claims no right to it beyond its own contribution");
  print_row ("", "who uses it commercially must judge the terms of the data (models/LICENSE.md); the code's licence does not cover it");
}

static void
print_trained (const char *json)
{
  JsonNode *root = json ? json_from_string (json, NULL) : NULL;
  JsonObject *trained = root ? json_node_get_object (root) : NULL;
  GList *members = trained ? json_object_get_members (trained) : NULL;
  for (GList *m = members; m; m = m->next)
    print_member (m == members ? "trained" : "", m->data, json_object_get_member (trained, m->data));
  if (!members)
    print_row ("trained", "the file does not say how");
  g_list_free (members);
  print_terms (trained);
  g_clear_pointer (&root, json_node_unref);
}

static void
print_model (const char *path, const fer_model *model)
{
  printf ("%s\n", path);
  print_labels (model);
  print_crop (&model->crop);
  print_network (model->nn->graph, model->crop.size);
  const char *crc = nn_model_get (model->nn, "fer.weights_crc32");
  printf ("%-*s%s\n", COLUMN, "checksum", crc ? crc : "none");
  print_trained (model->trained);
}

/* A face finder of any family. */
static void
print_finder (const char *path, const fer_finder *finder, const nn_model *nn)
{
  const fer_finder_info *info = fer_finder_about (finder);
  const char *crc = nn_model_get (nn, "fer.weights_crc32");
  printf ("%s\n%-*sfinds faces; its outputs are those of %s\n", path, COLUMN, "task", info->family);
  if (info->width && info->height)
    printf ("%-*s%dx%d", COLUMN, "input", info->width, info->height);
  else
    printf ("%-*sany size", COLUMN, "input");
  printf (", gray%s; (x - %g) / %g of 0-255\n", info->channels > 1 ? " in each channel" : "", (double) info->mean, (double) info->sd);
  print_network (nn->graph, TOOL_FINDER_SIZE);
  printf ("%-*s%s\n", COLUMN, "checksum", crc ? crc : "none");
  print_trained (info->trained);
}

static bool
describe (const char *path, nn_error *error)
{
  nn_error why;
  fer_model *model = fer_model_load (path, &why);
  if (model) {
    print_model (path, model);
    fer_model_free (model);
    return tool_flush (error);
  }
  nn_model *nn = nn_model_load (path, error);
  if (!nn)
    return false;
  const char *task = nn_model_get (nn, "fer.task");
  fer_finder *finder = fer_finder_load (path, task && !strcmp (task, "faces") ? &why : NULL);
  if (finder) {
    print_finder (path, finder, nn);
    fer_finder_free (finder);
    nn_model_free (nn);
    return tool_flush (error);
  }
  bool foreign = !nn_model_get (nn, "fer.version");
  if (foreign) {
    printf ("%s\n", path);
    print_network (nn->graph, 0);
    printf ("%-*s%s\n", COLUMN, "feremotion", why.text);
  } else {
    *error = why;
  }
  nn_model_free (nn);
  return foreign && tool_flush (error);
}

/* ---- --set, --half ------------------------------------------------------------------------------------------------------- */

static bool
apply_sets (nn_model *nn, char *const *sets, nn_error *error)
{
  for (; sets && *sets; sets++) {
    char *key = g_strndup (*sets, (gsize) (strchr (*sets, '=') - *sets));
    bool good = nn_model_set (nn, key, strchr (*sets, '=') + 1) || nn_fail (error, "out of memory");
    g_free (key);
    if (!good)
      return false;
  }
  return true;
}

/* A file that says enough becomes one of ours. */
static bool
seal (nn_model *nn, nn_error *error)
{
  return !fer_model_sealable (nn) || fer_model_seal (nn, error);
}

/* The copy is read again before it is written: what fer-info makes can be run. */
static bool
check (const void *bytes, size_t size, const nn_model *nn, nn_error *error)
{
  if (!nn_model_get (nn, "fer.version"))
    return true;
  if (!strcmp (nn_model_get (nn, "fer.task"), "faces")) {
    fer_finder *finder = fer_finder_parse (bytes, size, error);
    fer_finder_free (finder);
    return finder != NULL;
  }
  fer_model *model = fer_model_parse (bytes, size, error);
  fer_model_free (model);
  return model != NULL;
}

/* The file written anew, with halves. */
static bool
halve (void **bytes, size_t *size, nn_error *error)
{
  nn_model *nn = nn_model_parse (*bytes, *size, error);
  void *out = NULL;
  const bool good = nn && nn_model_halve (nn, error) && nn_model_write (nn, &out, size, error);
  if (good) {
    free (*bytes);
    *bytes = out;
  }
  nn_model_free (nn);
  return good;
}

static bool
copy (const options *o, nn_error *error)
{
  void *bytes = NULL, *out = NULL;
  size_t size, out_size;
  if (!nn_file_read (o->files[0], 0, &bytes, &size, error))
    return false;
  nn_model *nn = !o->half || halve (&bytes, &size, error) ? nn_model_parse (bytes, size, error) : NULL;
  bool good = nn && apply_sets (nn, o->sets, error) && seal (nn, error)
              && nn_onnx_set_metas (bytes, size, nn->metas, nn->n_metas, &out, &out_size, error) && check (out, out_size, nn, error);
  if (good)
    good = nn_file_write (o->files[1], out, out_size, error);
  else
    nn_fail_prefix (error, o->files[0]);
  nn_model_free (nn);
  free (bytes);
  free (out);
  return good;
}

static bool
run (const options *o, nn_error *error)
{
  if (o->sets || o->half)
    return copy (o, error);
  return o->plan ? info_print_plan (o->files[0], o->cpu, o->precision, error) : describe (o->files[0], error);
}

int
main (int argc, char **argv)
{
  options o = { 0 };
  nn_error error = { "" };
  int status = TOOL_USAGE;
  if (read_options (&o, &argc, &argv, &error))
    status = run (&o, &error) ? TOOL_GOOD : TOOL_ERROR;
  g_strfreev (o.sets);
  g_free (o.cpu);
  g_free (o.precision_name);
  return tool_end ("fer-info", status, &error);
}
