/* SPDX-License-Identifier: MIT
 * What a report looks like. */
#ifndef PAINTER_H
#define PAINTER_H

#include "fer/ferdraw.h"
#include "heatpaint.h"
#include "labelpaint.h"
#include "report.h"
#include "settings.h"

/* All zero: nothing is ready. */
typedef struct painter {
  fer_drawer *drawer; /* of letters; NULL: not prepared, or failed */
  gboolean tried;
  heatpaint heats;
  labelpaint labels;

  /* What the colours mean: drawn for frames of (width, height), moved by (x, y), and maps of class. */
  GstVideoOverlayRectangle *legend; /* NULL: not drawn, or there is no room */
  int width, height, x, y;
  const char *class;
} painter;

void painter_clear (painter *painter);

/* Makes ready what choice needs, so that no frame has to wait for fonts. FALSE, once: *error says why nothing can be lettered. */
gboolean painter_prepare (painter *painter, overlay_choice choice, nn_error *error);

/* The faces of report, moved by (x, y); NULL: nothing to draw. */
GstVideoOverlayComposition *painter_draw (painter *painter, const settings *settings, const report *report, int x, int y);

#endif
