/* SPDX-License-Identifier: MIT */
#include "describe.h"
#include "embedded.h"

#include <glib.h>
#include <string.h>

/* The network must turn one grey picture of the input's size into one number per label. */
static bool
check_shapes (const fer_model *model, nn_error *error)
{
  const nn_graph *graph = model->nn->graph;
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  int size = model->crop.size, c = graph->nodes[0].u.input.shape.c;
  bool ok = graph->n_outputs >= 1 || nn_fail (error, "the network has no output");
  if (ok && c != 1)
    ok = nn_fail (error, "the network reads %d channels, fer.input gives 1 (gray)", c);
  ok = ok && nn_graph_shapes (graph, size, size, shapes, error);
  if (ok) {
    nn_shape out = shapes[graph->outputs[0]];
    if ((int64_t) out.h * out.w * out.c != model->n_labels)
      ok = nn_fail (error, "the network gives %dx%dx%d numbers, fer.labels has %d", out.h, out.w, out.c, model->n_labels);
  }
  g_free (shapes);
  return ok;
}

static fer_model *
new_model (nn_model *nn, nn_error *error)
{
  if (!nn)
    return NULL;
  fer_model *model = g_new0 (fer_model, 1);
  model->nn = nn;
  if (fer_describe_read (model, error) && check_shapes (model, error))
    return model;
  fer_model_free (model);
  return NULL;
}

fer_model *
fer_model_parse (const void *bytes, size_t size, nn_error *error)
{
  return new_model (nn_model_parse (bytes, size, error), error);
}

fer_model *
fer_model_load (const char *path, nn_error *error)
{
  fer_bytes bytes;
  if (!fer_bytes_read (&bytes, path, fer_embedded_model_start, fer_embedded_model_end, "model", error))
    return NULL;
  fer_model *model = fer_model_parse (bytes.data, bytes.size, error);
  fer_bytes_clear (&bytes);
  if (!model)
    nn_fail_prefix (error, path ? path : "embedded model");
  return model;
}

void
fer_model_free (fer_model *model)
{
  if (!model)
    return;
  nn_model_free (model->nn);
  for (int i = 0; i < model->n_labels; i++)
    g_free (model->labels[i]);
  g_free (model->trained);
  g_free (model);
}

void
fer_model_name (const char *path, char *name, size_t size)
{
  char *base = g_path_get_basename (path ? path : "embedded");
  if (g_str_has_suffix (base, ".onnx") && strlen (base) > strlen (".onnx"))
    base[strlen (base) - strlen (".onnx")] = 0;
  g_strlcpy (name, base, size);
  g_free (base);
}
