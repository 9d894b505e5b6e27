/* SPDX-License-Identifier: MIT
 * What the finder is trained by. First faces are assigned to cells (Feng et al. 2021, "TOOD", section 3.2): of the cells in a face's middle those
 * with the best score^0.5 IoU^6 learn it, and how much is their target. Then three losses, over the sum of all targets in the batch:
 *   score   quality focal loss (Li et al. 2020, section 3.2, beta 2): |y - p|^2 times the cross-entropy of p with target y, all cells, weight 5
 *   box     1 - IoU + (distance of centres / diagonal of both)^2 (Zheng et al. 2020, "DIoU"), weight 4 y
 *   points  mean |difference| in the face's sizes, smooth near 0, weight 10 y */
#ifndef NN_FACES_LOSS_H
#define NN_FACES_LOSS_H

#include "scene_draw.h"

#define NN_FACES_LEVELS 3 /* outputs */
extern const int nn_faces_strides[NN_FACES_LEVELS];

/* The maps of one image, finest first, and where their derivatives go. */
typedef struct nn_faces_maps {
  nn_shape shapes[NN_FACES_LEVELS];
  const nn_real *maps[NN_FACES_LEVELS];
  nn_real *dmaps[NN_FACES_LEVELS];
} nn_faces_maps;

/* What a cell is to learn. */
typedef struct nn_faces_cell {
  int face;      /* of the target; -1: background, -2: nothing */
  nn_real score; /* its target, 0-1 */
} nn_faces_cell;

int nn_faces_n_cells (const nn_faces_maps *maps);

/* cells[n_cells], the maps' cells in order; returns the sum of their targets, and in *overlap the mean IoU of the predictions that learn a face
 * (0: none). */
double nn_faces_assign (const nn_faces_maps *maps, const nn_scene_target *target, nn_faces_cell *cells, double *overlap);

/* The image's share of the loss, each term times scale, and its derivatives. */
double nn_faces_loss (const nn_faces_maps *maps, const nn_scene_target *target, const nn_faces_cell *cells, nn_real scale);

#endif
