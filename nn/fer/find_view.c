/* SPDX-License-Identifier: MIT */
#include "find_view.h"
#include "../memory.h"

#include <glib.h>

#define STRIDE 32 /* inputs are a multiple of it */

int
fer_view_side (int fixed, int pixels)
{
  return fixed ? fixed : (pixels + STRIDE - 1) / STRIDE * STRIDE;
}

void
fer_view_clear (fer_view *v)
{
  nn_runner_free (v->runner);
  free (v->tensor);
  *v = (fer_view) { 0 };
}

bool
fer_view_outputs (const nn_graph *graph, int h, int w, nn_shape *outputs, nn_error *error)
{
  nn_shape *shapes = g_new (nn_shape, graph->n_nodes);
  bool ok = nn_graph_shapes (graph, h, w, shapes, error);
  for (int i = 0; ok && i < graph->n_outputs; i++)
    outputs[i] = shapes[graph->outputs[i]];
  g_free (shapes);
  return ok;
}

bool
fer_view_new (fer_view *v, const fer_decoding *decoding, const fer_finder_info *info, nn_plan *plan, int h, int w, nn_error *error)
{
  const nn_graph *graph = nn_plan_graph (plan);
  nn_shape shapes[NN_MAX_OUTPUTS];
  *v = (fer_view) { .h = fer_view_side (info->height, h), .w = fer_view_side (info->width, w) };
  if (!fer_view_outputs (graph, v->h, v->w, shapes, error))
    return false;
  if (!decoding->fits (shapes, graph->n_outputs, v->h, v->w, v->which))
    return nn_fail (error, "for an input of %dx%d the outputs are not those of %s", v->w, v->h, decoding->name);
  const size_t bytes = (size_t) v->h * (size_t) v->w * (size_t) info->channels * sizeof *v->tensor;
  v->runner = nn_runner_new (plan, &(nn_runner_options) { .h = v->h, .w = v->w }, error);
  v->tensor = v->runner ? nn_alloc (bytes) : NULL;
  if (!v->tensor)
    return v->runner && nn_fail (error, "out of memory");
  memset (v->tensor, 0, bytes);
  return true;
}

void
fer_view_fill (fer_view *v, const fer_finder_info *info, const float *luma, int h, int w)
{
  const int channels = info->channels;
  const float mean = info->mean, scale = 1 / info->sd;
  for (int y = 0; y < h; y++) {
    nn_real *out = v->tensor + (ptrdiff_t) y * v->w * channels;
    for (int x = 0; x < w; x++)
      for (int c = 0; c < channels; c++)
        *out++ = (luma[(ptrdiff_t) y * w + x] - mean) * scale;
  }
}
