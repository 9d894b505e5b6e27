/* SPDX-License-Identifier: MIT
 * Any four lines as what a model says of itself (fer.labels, fer.input, fer.crop, fer.trained): an error, or numbers that a crop can be made with. */
#include "fer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
must (bool condition)
{
  if (!condition)
    abort ();
}

static nn_model *
network (void)
{
  nn_graph *graph = nn_graph_parse ("input 16 16 1 / flatten / dense 7 / softmax", NULL);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  must (model != NULL);
  return model;
}

/* As from a file, without the weights' own way. */
static void
parse (const nn_model *nn)
{
  nn_error error = { "" };
  void *bytes;
  size_t size;
  must (nn_model_write (nn, &bytes, &size, &error));
  fer_model *model = fer_model_parse (bytes, size, &error);
  must (model || *error.text);
  if (model) {
    const fer_crop *crop = &model->crop;
    must (model->n_labels == 7 && crop->size == 16 && crop->scale > 0 && isfinite (crop->dx) && isfinite (crop->dy));
    must (crop->per_image ? crop->sd_floor > 0 : crop->sd > 0 && isfinite (crop->mean));
  }
  fer_model_free (model);
  free (bytes);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const keys[] = { "fer.labels", "fer.input", "fer.crop", "fer.trained" };
  nn_error error = { "" };
  char *text = malloc (size + 1), *rest = text;
  nn_model *nn = network ();
  must (text != NULL);
  memcpy (text, data, size);
  text[size] = 0;
  for (int i = 0; i < 4; i++) {
    char *line = i < 3 ? strsep (&rest, "\n") : rest;
    must (nn_model_set (nn, keys[i], line ? line : ""));
  }
  parse (nn); /* as a foreign model */
  if (fer_model_seal (nn, &error))
    parse (nn);
  else
    must (*error.text);
  nn_model_free (nn);
  free (text);
  return 0;
}
