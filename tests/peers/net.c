/* SPDX-License-Identifier: MIT
 * net TEXT OUT.onnx: a network's text (docs/architecture.md) as an ONNX file with random weights, for engines that read no texts. */
#include "nn.h"

#include <stdio.h>
#include <stdlib.h>

static nn_model *
make (const char *path, nn_error *error)
{
  void *text;
  size_t size;
  if (!nn_file_read (path, 0, &text, &size, error))
    return NULL;
  nn_graph *graph = nn_graph_parse (text, error);
  free (text);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  if (model)
    nn_init_weights (graph, 1, model->weights);
  else
    nn_graph_free (graph);
  return model;
}

int
main (int argc, char **argv)
{
  nn_error error = { "usage: net TEXT OUT.onnx" };
  nn_model *model = argc == 3 ? make (argv[1], &error) : NULL;
  bool good = model && nn_model_save (model, argv[2], &error);
  if (!good)
    fprintf (stderr, "net: %s\n", error.text);
  nn_model_free (model);
  return !good;
}
