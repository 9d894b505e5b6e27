/* SPDX-License-Identifier: MIT
 * The one place where a result is written: as metas on its buffer and as a message on the bus. */
#ifndef WRITER_H
#define WRITER_H

#include <gst/base/gstbasetransform.h>

#include "faces.h"

/* FerEmotionMeta, parameters of the faces' ROI metas and, from GStreamer 1.24 on, analytics. found: where result's faces came from, in the same
 * order. */
void writer_attach (GstBuffer *buffer, const faces *found, const char *roi_type, const char *model_name, const fer_result *result);

/* Element message "feremotion": the times of GStreamer's level and facedetect, the fields of structure.h, and the JSON line as "json". */
GstMessage *writer_message (GstBaseTransform *base, GstBuffer *buffer, const fer_result *result);

#endif
