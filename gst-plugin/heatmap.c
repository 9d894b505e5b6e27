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

heatmap *
heatmap_new (fer_classifier *classifier, nn_error *error)
{
  int size = fer_classifier_model (classifier)->crop.size;
  nn_plan *plan = fer_classifier_plan (classifier);
  int target = nn_cam_target (plan, size, size, MIN_POSITIONS);
  heatmap *map = calloc (1, sizeof *map);
  if (!map || target < 0) {
    nn_fail (error, map ? "the model has no feature map of at least 6x6 positions to draw a heat map from" : "heat map: out of memory");
    goto fail;
  }
  map->classifier = classifier;
  map->cam = nn_cam_new (plan, target, size, size, error);
  if (map->cam)
    return map;
fail:
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
