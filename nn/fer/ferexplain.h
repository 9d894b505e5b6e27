/* SPDX-License-Identifier: MIT
 * ferexplain: why a classifier says what it says. Needs nn_grad.
 *
 *   nn_cam *cam = fer_explain (classifier, NN_CAM_GRAD, NULL, &error);
 *   nn_cam_forward (cam, fer_classifier_tensor (classifier, 0));                       // the first face of the last run
 *   const nn_real *map = nn_cam_map (cam, label, NN_CAM_GRAD, &map_h, &map_w);         // of the square, turned as the crop was */
#ifndef FEREXPLAIN_H
#define FEREXPLAIN_H

#include "../nn_grad.h"
#include "fer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Prepares heat maps of one layer of classifier's network, in float whatever its precision. layer: "auto" or NULL, the last map fine enough for method
 * (FER_EXPLAIN_SIZE positions on a side; for LayerCAM twice as many, where there are); a number, the last map of at least so many; or the name of a
 * node of the model's graph. Errors say which of them there is none of. */
nn_cam *fer_explain (const fer_classifier *classifier, nn_cam_method method, const char *layer, nn_error *error);

#define FER_EXPLAIN_SIZE 6 /* the last maps of networks for 48 pixels are often 3x3, too coarse to tell the mouth from the eyes */

#ifdef __cplusplus
}
#endif
#endif
