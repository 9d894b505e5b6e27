/* SPDX-License-Identifier: MIT
 * toy-model OUT.onnx [foreign|wide|finder]: a small untrained model of 48x48 for tests of the tools; foreign: without any metadata; wide: likewise, with
 * convolutions that are worth an algorithm; finder: what finds white squares (toy.h). */
#include "toy.h"

#include <stdio.h>
#include <string.h>

static int
write_finder (const char *path)
{
  nn_error error;
  nn_model *model = toy_finder (toy_finder_text);
  bool good = nn_model_save (model, path, &error);
  if (!good)
    fprintf (stderr, "toy-model: %s\n", error.text);
  nn_model_free (model);
  return !good;
}

int
main (int argc, char **argv)
{
  static const fer_crop crop = { .size = 48, .per_image = true, .sd_floor = 10, .scale = 1.15f, .dy = 0.02f };
  nn_error error = { "usage" };
  if (argc > 2 && !strcmp (argv[2], "finder"))
    return write_finder (argv[1]);
  static const char text[] = "input 48 48 1 / conv 6 3x3 / bn / relu / maxpool 4x4 / conv 8 3x3 / bn / relu / maxpool 4x4 / "
                             "flatten / dense 7 / softmax";
  static const char wide[] = "input 48 48 1 / conv 32 3x3 / bn / relu / conv 32 3x3 / bn / relu / gap / dense 7";
  nn_graph *graph = argc > 1 ? nn_graph_parse (argc > 2 && !strcmp (argv[2], "wide") ? wide : text, &error) : NULL;
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  if (model)
    nn_init_weights (graph, 5, model->weights);
  bool good = model && (argc > 2 || fer_model_describe (model, fer_labels7, 7, &crop, "{\"data\":\"fer2013.csv\",\"seed\":5}", &error))
              && nn_model_save (model, argv[1], &error);
  if (!good)
    fprintf (stderr, "toy-model: %s\n", error.text);
  nn_model_free (model);
  return !good;
}
