/* SPDX-License-Identifier: MIT
 * Where the network looked for the class that it chose: Grad-CAM of the faces of the classifier's last run, kept until each is looked at again. */
#ifndef HEATMAP_H
#define HEATMAP_H

#include <glib.h>

#include "fer/fersteady.h"
#include "nn_grad.h"

/* One face's map, which never changes: by reference it outlives what made it. */
typedef struct heat {
  int h, w;
  nn_real values[]; /* (h, w) */
} heat;

heat *heat_ref (heat *heat);
void heat_unref (heat *heat);

typedef struct heatmap heatmap;

/* NULL when the network has no map of at least 6x6 positions, or it does not fit. classifier outlives the heat map. */
heatmap *heatmap_new (fer_classifier *classifier, nn_error *error);
void heatmap_free (heatmap *map);

#define HEATMAP_PLACES (FER_MAX_READINGS + FER_MAX_FACES) /* of faces that are followed, and of one frame's others */

/* Keeps the map of face i of the last run, for class label (-1: there is none), at place; id: of the face. */
void heatmap_look (heatmap *map, int place, uint64_t id, int i, int label);

/* A new reference to what was kept at place for id, or NULL. */
heat *heatmap_get (const heatmap *map, int place, uint64_t id);

#endif
