/* SPDX-License-Identifier: MIT
 * The result as GstAnalyticsRelationMeta (GStreamer >= 1.24): detection -[CONTAIN | RELATE_TO]-> classes, best first, and detection
 * -[RELATE_TO]-> tracking for faces with an id. GStreamer's objectdetectionoverlay follows RELATE_TO and shows the first class, Deep Learning
 * Streamer follows CONTAIN. */
#ifndef ANALYTICS_H
#define ANALYTICS_H

#include <gst/gst.h>

#include "fer/fer.h"

/* Entries can only be added: the detection of an earlier element is used again when type and box are the same, and a face that has our classes
 * already (from another feremotion) keeps them. */
void analytics_write (GstBuffer *buffer, const char *roi_type, const fer_result *result);

#endif
