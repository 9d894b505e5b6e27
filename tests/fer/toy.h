/* SPDX-License-Identifier: MIT
 * A small untrained model for tests of what is around a network. */
#ifndef TOY_H
#define TOY_H

#include "fer.h"

#include <stdbool.h>
#include <stdio.h>
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

/* A network that finds white squares of TOY_SIDE pixels on black, which nothing trained: only its map of stride 32 says anything. A cell's score is how
 * much brighter its middle is than what is around it, its centre the centre of gravity; the points lie at toy_points sides from that. */
enum { TOY_SIDE = 32, TOY_WINDOW = 64 };
static const float toy_points[5][2] = { { -0.2f, -0.25f }, { 0.2f, -0.2f }, { 0, 0.05f }, { -0.15f, 0.3f }, { 0.15f, 0.25f } };
static const char toy_finder_text[] = "input any any 1 as x / conv 15 64x64 stride 32 pad 16 bias as map32 output / "
                                      "from x / conv 15 8x8 stride 8 bias as map8 output / from x / conv 15 16x16 stride 16 bias as map16 output";

/* Weights of one channel of the window: with white at 255 and black at 0, (x - 128) / 64 are 255 / 64 apart. */
static inline void
toy_finder_window (nn_real *w, int channel)
{
  const float contrast = 255 / 64.0f, area = TOY_SIDE * TOY_SIDE;
  for (int y = 0; y < TOY_WINDOW; y++)
    for (int x = 0; x < TOY_WINDOW; x++, w++) {
      const float from_x = (float) x + 0.5f - TOY_WINDOW / 2, from_y = (float) y + 0.5f - TOY_WINDOW / 2;
      const bool inner = from_x * from_x < area / 4 && from_y * from_y < area / 4;
      if (channel == 0)
        *w = 9 * (inner ? 1 : -1.0f / 3) / area;
      else if (channel != 3 && channel != 4)
        *w = (channel % 2 ? from_x : from_y) / TOY_SIDE / (contrast * area);
    }
}

static inline void
toy_finder_weights (const nn_graph *graph, nn_real *weights)
{
  for (int i = 0; i < graph->n_nodes; i++) {
    const nn_node *node = &graph->nodes[i];
    if (node->op != NN_OP_conv)
      continue;
    const size_t window = (size_t) node->u.conv.window.kh * (size_t) node->u.conv.window.kw;
    nn_real *w = weights + node->weights, *b = w + 15 * window;
    for (size_t j = 0; j < node->n_weights; j++)
      w[j] = 0;
    b[0] = node->u.conv.window.kh == TOY_WINDOW ? -9 : -20;
    for (int c = 0; c < 15 && node->u.conv.window.kh == TOY_WINDOW; c++)
      toy_finder_window (w + (size_t) c * window, c);
    for (int k = 0; k < 10; k++)
      b[5 + k] = toy_points[k / 2][k % 2];
  }
}

static inline nn_model *
toy_finder (const char *text)
{
  nn_error error;
  nn_model *model = toy_network (text);
  toy_finder_weights (model->graph, model->weights);
  if (!fer_finder_describe (model, 128, 64, "{\"data\":\"none\"}", &error)) {
    printf ("Bail out! %s\n", error.text);
    exit (1);
  }
  return model;
}

#endif
