/* SPDX-License-Identifier: MIT */
#include "heatmap.h"

#include <stdlib.h>
#include <string.h>

#define MIN_POSITIONS 6 /* a side; the last maps are often 3x3, too coarse to tell mouth from eyes */

typedef struct kept {
  uint64_t id;
  heat *heat; /* NULL: there is none */
} kept;

struct heatmap {
  fer_classifier *classifier;
  nn_cam *cam;
  kept kept[HEATMAP_PLACES];
};

heat *
heat_ref (heat *h)
{
  return h ? g_atomic_rc_box_acquire (h) : NULL;
}

void
heat_unref (heat *h)
{
  if (h)
    g_atomic_rc_box_release (h);
}

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
  for (int i = 0; i < HEATMAP_PLACES; i++)
    heat_unref (map->kept[i].heat);
  free (map);
}

static heat *
heat_of_class (const heatmap *map, int i, int label)
{
  int h, w;
  const nn_real *values = nn_cam_run (map->cam, fer_classifier_tensor (map->classifier, i), label, &h, &w);
  gsize bytes = (gsize) h * (gsize) w * sizeof *values;
  heat *made = g_atomic_rc_box_alloc (sizeof *made + bytes);
  made->h = h;
  made->w = w;
  memcpy (made->values, values, bytes);
  return made;
}

void
heatmap_look (heatmap *map, int place, uint64_t id, int i, int label)
{
  heat_unref (map->kept[place].heat);
  map->kept[place] = (kept) { id, label >= 0 ? heat_of_class (map, i, label) : NULL };
}

heat *
heatmap_get (const heatmap *map, int place, uint64_t id)
{
  const kept *k = &map->kept[place];
  return k->id == id ? heat_ref (k->heat) : NULL;
}
