/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include "../test.h"

#define FRAME (GST_SECOND / 30)
#define MOST 5

static void
note (pace *p, GstClockTimeDiff diff, GstClockTime timestamp)
{
  GstEvent *event = gst_event_new_qos (diff > 0 ? GST_QOS_TYPE_UNDERFLOW : GST_QOS_TYPE_OVERFLOW, 1.5, diff, timestamp);
  pace_note (p, event);
  gst_event_unref (event);
}

static void
leaves_out_more_while_frames_are_late (void)
{
  pace p;
  pace_reset (&p);
  check (!pace_step (&p, 0, p.earliest, MOST) && p.level == 0);
  note (&p, 90 * GST_MSECOND, FRAME);
  check (p.earliest == FRAME + 90 * GST_MSECOND && p.proportion == 1.5);
  check (pace_step (&p, 2 * FRAME, p.earliest, MOST) && p.level == 1);
  check (pace_step (&p, 3 * FRAME, p.earliest, MOST) && p.level == 2);
  check (!pace_step (&p, 4 * FRAME, p.earliest, MOST) && p.level == 2); /* in time again */
  note (&p, 10 * GST_SECOND, 4 * FRAME);
  for (guint64 i = 5; i < 20; i++)
    pace_step (&p, i * FRAME, p.earliest, MOST);
  check (p.level == MOST);
}

static void
comes_back_step_by_step (void)
{
  pace p;
  int changes = 0;
  pace_reset (&p);
  p.level = 2;
  note (&p, -5 * (GstClockTimeDiff) GST_MSECOND, FRAME);
  check (p.earliest == GST_CLOCK_TIME_NONE);
  for (guint64 i = 1; i <= 60; i++) {
    gboolean changed = pace_step (&p, i * FRAME, p.earliest, MOST);
    changes += changed;
    check (!changed || i == 15 || i == 30);
  }
  check (p.level == 0 && changes == 2);
}

static void
a_frame_without_a_time_is_not_late (void)
{
  pace p;
  pace_reset (&p);
  note (&p, GST_SECOND, GST_CLOCK_TIME_NONE);
  check (p.earliest == GST_CLOCK_TIME_NONE);
  note (&p, GST_SECOND, 0);
  check (!pace_step (&p, GST_CLOCK_TIME_NONE, p.earliest, MOST) && p.level == 0);
  pace_reset (&p);
  check (!pace_step (&p, 0, p.earliest, MOST));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) {
      TEST (leaves_out_more_while_frames_are_late), TEST (comes_back_step_by_step), TEST (a_frame_without_a_time_is_not_late), { 0 } });
}
