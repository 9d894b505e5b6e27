/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include "budget.h"
#include "times.h"

#define CALM 15 /* frames */

void
pace_reset (pace *p)
{
  *p = (pace) { .earliest = GST_CLOCK_TIME_NONE, .proportion = 1 };
}

/* diff: by how much the frame of timestamp was late; what comes before both is as late. */
void
pace_note (pace *p, GstEvent *event)
{
  GstClockTimeDiff diff;
  GstClockTime timestamp;
  gst_event_parse_qos (event, NULL, &p->proportion, &diff, &timestamp);
  gboolean late = GST_CLOCK_TIME_IS_VALID (timestamp) && diff > 0;
  p->earliest = late ? timestamp + (GstClockTime) diff : GST_CLOCK_TIME_NONE;
}

gboolean
pace_step (pace *p, GstClockTime running_time, GstClockTime earliest, int most)
{
  gboolean late = GST_CLOCK_TIME_IS_VALID (running_time) && GST_CLOCK_TIME_IS_VALID (earliest) && running_time < earliest;
  int before = p->level;
  p->calm = late ? 0 : p->calm + 1;
  if (late)
    p->level = MIN (p->level + 1, most);
  else if (p->calm >= CALM && p->level > 0) {
    p->level--;
    p->calm = 0;
  }
  return p->level != before;
}

/* "Buffers" that were dropped are none. */
void
pace_keep (pace *p, GstBaseTransform *base, GstBuffer *buffer, gboolean live, guint64 n_frames)
{
  GstClockTime running_time = times_running (base, buffer);
  GST_OBJECT_LOCK (base);
  GstClockTime earliest = p->earliest;
  double proportion = p->proportion;
  GST_OBJECT_UNLOCK (base);
  if (!pace_step (p, running_time, earliest, N_WORKS))
    return;
  GstMessage *message =
      gst_message_new_qos (GST_OBJECT (base), live, running_time, times_stream (base, buffer), GST_BUFFER_PTS (buffer), GST_BUFFER_DURATION (buffer));
  gint64 jitter = GST_CLOCK_TIME_IS_VALID (earliest) ? GST_CLOCK_DIFF (running_time, earliest) : 0;
  gst_message_set_qos_values (message, jitter, proportion, 1000000 * (N_WORKS - p->level) / N_WORKS);
  gst_message_set_qos_stats (message, GST_FORMAT_BUFFERS, n_frames, 0);
  gst_element_post_message (GST_ELEMENT (base), message);
}
