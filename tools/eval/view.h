/* SPDX-License-Identifier: MIT
 * The same picture as it is, turned, and in less light: fixed functions of its pixels and its name, so that every finder is shown the same. */
#ifndef EVAL_VIEW_H
#define EVAL_VIEW_H

#include "common/picture.h"
#include "nn_train.h"

typedef struct eval_view {
  const char *name;
  int degrees; /* turned about its centre, clockwise or the other way by its name */
  int light;   /* 1 / light of what fell on the sensor, gamma 2.2, and noise as of a sensor */
} eval_view;

#define EVAL_N_VIEWS 7
extern const eval_view eval_views[EVAL_N_VIEWS]; /* the first: upright, in full light */

/* A picture as it is shown: (h, w, 3). */
typedef struct eval_shown {
  int w, h;
  uint8_t *rgb;
  nn_affine map; /* where a point of the file's picture is */
} eval_shown;

/* The longer side becomes size pixels (0: as it comes), enlarged as well; a turned picture gets a canvas that cuts nothing off, grey around it, and
 * the canvas' longer side becomes size. Without pixels only where everything is, and no rgb. */
bool eval_show (const eval_view *view, const tool_picture *picture, const char *file, int size, bool pixels, eval_shown *shown, nn_error *error);
void eval_shown_clear (eval_shown *shown);

/* A face where it is then: nn_detect_transform. */
nn_scene_face eval_move (const eval_shown *shown, const nn_scene_face *face);

#endif
