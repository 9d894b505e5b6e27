/* SPDX-License-Identifier: MIT */
#include "times.h"

GstClockTime
times_running (GstBaseTransform *base, GstBuffer *buffer)
{
  const GstSegment *segment = &base->segment;
  return segment->format == GST_FORMAT_TIME ? gst_segment_to_running_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer)) : GST_CLOCK_TIME_NONE;
}

GstClockTime
times_stream (GstBaseTransform *base, GstBuffer *buffer)
{
  const GstSegment *segment = &base->segment;
  return segment->format == GST_FORMAT_TIME ? gst_segment_to_stream_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer)) : GST_CLOCK_TIME_NONE;
}

GstClockTime
times_in_stream (const GstSegment *segment, GstClockTime pts)
{
  GstClockTime time = segment->format == GST_FORMAT_TIME ? gst_segment_to_stream_time (segment, GST_FORMAT_TIME, pts) : GST_CLOCK_TIME_NONE;
  return GST_CLOCK_TIME_IS_VALID (time) ? time : pts;
}

gboolean
times_is_live (GstBaseTransform *base)
{
  gboolean live = FALSE;
  GstQuery *query = gst_query_new_latency ();
  if (gst_pad_peer_query (base->sinkpad, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  gst_query_unref (query);
  return live;
}

static gint64
from_reference (GstBuffer *buffer)
{
  static GstStaticCaps unix_time = GST_STATIC_CAPS ("timestamp/x-unix");
  GstCaps *caps = gst_static_caps_get (&unix_time);
  GstReferenceTimestampMeta *meta = gst_buffer_get_reference_timestamp_meta (buffer, caps);
  gst_caps_unref (caps);
  return meta && GST_CLOCK_TIME_IS_VALID (meta->timestamp) ? (gint64) (meta->timestamp / GST_USECOND) : G_MININT64;
}

static gint64
from_clock (GstElement *element, GstClockTime running_time)
{
  GstClock *clock = gst_element_get_clock (element);
  if (!clock)
    return G_MININT64;
  GstClockTimeDiff age = GST_CLOCK_DIFF (gst_element_get_base_time (element) + running_time, gst_clock_get_time (clock));
  gst_object_unref (clock);
  return g_get_real_time () - age / GST_USECOND;
}

gint64
times_wall (GstBaseTransform *base, GstBuffer *buffer, gboolean live)
{
  gint64 time = from_reference (buffer);
  GstClockTime running_time = times_running (base, buffer);
  if (time == G_MININT64 && live && GST_CLOCK_TIME_IS_VALID (running_time))
    time = from_clock (GST_ELEMENT (base), running_time);
  return time;
}

/* Sent again, a segment changes nothing but the position that the base notes in its own. */
static gboolean
is_same_segment (const GstSegment *now, GstEvent *event)
{
  GstSegment next;
  gst_event_copy_segment (event, &next);
  next.position = now->position;
  return gst_segment_is_equal (&next, now);
}

gboolean
times_break (GstBaseTransform *base, GstEvent *event)
{
  switch (GST_EVENT_TYPE (event)) {
  case GST_EVENT_FLUSH_STOP:
  case GST_EVENT_STREAM_START: return TRUE;
  case GST_EVENT_SEGMENT: return !is_same_segment (&base->segment, event);
  default: return FALSE;
  }
}
