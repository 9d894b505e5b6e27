/* SPDX-License-Identifier: MIT
 * What in a face speaks for a class: maps of the faces of the classifier's last run, kept until each is looked at again. */
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

/* layer: fer_explain's. NULL: there is none such, or no memory. classifier outlives the heat map. */
heatmap *heatmap_new (fer_classifier *classifier, nn_cam_method method, const char *layer, nn_error *error);
void heatmap_free (heatmap *map);

#define HEATMAP_PLACES (FER_MAX_READINGS + FER_MAX_FACES) /* of faces that are followed, and of one frame's others */

/* Whether the map at place is somebody else's than id's, or was made interval ns before time or earlier. Id 0 is always somebody else. */
gboolean heatmap_due (const heatmap *map, int place, uint64_t id, uint64_t time, uint64_t interval);

/* Keeps the map of face i of the last run, for class label, at place; id: of the face. */
void heatmap_look (heatmap *map, int place, uint64_t id, int i, int label, uint64_t time);

/* What was kept at place is kept no longer. */
void heatmap_drop (heatmap *map, int place);

/* A new reference to what was kept at place for id, or NULL. */
heat *heatmap_get (const heatmap *map, int place, uint64_t id);

#endif
