/* SPDX-License-Identifier: MIT
 * Where the network looked for the class that it chose: Grad-CAM of the faces of the classifier's last run, kept until each is looked at again, as
 * pictures over the squares where the faces are now. */
#ifndef HEATMAP_H
#define HEATMAP_H

#include "fer/ferdraw.h"

typedef struct heatmap heatmap;

/* NULL when the network has no map of at least 6x6 positions, or it does not fit. classifier outlives the heat map. */
heatmap *heatmap_new (fer_classifier *classifier, nn_error *error);
void heatmap_free (heatmap *map);

#define HEATMAP_PLACES (FER_MAX_READINGS + FER_MAX_FACES) /* of faces that are followed, and of one frame's others */

/* Keeps the map of face i of the last run, for class label (-1: there is none), at place; id: of the face. */
void heatmap_look (heatmap *map, int place, uint64_t id, int i, int label);

/* What was kept at place for id, over square. false: nothing to draw. picture->pixels is new. */
bool heatmap_draw (heatmap *map, int place, uint64_t id, const fer_box *square, int width, int height, fer_picture *picture);

#endif
