/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <stdio.h>

#include "fer/fer.h"

#define GAIN 3 /* on the last layer: probabilities far from 1/7 each */

bool
test_model_write (const char *path, int size, nn_error *error)
{
  char text[256];
  snprintf (text, sizeof text, "input %d %d 1 / conv 6 3x3 / relu / maxpool 2x2 / conv 8 3x3 / relu / maxpool 4x4 / flatten / dense 7 / softmax",
            size, size);
  nn_graph *graph = nn_graph_parse (text, error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  bool written = false;
  if (model) {
    fer_crop crop = { .size = size, .mean = 127.5f, .sd = 63.75f, .sd_floor = 1, .scale = 1 };
    const nn_node *dense = &graph->nodes[nn_graph_logits (graph, 0)];
    nn_init_weights (graph, 1, model->weights);
    for (size_t i = 0; i < dense->n_weights; i++)
      model->weights[dense->weights + i] *= GAIN;
    written = fer_model_describe (model, fer_labels7, 7, &crop, NULL, error) && nn_model_save (model, path, error);
  }
  nn_model_free (model);
  if (!model)
    nn_graph_free (graph);
  return written;
}
