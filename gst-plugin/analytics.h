/* SPDX-License-Identifier: MIT
 * The result as GstAnalyticsRelationMeta (GStreamer >= 1.24): detection -[CONTAIN | RELATE_TO]-> classes, best first, -[IS_PART_OF]-> detection, and
 * detection -[RELATE_TO]-> tracking for faces with an id. GStreamer's objectdetectionoverlay follows RELATE_TO and shows the first class; Deep Learning
 * Streamer follows CONTAIN, and takes classes that are part of nothing for the whole frame's. */
#ifndef ANALYTICS_H
#define ANALYTICS_H

#include <gst/gst.h>

#include "faces.h"

/* The next detection of type (0: any); *state NULL before the first. */
gboolean analytics_next (GstBuffer *buffer, GQuark type, gpointer *state, GQuark *its_type, fer_box *box);

/* Entries can only be added: the detection of an earlier element is used again where one of the type lies, and a face that has our classes already
 * (from another feremotion) keeps them. ids (of result's faces): of their detections, -1: none. */
void analytics_write (GstBuffer *buffer, GQuark type, const faces *found, const fer_result *result, gint *ids);

#endif
