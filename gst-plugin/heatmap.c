/* SPDX-License-Identifier: MIT */
#include "heatmap.h"

#include <stdlib.h>

#include "nn_grad.h"

#define MIN_POSITIONS 6 /* a side; the last maps are often 3x3, too coarse to tell mouth from eyes */
#define OPACITY 0.5f

struct heatmap {
  fer_classifier *classifier;
  nn_cam *cam;
};

/* Derivatives are taken from floats: with integers the classifier's plan does not do. */
static nn_plan *
float_plan (const fer_classifier *classifier, nn_error *error)
{
  nn_plan *plan = fer_classifier_plan (classifier);
  const fer_model *model = fer_classifier_model (classifier);
  if (nn_plan_precision (plan) != NN_PRECISION_FAST)
    return nn_plan_ref (plan);
  return nn_model_plan (model->nn, &(nn_plan_options) { .h = model->crop.size, .w = model->crop.size }, error);
}

heatmap *
heatmap_new (fer_classifier *classifier, nn_error *error)
{
  int size = fer_classifier_model (classifier)->crop.size;
  nn_plan *plan = float_plan (classifier, error);
  int target = plan ? nn_cam_target (plan, size, size, MIN_POSITIONS) : -1;
  heatmap *map = plan ? calloc (1, sizeof *map) : NULL;
  if (plan && (!map || target < 0))
    nn_fail (error, map ? "the model has no feature map of at least 6x6 positions to draw a heat map from" : "heat map: out of memory");
  else if (plan) {
    map->classifier = classifier;
    map->cam = nn_cam_new (plan, target, size, size, error);
  }
  nn_plan_free (plan);
  if (map && map->cam)
    return map;
  heatmap_free (map);
  return NULL;
}

void
heatmap_free (heatmap *map)
{
  if (!map)
    return;
  nn_cam_free (map->cam);
  free (map);
}

bool
heatmap_draw (heatmap *map, int i, int label, const fer_box *square, int width, int height, fer_picture *picture)
{
  int h, w;
  const nn_real *values = nn_cam_run (map->cam, fer_classifier_tensor (map->classifier, i), label, &h, &w);
  return fer_draw_heatmap (values, h, w, square, OPACITY, width, height, picture);
}
