/* SPDX-License-Identifier: MIT
 * What leaves with a frame: metas, messages, covers over faces, drawings. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include <gst/base/gstbasetransform.h>

#include "canvas.h"
#include "news.h"
#include "painter.h"

typedef struct publisher {
  GstBaseTransform *base;
  canvas canvas;
  painter painter;
  news news;
} publisher;

/* Makes ready what choice needs; a warning says what cannot be drawn. */
void publisher_prepare (publisher *publisher, overlay_choice choice);
void publisher_clear (publisher *publisher);

/* Puts all that settings ask for of report on buffer, a frame of info, and on the bus. FALSE: an error was posted. */
gboolean publisher_run (publisher *publisher, GstBuffer *buffer, const GstVideoInfo *info, const settings *settings, report *report);

/* Posts a report that no frame carries. */
void publisher_post (publisher *publisher, const settings *settings, report *report);

/* Covers in buffer what was covered in the frame of report. FALSE: an error was posted. */
gboolean publisher_cover (publisher *publisher, GstBuffer *buffer, const GstVideoInfo *info, const settings *settings, const report *report);

#endif
