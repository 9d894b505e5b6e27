/* SPDX-License-Identifier: MIT
 * Heat maps as rectangles, which are drawn once and then only moved for as long as map, size and tilt stay. */
#ifndef HEATPAINT_H
#define HEATPAINT_H

#include <gst/video/video.h>

#include "report.h"

typedef struct heat_drawing {
  heat *heat;
  int x, y, side; /* of the square */
  float roll, opacity;
  gboolean whole; /* none of it was cut off at the frame's edges */
  int left, top;  /* of what was drawn */
  GstVideoOverlayRectangle *rectangle;
} heat_drawing;

/* All zero: nothing was drawn yet. */
typedef struct heatpaint {
  int n;
  heat_drawing drawings[FER_MAX_FACES]; /* of the last frame */
} heatpaint;

void heatpaint_clear (heatpaint *paint);

/* Puts the heat maps of report, moved by (x, y), on top of *composition. Returns how many. */
int heatpaint_draw (heatpaint *paint, const report *report, double opacity, int x, int y, GstVideoOverlayComposition **composition);

#endif
