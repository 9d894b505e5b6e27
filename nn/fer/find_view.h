/* SPDX-License-Identifier: MIT
 * A finder's network at one size of its input. */
#ifndef FER_FIND_VIEW_H
#define FER_FIND_VIEW_H

#include "find.h"

typedef struct fer_view {
  nn_runner *runner;
  int h, w;
  int which[NN_MAX_OUTPUTS];
  nn_real *tensor; /* (h, w, channels); 0, the mean, where the picture in its top left corner does not reach */
} fer_view;

/* Side of an input for so many pixels; fixed: the only one that the network takes, or 0. */
int fer_view_side (int fixed, int pixels);

/* Shapes of the outputs for an input of (h, w). */
bool fer_view_outputs (const nn_graph *graph, int h, int w, nn_shape *outputs, nn_error *error);

/* For a picture of (w, h) pixels. What failed is to be cleared as well. */
bool fer_view_new (fer_view *view, const fer_decoding *decoding, const fer_finder_info *info, nn_plan *plan, int h, int w, nn_error *error);
void fer_view_clear (fer_view *view);

/* luma (h, w), 0-255, into the corner of the tensor. */
void fer_view_fill (fer_view *view, const fer_finder_info *info, const float *luma, int h, int w);

#endif
