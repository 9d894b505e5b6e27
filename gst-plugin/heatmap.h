/* SPDX-License-Identifier: MIT
 * Where the network looked for the class that it chose: Grad-CAM of a face of the classifier's last run, as a picture over the square that it
 * looked at. */
#ifndef HEATMAP_H
#define HEATMAP_H

#include "fer/ferdraw.h"

typedef struct heatmap heatmap;

/* NULL when the network has no map of at least 6x6 positions, or it does not fit. classifier outlives the heat map. */
heatmap *heatmap_new (fer_classifier *classifier, nn_error *error);
void heatmap_free (heatmap *map);

/* Face i of the last run, for class label. false: nothing to draw. picture->pixels is new. */
bool heatmap_draw (heatmap *map, int i, int label, const fer_box *square, int width, int height, fer_picture *picture);

#endif
