/* SPDX-License-Identifier: MIT
 * A small untrained model for tests of what is around a network. */
#ifndef TOY_H
#define TOY_H

#include "fer/fer.h"

#include <stdlib.h>

static const fer_crop toy_crop = { .size = 16, .mean = 127.5f, .sd = 127.5f, .scale = 1.15f, .dy = 0.02f };

static const char toy_text[] = "input 16 16 1 / conv 4 3x3 / bn / relu / maxpool 2x2 / conv 6 3x3 / relu / flatten / dense 7 / softmax";

/* A network by its text, with initial weights; not described. */
static inline nn_model *
toy_network (const char *text)
{
  nn_error error;
  nn_graph *graph = nn_graph_parse (text, &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  if (!model) {
    printf ("Bail out! %s\n", graph ? "out of memory" : error.text);
    exit (1);
  }
  nn_init_weights (model->graph, 7, model->weights);
  return model;
}

/* ... described as a model of ours. */
static inline nn_model *
toy_model (void)
{
  nn_error error;
  nn_model *model = toy_network (toy_text);
  if (!fer_model_describe (model, fer_labels7, 7, &toy_crop, "{\"data\":\"none\"}", &error)) {
    printf ("Bail out! %s\n", error.text);
    exit (1);
  }
  return model;
}

#endif
