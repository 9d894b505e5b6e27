/* SPDX-License-Identifier: MIT
 * Any text as a network (nn_graph_parse) with random weights that is given as a face finder: an error, or faces with numbers that are some. */
#include "fer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_MACS 20000000 /* larger networks take too long */
#define SIDE 200

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
must (bool condition)
{
  if (!condition)
    abort ();
}

/* Of a picture that is at most SIDE pixels long. */
static bool
is_small (const nn_graph *graph)
{
  nn_shape *shapes = calloc ((size_t) graph->n_nodes, sizeof *shapes);
  const nn_shape in = graph->nodes[0].u.input.shape;
  must (shapes != NULL);
  const bool small = in.h <= 512 && in.w <= 512 && nn_graph_shapes (graph, in.h ? in.h : 224, in.w ? in.w : 224, shapes, NULL)
                     && nn_graph_macs (graph, shapes) < MOST_MACS;
  free (shapes);
  return small;
}

static fer_finder *
finder_of (const char *text)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse (text, &error);
  nn_model *model = graph && is_small (graph) ? nn_model_new (graph) : NULL;
  fer_finder *finder = NULL;
  void *bytes;
  size_t size;
  if (!model) {
    nn_graph_free (graph);
    return NULL;
  }
  nn_init_weights (model->graph, 3, model->weights);
  must (fer_finder_describe (model, 128, 64, NULL, &error));
  if (nn_model_write (model, &bytes, &size, &error)) {
    finder = fer_finder_parse (bytes, size, &error);
    free (bytes);
  }
  must (finder || *error.text);
  nn_model_free (model);
  return finder;
}

static void
check_faces (const fer_found *found, int n)
{
  must (n >= 0 && n <= FER_MAX_FACES);
  for (int i = 0; i < n; i++) {
    must (isfinite (found[i].box.x + found[i].box.y + found[i].box.w + found[i].box.h) && found[i].score >= 0 && found[i].score <= 1.0001f);
    for (int k = 0; k < FER_N_POINTS; k++)
      must (!found[i].has_points || isfinite (found[i].points[k].x + found[i].points[k].y));
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const int sizes[][2] = { { SIDE, 77 }, { 3, SIDE }, { 1, 1 } };
  static uint8_t grey[SIDE * SIDE];
  nn_error error = { "" };
  fer_found found[FER_MAX_FACES];
  char *text = malloc (size + 1);
  must (text != NULL);
  memcpy (text, data, size);
  text[size] = 0;
  for (size_t i = 0; i < sizeof grey; i++)
    grey[i] = (uint8_t) (i * 7 ^ i >> 5);
  fer_finder *finder = finder_of (text);
  for (size_t i = 0; finder && i < sizeof sizes / sizeof *sizes; i++) {
    const fer_image image = { .width = sizes[i][0], .height = sizes[i][1], .luma = grey, .stride = SIDE, .step = 1, .scale = 1 };
    if (!fer_finder_resize (finder, image.width, image.height, 0, &error)) {
      must (*error.text);
      continue;
    }
    check_faces (found, fer_finder_run (finder, &image, 0.1f, found, FER_MAX_FACES));
    check_faces (found, fer_finder_look (finder, &image, &(fer_box) { 5, -7, 90, 60 }, 0.4f, 0.1f, found, FER_MAX_FACES));
  }
  fer_finder_free (finder);
  free (text);
  return 0;
}
