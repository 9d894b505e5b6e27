/* SPDX-License-Identifier: MIT */
#include "network.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 48 /* of FER-2013's pictures */
#define SEED 1
#define RANGE_IMAGES 8

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
find_size (tool_network *network, int h, int w, nn_error *error)
{
  const nn_graph *graph = network->nn->graph;
  nn_shape in = graph->nodes[0].u.input.shape;
  const char *task = nn_model_get (network->nn, "fer.task");
  int open = network->own ? network->own->crop.size : task && !strcmp (task, "faces") ? TOOL_FINDER_SIZE : SIZE;
  network->h = h ? h : in.h ? in.h : open;
  network->w = w ? w : in.w ? in.w : open;
  network->c = in.c;
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  bool good = nn_graph_shapes (graph, network->h, network->w, shapes, error) || nn_fail_prefix (error, network->name);
  network->macs = good ? nn_graph_macs (graph, shapes) : 0;
  g_free (shapes);
  return good;
}

bool
tool_network_load (tool_network *network, const char *model, const char *graph, int h, int w, nn_error *error)
{
  *network = (tool_network) { 0 };
  fer_model_name (graph ? graph : model, network->name, sizeof network->name);
  if (graph && g_str_has_suffix (network->name, ".txt"))
    network->name[strlen (network->name) - strlen (".txt")] = 0;
  if (!graph)
    network->own = fer_model_load (model, error);
  network->nn = graph ? parse_graph (graph, error) : network->own ? network->own->nn : model ? nn_model_load (model, error) : NULL;
  return network->nn && find_size (network, h, w, error);
}

void
tool_network_clear (tool_network *network)
{
  if (!network->own)
    nn_model_free (network->nn);
  fer_model_free (network->own);
}

/* How large the values of each node become: as the file says, else with random images. */
static bool
find_ranges (const tool_network *network, float *ranges, nn_error *error)
{
  const nn_graph *graph = network->nn->graph;
  const char *known = nn_model_get (network->nn, NN_RANGES_KEY);
  if (known)
    return nn_ranges_read (graph, known, ranges, error);
  nn_real *images = tool_network_images (network, RANGE_IMAGES, error);
  const bool good = images && nn_ranges_fit (graph, network->nn->weights, network->h, network->w, RANGE_IMAGES, images, ranges, error);
  g_free (images);
  return good;
}

nn_plan *
tool_network_plan (const tool_network *network, const char *cpu, nn_precision precision, nn_error *error)
{
  float *ranges = g_new (float, network->nn->graph->n_nodes);
  const bool fast = precision == NN_PRECISION_FAST;
  const nn_plan_options options
      = { .cpu = cpu, .precision = precision, .ranges = fast ? ranges : NULL, .h = network->h, .w = network->w };
  nn_plan *plan = !fast || find_ranges (network, ranges, error) ? nn_plan_new (network->nn->graph, network->nn->weights, &options, error) : NULL;
  if (!plan)
    nn_fail_prefix (error, network->name);
  g_free (ranges);
  return plan;
}

nn_real *
tool_network_images (const tool_network *network, int n, nn_error *error)
{
  size_t count = (size_t) n * (size_t) network->h * (size_t) network->w * (size_t) network->c;
  nn_real *images = g_try_new (nn_real, count);
  nn_random random = nn_random_new (SEED, 0, 0, NN_FOR_TEST);
  for (size_t i = 0; images && i < count; i++)
    images[i] = 2 * (nn_real) nn_random_uniform (&random) - 1;
  if (!images)
    nn_fail (error, "out of memory for %d images", n);
  return images;
}
