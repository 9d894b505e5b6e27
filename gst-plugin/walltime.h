/* SPDX-License-Identifier: MIT
 * When a frame was taken, by the calendar. */
#ifndef WALLTIME_H
#define WALLTIME_H

#include <gst/base/gstbasetransform.h>

/* Does what arrives come from a live source? Asks upstream. */
gboolean walltime_is_live (GstBaseTransform *base);

/* Microseconds since 1970 UTC: from a reference timestamp meta of timestamp/x-unix, else, for live streams, from the pipeline's clock; G_MININT64 when
 * neither knows, as for a file. */
gint64 walltime_of_frame (GstBaseTransform *base, GstBuffer *buffer, GstClockTime running_time, gboolean live);

#endif
