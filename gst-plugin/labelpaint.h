/* SPDX-License-Identifier: MIT
 * Labels as rectangles, one for each piece of them, which are drawn once and then only moved for as long as they show the same. */
#ifndef LABELPAINT_H
#define LABELPAINT_H

#include <gst/video/video.h>

#include "fer/ferdraw.h"

/* All zero: nothing was drawn yet. */
typedef struct labelpaint {
  GArray *drawings; /* of the last frame */
} labelpaint;

void labelpaint_clear (labelpaint *paint);

/* Puts the labels of result, moved by (x, y), on top of *composition. */
void labelpaint_draw (labelpaint *paint, fer_drawer *drawer, const fer_result *result, int x, int y, GstVideoOverlayComposition **composition);

#endif
