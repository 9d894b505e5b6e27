/* SPDX-License-Identifier: MIT
 * Which scenes a training picture shows, and where: one, or a mosaic of four (Bochkovskiy et al. 2020, section 3.3). */
#ifndef NN_SCENE_COMPOSE_H
#define NN_SCENE_COMPOSE_H

#include "scene_draw.h"

/* What may be drawn: none of it is held out. */
typedef struct nn_scene_stock {
  const nn_scenes *scenes;
  int n_full;                /* scenes with faces; so many of an epoch's pictures begin with one */
  int n_faces, *scene_of;    /* of each face that is to be found, its scene: crowds are drawn more often than portraits, which are learned soon */
  int n_empty, *empty;       /* scenes without */
  float *hardness;           /* [n_empty] highest score of anything there that the network takes for a face */
  const nn_dataset *cutouts; /* pictures that are one face each, to be pasted; NULL: none */
  int n_cutouts, *cutout_rows;
} nn_scene_stock;

/* Picture sample of n_full + n_empty: a scene with faces for the first n_full of them, that empty one for the others; more scenes around it. */
void nn_scene_compose (const nn_scene_stock *stock, const nn_recipe *recipe, int sample, nn_canvas *canvas);

#endif
