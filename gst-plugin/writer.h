/* SPDX-License-Identifier: MIT
 * The one place where a result is written: as metas on its buffer and as a message on the bus. meta_formats: META_AUTO is everything that this build
 * can write but the JSON line. */
#ifndef WRITER_H
#define WRITER_H

#include <gst/base/gstbasetransform.h>

#include "enums.h"
#include "faces.h"

/* Warns on the bus when wanted asks for what this build cannot write. */
void writer_check (GstElement *element, meta_formats wanted);

/* Metas. found: where result's faces came from, in the same order. */
void writer_attach (GstBuffer *buffer, meta_formats wanted, const faces *found, const char *roi_type, const char *model_name,
                    const fer_result *result);

/* Element message "feremotion": the times of GStreamer's level and facedetect, the fields of structure.h, and the JSON line as "json". */
GstMessage *writer_message (GstBaseTransform *base, GstBuffer *buffer, const fer_result *result);

#endif
