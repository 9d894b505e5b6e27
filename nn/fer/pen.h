/* SPDX-License-Identifier: MIT
 * Text and shapes, for what ferdraw draws with Cairo. */
#ifndef FER_PEN_H
#define FER_PEN_H

#include "ferdraw.h"

#include <cairo.h>

typedef struct fer_rect {
  double x, y, w, h;
} fer_rect;

/* Size of text in letters of px pixels. */
void fer_pen_measure (fer_drawer *drawer, const char *text, double px, bool bold, double *w, double *h);

/* Text from x on, its height about middle. */
void fer_pen_write (fer_drawer *drawer, cairo_t *cairo, const char *text, double px, bool bold, double x, double middle);

void fer_pen_colour (cairo_t *cairo, uint32_t rgb, double alpha);

/* The path of a rectangle with round corners. */
void fer_pen_round (cairo_t *cairo, const fer_rect *rect, double radius);

/* Pixels for a picture whose x, y, width and height are there, all transparent, and what draws on them, in the frame's coordinates. NULL: out of
 * memory. */
cairo_t *fer_pen_begin (fer_picture *picture);
/* Ends drawing; false, and no pixels, when it failed. */
bool fer_pen_end (cairo_t *cairo, fer_picture *picture);

#endif
