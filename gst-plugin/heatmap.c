/* SPDX-License-Identifier: MIT */
#include "heatmap.h"

#include <string.h>

#include "fer/ferexplain.h"

typedef struct kept {
  uint64_t id, time;
  heat *heat; /* NULL: there is none */
} kept;

struct heatmap {
  fer_classifier *classifier;
  nn_cam_method method;
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

heatmap *
heatmap_new (fer_classifier *classifier, nn_cam_method method, const char *layer, nn_error *error)
{
  nn_cam *cam = fer_explain (classifier, method, layer, error);
  if (!cam)
    return NULL;
  heatmap *map = g_new0 (heatmap, 1);
  map->classifier = classifier;
  map->method = method;
  map->cam = cam;
  return map;
}

void
heatmap_free (heatmap *map)
{
  if (!map)
    return;
  nn_cam_free (map->cam);
  for (int i = 0; i < HEATMAP_PLACES; i++)
    heatmap_drop (map, i);
  g_free (map);
}

static heat *
heat_of_class (const heatmap *map, int i, int label)
{
  int h, w;
  nn_cam_forward (map->cam, fer_classifier_tensor (map->classifier, i));
  const nn_real *values = nn_cam_map (map->cam, label, map->method, &h, &w);
  gsize bytes = (gsize) h * (gsize) w * sizeof *values;
  heat *made = g_atomic_rc_box_alloc (sizeof *made + bytes);
  made->h = h;
  made->w = w;
  memcpy (made->values, values, bytes);
  return made;
}

gboolean
heatmap_due (const heatmap *map, int place, uint64_t id, uint64_t time, uint64_t interval)
{
  const kept *k = &map->kept[place];
  return !id || k->id != id || !k->heat || time < k->time || time - k->time >= interval;
}

void
heatmap_look (heatmap *map, int place, uint64_t id, int i, int label, uint64_t time)
{
  heatmap_drop (map, place);
  map->kept[place] = (kept) { id, time, heat_of_class (map, i, label) };
}

void
heatmap_drop (heatmap *map, int place)
{
  g_clear_pointer (&map->kept[place].heat, heat_unref);
}

heat *
heatmap_get (const heatmap *map, int place, uint64_t id)
{
  const kept *k = &map->kept[place];
  return k->id == id ? heat_ref (k->heat) : NULL;
}
