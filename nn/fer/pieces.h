/* SPDX-License-Identifier: MIT
 * What planning and drawing of pieces share. */
#ifndef FER_PIECES_H
#define FER_PIECES_H

#include "pen.h"

/* Sizes for a frame's height. */
typedef struct fer_style {
  double line;                         /* width of the box's */
  double font, pad;                    /* height of the label's letters, space around text */
  double row, row_font, names, length; /* of the panel: height of a row, its letters, width of the names, of a full bar */
} fer_style;

fer_style fer_style_of (fer_drawer *drawer, const fer_result *result, int frame_height);

/* Of a box's corners. */
double fer_style_radius (const fer_style *style);

#endif
