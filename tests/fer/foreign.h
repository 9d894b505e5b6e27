/* SPDX-License-Identifier: MIT
 * What the tests of other finders' decodings share. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "common/picture.h"
#include "fer/fer.h"
#include "test.h"
#include "toy.h"

#include <string.h>

/* A network whose weights and biases are 0 but for what the test sets, as a finder. */
static inline nn_model *
foreign_network (const char *text)
{
  nn_model *model = toy_network (text);
  memset (model->weights, 0, model->graph->n_weights * sizeof *model->weights);
  return model;
}

/* Biases of the convolution of that name. */
static inline nn_real *
foreign_bias (nn_model *model, const char *name)
{
  const nn_node *node = &model->graph->nodes[nn_graph_find (model->graph, name)];
  return model->weights + node->weights + node->n_weights - (size_t) node->u.conv.k;
}

/* Makes output k of a convolution the mean of the first channel of three under its window. */
static inline void
foreign_mean (nn_model *model, const char *name, int k, nn_real scale)
{
  const nn_node *node = &model->graph->nodes[nn_graph_find (model->graph, name)];
  const int area = node->u.conv.window.kh * node->u.conv.window.kw;
  for (int i = 0; i < area; i++)
    model->weights[node->weights + (size_t) ((k * area + i) * 3)] = scale / (nn_real) area;
}

static inline fer_finder *
foreign_finder (nn_model *model, nn_error *error)
{
  void *bytes;
  size_t size;
  fer_finder *finder = NULL;
  if (nn_model_write (model, &bytes, &size, error)) {
    finder = fer_finder_parse (bytes, size, error);
    free (bytes);
  }
  if (!finder)
    test_note ("%s", error->text);
  nn_model_free (model);
  return finder;
}

/* The peers' own file, where it is: the faces of the two portraits of docs/hopper.jpg, side by side. */
static inline void
foreign_file_finds_hopper (const char *file, const char *family, bool points)
{
  char path[1024];
  const char *folder = getenv ("PEER_MODELS");
  nn_error error;
  tool_picture picture;
  fer_found found[4];
  snprintf (path, sizeof path, "%s/%s", folder ? folder : TEST_SOURCE_ROOT "/../shared/peers", file);
  FILE *there = fopen (path, "rb");
  if (!there)
    skip ("the peers' models are not here: PEER_MODELS names their folder");
  fclose (there);
  fer_finder *finder = fer_finder_load (path, &error);
  require (finder && !strcmp (fer_finder_about (finder)->family, family));
  require (tool_picture_load (&picture, TEST_SOURCE_ROOT "/docs/hopper.jpg", &error));
  require (fer_finder_resize (finder, picture.image.width, picture.image.height, 0, &error));
  const int n = fer_finder_run (finder, &picture.image, 0.6f, found, 4);
  check (n == 2);
  for (int i = 0; i < n; i++) {
    const fer_box *box = &found[i].box;
    const float middle = (float) picture.image.width / 2;
    check (box->w > 150 && box->w < 210 && box->h > box->w && (box->x > middle || box->x + box->w < middle));
    check (found[i].has_points == points);
    if (points)
      check (found[i].points[0].x < found[i].points[2].x && found[i].points[2].x < found[i].points[1].x
             && found[i].points[0].y < found[i].points[4].y);
  }
  check ((found[0].box.x > found[1].box.x) != (found[1].box.x > found[0].box.x));
  tool_picture_clear (&picture);
  fer_finder_free (finder);
}

#endif
