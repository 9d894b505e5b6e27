/* SPDX-License-Identifier: MIT */
#include "explained.h"

#include <stdlib.h>
#include <string.h>

static size_t
positions (const explained *it)
{
  return (size_t) it->map_h * (size_t) it->map_w;
}

bool
explained_init (explained *it, const fer_classifier *classifier, int i, nn_cam *cam, nn_cam_method method, nn_error *error)
{
  const fer_model *model = fer_classifier_model (classifier);
  it->size = model->crop.size;
  it->pixels = fer_classifier_pixels (classifier, i);
  it->n_labels = model->n_labels;
  nn_cam_forward (cam, fer_classifier_tensor (classifier, i));
  memcpy (it->logits, nn_cam_logits (cam, NULL), (size_t) it->n_labels * sizeof *it->logits);
  for (int label = 0; label < it->n_labels; label++) {
    const nn_real *map = nn_cam_map (cam, label, method, &it->map_h, &it->map_w);
    if (label == 0 && !(it->maps = malloc ((size_t) it->n_labels * positions (it) * sizeof *it->maps)))
      return nn_fail (error, "out of memory");
    memcpy (it->maps + (size_t) label * positions (it), map, positions (it) * sizeof *map);
  }
  return true;
}

void
explained_clear (explained *it)
{
  free (it->maps);
  it->maps = NULL;
}

const float *
explained_map (const explained *it, int label)
{
  return it->maps + (size_t) label * positions (it);
}

float
explained_peak (const explained *it, int label, float *x, float *y)
{
  const float *map = explained_map (it, label);
  int best = 0;
  for (int p = 1; p < it->map_h * it->map_w; p++)
    if (map[p] > map[best])
      best = p;
  *x = ((float) (best % it->map_w) + 0.5f) * (float) it->size / (float) it->map_w;
  *y = ((float) (best / it->map_w) + 0.5f) * (float) it->size / (float) it->map_h;
  return map[best];
}
