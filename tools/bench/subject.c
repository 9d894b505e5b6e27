/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 48 /* of FER-2013's pictures */
#define SEED 1

static nn_model *
parse_graph (const char *path, nn_error *error)
{
  void *text;
  size_t size;
  if (!nn_file_read (path, 0, &text, &size, error))
    return NULL;
  nn_graph *graph = nn_graph_parse (text, error);
  free (text);
  if (!graph) {
    nn_fail_prefix (error, path);
    return NULL;
  }
  nn_model *model = nn_model_new (graph);
  if (!model) {
    nn_graph_free (graph);
    nn_fail (error, "%s: out of memory", path);
    return NULL;
  }
  nn_init_weights (graph, SEED, model->weights);
  return model;
}

static bool
find_size (bench_subject *subject, int size, nn_error *error)
{
  const nn_graph *graph = subject->nn->graph;
  nn_shape in = graph->nodes[0].u.input.shape;
  int open = subject->own ? subject->own->crop.size : SIZE;
  subject->h = size ? size : in.h ? in.h : open;
  subject->w = size ? size : in.w ? in.w : open;
  subject->c = in.c;
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  bool good = nn_graph_shapes (graph, subject->h, subject->w, shapes, error) || nn_fail_prefix (error, subject->name);
  subject->macs = good ? nn_graph_macs (graph, shapes) : 0;
  g_free (shapes);
  return good;
}

bool
bench_subject_load (bench_subject *subject, const char *model, const char *graph, int size, nn_error *error)
{
  *subject = (bench_subject) { 0 };
  fer_model_name (graph ? graph : model, subject->name, sizeof subject->name);
  if (graph && g_str_has_suffix (subject->name, ".txt"))
    subject->name[strlen (subject->name) - strlen (".txt")] = 0;
  if (!graph)
    subject->own = fer_model_load (model, error);
  subject->nn = graph ? parse_graph (graph, error) : subject->own ? subject->own->nn : model ? nn_model_load (model, error) : NULL;
  return subject->nn && find_size (subject, size, error);
}

void
bench_subject_clear (bench_subject *subject)
{
  if (!subject->own)
    nn_model_free (subject->nn);
  fer_model_free (subject->own);
}

nn_real *
bench_subject_images (const bench_subject *subject, int n, nn_error *error)
{
  size_t count = (size_t) n * (size_t) subject->h * (size_t) subject->w * (size_t) subject->c;
  nn_real *images = g_try_new (nn_real, count);
  nn_random random = nn_random_new (SEED, 0, 0, NN_FOR_TEST);
  for (size_t i = 0; images && i < count; i++)
    images[i] = 2 * (nn_real) nn_random_uniform (&random) - 1;
  if (!images)
    nn_fail (error, "out of memory for %d images", n);
  return images;
}
