/* SPDX-License-Identifier: MIT
 * Cuts: whether a frame shows another scene than the one before. */
#ifndef FER_SCENE_H
#define FER_SCENE_H

#include "fer.h"

#define SCENE_ROWS 18
#define SCENE_COLUMNS 32

/* The frame before, very small; all zero: none. */
typedef struct fer_scene {
  bool known;
  float cells[SCENE_ROWS * SCENE_COLUMNS];
} fer_scene;

/* Remembers image. rows: 2 image->width floats of scratch. */
bool fer_scene_cut (fer_scene *last, const fer_image *image, float *rows);

#endif
