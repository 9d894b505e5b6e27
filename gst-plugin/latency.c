/* SPDX-License-Identifier: MIT */
#include "latency.h"

#include <math.h>

#define MEMORY 1024     /* frames after which two thirds of a peak are forgotten */
#define HEADROOM 1.05   /* told beyond the peak */
#define LEAST 1.0       /* ms: less is no delay, a sink allows for more */
#define HYSTERESIS 0.75 /* of what is told: a peak must be under it to be told */

GstClockTime
latency_estimate (latency *l, double ms)
{
  l->peak = ms > l->peak ? ms : l->peak + (ms - l->peak) / MEMORY;
  double told = (double) l->told / GST_MSECOND, wanted = l->peak >= LEAST ? ceil (HEADROOM * l->peak) : 0;
  gboolean nearly_right = l->peak <= told && wanted > HYSTERESIS * told;
  return nearly_right || wanted == told ? l->told : (GstClockTime) wanted * GST_MSECOND;
}

void
latency_note (latency *l, GstElement *element, double ms, gboolean live)
{
  GST_OBJECT_LOCK (element);
  GstClockTime before = l->told, now = l->told = latency_estimate (l, ms);
  GST_OBJECT_UNLOCK (element);
  if (live && now != before)
    gst_element_post_message (element, gst_message_new_latency (GST_OBJECT (element)));
}

void
latency_add (const latency *l, GstElement *element, GstQuery *query)
{
  gboolean live;
  GstClockTime min, max;
  GST_OBJECT_LOCK (element);
  GstClockTime told = l->told;
  GST_OBJECT_UNLOCK (element);
  gst_query_parse_latency (query, &live, &min, &max);
  if (live)
    gst_query_set_latency (query, live, min + told, GST_CLOCK_TIME_IS_VALID (max) ? max + told : max);
}
