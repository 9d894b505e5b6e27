/* SPDX-License-Identifier: MIT
 * fer-ranges: tells a model how large its values become, so that it can run with precision fast. */
#include "common/command.h"
#include "common/dataset.h"
#include "common/ranges.h"

#include <fer/fer.h>
#include <stdio.h>
#include <stdlib.h>

static const char description[] =
    "Training faces of FER-2013 go through the model, and the range of each node's values is written into a copy of its file (fer.ranges). Everything\n"
    "else in the file stays as it is, byte for byte.\n\nExample:\n"
    "  fer-ranges --data fer2013.csv my.onnx my-fast.onnx";

typedef struct options {
  char *data;
  int faces;
  const char *in, *out;
} options;

static bool
read_options (options *o, int *argc, char ***argv, nn_error *error)
{
  const GOptionEntry entries[] = {
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &o->data, "fer2013.csv or icml_face_data.csv, plain or compressed, or a folder", "FILE|FOLDER" },
    { "faces", 'n', 0, G_OPTION_ARG_INT, &o->faces, "Training faces that are looked at, spread over all (512)", "N" },
    { 0 },
  };
  if (!tool_read_options (entries, "IN.onnx OUT.onnx - fit ranges for precision fast", description, argc, argv, error))
    return false;
  if (*argc != 3)
    return nn_fail (error, "%d files are named: expected the model and the file to write", *argc - 1);
  if (!o->data)
    return nn_fail (error, "--data is missing: expected a FER-2013 CSV file or a folder");
  if (o->faces < 1)
    return nn_fail (error, "--faces %d: expected 1 or more", o->faces);
  o->in = (*argv)[1];
  o->out = (*argv)[2];
  return true;
}

static bool
write_ranges (const options *o, const void *bytes, size_t size, nn_error *error)
{
  fer_model *model = fer_model_parse (bytes, size, error);
  nn_dataset *data = model ? tool_load_dataset (o->data, error) : NULL;
  char *text = data ? tool_fit_ranges (model->nn, &model->crop, data, o->faces, error) : NULL;
  void *out = NULL;
  size_t out_size;
  bool good = text && nn_onnx_set_metas (bytes, size, &(nn_meta) { .key = NN_RANGES_KEY, .value = text }, 1, &out, &out_size, error)
              && nn_file_write (o->out, out, out_size, error);
  free (out);
  free (text);
  nn_dataset_free (data);
  fer_model_free (model);
  return good;
}

static bool
run (const options *o, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (o->in, 0, &bytes, &size, error))
    return false;
  bool good = write_ranges (o, bytes, size, error);
  free (bytes);
  return good;
}

int
main (int argc, char **argv)
{
  options o = { .faces = TOOL_RANGES_FACES };
  nn_error error = { "" };
  int status = !read_options (&o, &argc, &argv, &error) ? TOOL_USAGE : run (&o, &error) ? TOOL_GOOD : TOOL_ERROR;
  g_free (o.data);
  return tool_end ("fer-ranges", status, &error);
}
