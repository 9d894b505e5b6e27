/* SPDX-License-Identifier: MIT */
#include "ferexplain.h"

#include <stdlib.h>
#include <string.h>

/* Derivatives are taken from floats, and a layer that was asked for by name must not be fused away: then the classifier's plan does not do. */
static nn_plan *
make_plan (const fer_classifier *classifier, int keep, nn_error *error)
{
  nn_plan *plan = fer_classifier_plan (classifier);
  const fer_model *model = fer_classifier_model (classifier);
  if (keep < 0 && nn_plan_precision (plan) != NN_PRECISION_FAST)
    return nn_plan_ref (plan);
  return nn_model_plan (model->nn, &(nn_plan_options) { .h = model->crop.size, .w = model->crop.size, .keep = &keep, .n_keep = keep >= 0 }, error);
}

/* The least positions on a side that layer asks for; 0: it is a name. */
static int
least_size (const char *layer)
{
  char *end;
  long size = strtol (layer, &end, 10);
  return end != layer && !*end && size > 0 && size <= INT16_MAX ? (int) size : 0;
}

/* The folded node to explain, or -1. */
static int
find_target (const nn_plan *plan, int size, nn_cam_method method, const char *layer, int keep, nn_error *error)
{
  if (keep >= 0)
    return nn_plan_node (plan, keep);
  int least = layer ? least_size (layer) : FER_EXPLAIN_SIZE, target = -1;
  if (!layer && method == NN_CAM_LAYER)
    target = nn_cam_target (plan, size, size, 2 * FER_EXPLAIN_SIZE);
  if (target < 0)
    target = nn_cam_target (plan, size, size, least);
  if (target < 0)
    nn_fail (error, "the model has no feature map of at least %dx%d positions to draw a heat map from", least, least);
  return target;
}

nn_cam *
fer_explain (const fer_classifier *classifier, nn_cam_method method, const char *layer, nn_error *error)
{
  const fer_model *model = fer_classifier_model (classifier);
  if (layer && !strcmp (layer, "auto"))
    layer = NULL;
  const bool named = layer && !least_size (layer);
  const int size = model->crop.size, keep = named ? nn_graph_find (model->nn->graph, layer) : -1;
  if (named && keep < 0) {
    nn_fail (error, "no layer %s to explain: expected auto, a number of positions, or the name of a node of the model's graph", layer);
    return NULL;
  }
  nn_plan *plan = make_plan (classifier, keep, error);
  int target = plan ? find_target (plan, size, method, layer, keep, error) : -1;
  nn_cam *cam = target >= 0 ? nn_cam_new (plan, target, size, size, error) : NULL;
  nn_plan_free (plan);
  return cam;
}
