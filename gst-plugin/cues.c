/* SPDX-License-Identifier: MIT */
#include "cues.h"

#define DEFAULT_DURATION (40 * GST_MSECOND) /* of a single frame that does not say */

static gboolean
finish (cues *c, GstClockTime end, cue *done)
{
  if (!c->open.text)
    return FALSE;
  *done = c->open;
  done->end = MAX (end, done->start);
  c->open = (cue) { 0 };
  return TRUE;
}

gboolean
cues_add (cues *c, const char *text, GstClockTime start, GstClockTime duration, GstClockTime longest, gint64 time_us, cue *done)
{
  gboolean same = g_strcmp0 (text, c->open.text) == 0;
  gboolean full = longest && c->open.text && start >= c->open.start + longest;
  gboolean over = (!same || full) && finish (c, start, done);
  if (text && !c->open.text)
    c->open = (cue) { g_strdup (text), start, start, time_us };
  if (c->begun && start > c->last)
    c->interval = start - c->last;
  c->begun = TRUE;
  c->last = start;
  if (!GST_CLOCK_TIME_IS_VALID (duration))
    duration = c->interval ? c->interval : DEFAULT_DURATION;
  c->open.end = start + duration;
  return over;
}

gboolean
cues_end (cues *c, cue *done)
{
  gboolean over = finish (c, c->open.end, done);
  *c = (cues) { 0 };
  return over;
}
