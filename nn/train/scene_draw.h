/* SPDX-License-Identifier: MIT
 * One training picture for the finder: scenes drawn on a canvas, with the faces that they bring along. */
#ifndef NN_SCENE_DRAW_H
#define NN_SCENE_DRAW_H

#include "../nn_train.h"

#define NN_CANVAS_FACES 64

/* Where the faces of a training picture are. */
typedef struct nn_scene_target {
  int n;
  nn_scene_face faces[NN_CANVAS_FACES];
} nn_scene_target;

typedef struct nn_canvas {
  int h, w;
  float *pixels; /* (h, w), 0-255 */
  nn_scene_target *target;
  float *scratch;  /* of the caller: (h, w) and the largest picture */
  nn_random *random;
} nn_canvas;

/* Part of a canvas: columns [x0, x1), rows [y0, y1). */
typedef struct nn_region {
  int x0, y0, x1, y1;
} nn_region;

/* What lies before a face. */
typedef enum nn_cover { NN_COVER_NONE, NN_COVER_PATCH, NN_COVER_MASK } nn_cover;

/* Draws the picture (h, w), seen through place (canvas -> picture), where it lies in the region; feather: pixels of the picture over which its edges
 * fade into what is there. */
void nn_canvas_draw (nn_canvas *canvas, nn_region region, const uint8_t *pixels, int h, int w, const nn_affine *place, float feather);

/* Adds a face of the picture that was drawn so. Cut to the region; too small a rest or face is to be ignored, nothing at all of it is left out.
 * A place
 * that mirrors exchanges left and right points. Returns the face's index in the target, -1: left out. */
int nn_canvas_add_face (nn_canvas *canvas, nn_region region, const nn_scene_face *face, const nn_affine *place);

/* Covers a face that was added. */
void nn_canvas_cover (nn_canvas *canvas, int face, nn_cover cover);

/* Light, blur and noise over all of it. */
void nn_canvas_spoil (nn_canvas *canvas, const nn_augment *augment, const nn_scene_augment *scene);

#endif
