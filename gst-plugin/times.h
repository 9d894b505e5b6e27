/* SPDX-License-Identifier: MIT
 * When a frame is shown, by the pipeline and by the calendar. GST_CLOCK_TIME_NONE also where the segment does not count time. */
#ifndef TIMES_H
#define TIMES_H

#include <gst/base/gstbasetransform.h>

GstClockTime times_running (GstBaseTransform *base, GstBuffer *buffer);
GstClockTime times_stream (GstBaseTransform *base, GstBuffer *buffer);

/* Where pts is in the stream as players count it, from its beginning; pts itself where the segment does not say. */
GstClockTime times_in_stream (const GstSegment *segment, GstClockTime pts);

/* Does what arrives come from a live source? Asks upstream. */
gboolean times_is_live (GstBaseTransform *base);

/* Microseconds since 1970 UTC: from a reference timestamp meta of timestamp/x-unix, else, for live streams, from the pipeline's clock; G_MININT64
 * when neither knows, as for a file. */
gint64 times_wall (GstBaseTransform *base, GstBuffer *buffer, gboolean live);

/* Does event, before the base has seen it, say that other pictures come: after a flush or a seek, or from another stream? */
gboolean times_break (GstBaseTransform *base, GstEvent *event);

#endif
