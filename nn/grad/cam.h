/* SPDX-License-Identifier: MIT
 * From activations and their derivatives to a map of positions. */
#ifndef NN_CAM_H
#define NN_CAM_H

#include "nn_grad.h"

/* a and gradient: (h, w, c). alpha: scratch of c. map: (h, w), finite and not negative. */
void nn_cam_weigh (nn_cam_method method, nn_shape shape, const nn_real *a, const nn_real *gradient, nn_real *alpha, nn_real *map);

#endif
