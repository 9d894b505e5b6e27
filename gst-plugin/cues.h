/* SPDX-License-Identifier: MIT
 * From one text a frame to cues: a cue lasts until the text changes. */
#ifndef CUES_H
#define CUES_H

#include <gst/gst.h>

typedef struct cue {
  char *text;
  GstClockTime start, end;
  gint64 time_us; /* the calendar's at its start */
} cue;

/* All zero: nothing was shown yet. */
typedef struct cues {
  cue open; /* text NULL: none */
  gboolean begun;
  GstClockTime last;     /* frame's start, if begun */
  GstClockTime interval; /* between the last two frames; 0: not known */
} cues;

/* A frame from start on, of duration (or none), shows text (NULL: none). Is a cue over now? Then *done is it, and its text the caller's. longest: a
 * cue that is as long is over, too, and goes on as another one; 0: no limit. */
gboolean cues_add (cues *cues, const char *text, GstClockTime start, GstClockTime duration, GstClockTime longest, gint64 time_us, cue *done);

/* No frame comes that belongs to what was shown: is there a cue left? */
gboolean cues_end (cues *cues, cue *done);

#endif
