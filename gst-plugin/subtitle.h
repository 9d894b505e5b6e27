/* SPDX-License-Identifier: MIT
 * A result and a cue as text of subtitles. */
#ifndef SUBTITLE_H
#define SUBTITLE_H

#include "cues.h"
#include "fer/fer.h"

typedef enum subtitle_form {
  SUBTITLE_PLAIN, /* text alone: its times are its buffer's */
  SUBTITLE_VTT,   /* WebVTT, behind SUBTITLE_VTT_HEADER */
  SUBTITLE_SRT    /* SubRip */
} subtitle_form;

#define SUBTITLE_VTT_HEADER "WEBVTT\n\n"

/* A line a face: "1: happy", or "happy" of one without an id. NULL: no face. g_free it. */
char *subtitle_of_result (const fer_result *result);

/* The cue as part of a file; start and end are its times there. number from 1. with_time: the calendar's time is its first line. g_free it. */
char *subtitle_of_cue (const cue *cue, subtitle_form form, guint number, GstClockTime start, GstClockTime end, gboolean with_time);

#endif
