/* SPDX-License-Identifier: MIT */
#include "heatmap.h"

#include <stdlib.h>
#include <string.h>

#include "nn_grad.h"

#define MIN_POSITIONS 6 /* a side; the last maps are often 3x3, too coarse to tell mouth from eyes */
#define OPACITY 0.5f

typedef struct kept {
  bool drawable;
  uint64_t id;
} kept;

struct heatmap {
  fer_classifier *classifier;
  nn_cam *cam;
  int h, w;
  nn_real *maps; /* (HEATMAP_PLACES, h, w) */
  kept kept[HEATMAP_PLACES];
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

/* A first run says how large maps are. */
static bool
make_places (heatmap *map, int size)
{
  float *image = calloc ((size_t) size * (size_t) size, sizeof *image);
  if (image)
    nn_cam_run (map->cam, image, 0, &map->h, &map->w);
  free (image);
  map->maps = image ? calloc (HEATMAP_PLACES * (size_t) map->h * (size_t) map->w, sizeof *map->maps) : NULL;
  return map->maps;
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
  if (map && map->cam && (make_places (map, size) || nn_fail (error, "heat map: out of memory")))
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
  free (map->maps);
  free (map);
}

static nn_real *
map_at (const heatmap *map, int place)
{
  return map->maps + (size_t) place * (size_t) map->h * (size_t) map->w;
}

void
heatmap_look (heatmap *map, int place, uint64_t id, int i, int label)
{
  int h, w;
  map->kept[place] = (kept) { label >= 0, id };
  if (label >= 0)
    memcpy (map_at (map, place), nn_cam_run (map->cam, fer_classifier_tensor (map->classifier, i), label, &h, &w),
            (size_t) map->h * (size_t) map->w * sizeof *map->maps);
}

bool
heatmap_draw (heatmap *map, int place, uint64_t id, const fer_box *square, int width, int height, fer_picture *picture)
{
  const kept *k = &map->kept[place];
  return k->drawable && k->id == id && fer_draw_heatmap (map_at (map, place), map->h, map->w, square, OPACITY, width, height, picture);
}
