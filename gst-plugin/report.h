/* SPDX-License-Identifier: MIT
 * What came of one frame: all that writing and drawing need, long after the frame and its pixels are gone. */
#ifndef REPORT_H
#define REPORT_H

#include "budget.h"
#include "faces.h"
#include "heatmap.h"
#include "reader.h"
#include "settings.h"

/* Where a frame's time goes. */
typedef enum stage { STAGE_FIND, STAGE_READ, STAGE_HEATMAP, STAGE_ATTACH, STAGE_DRAW, N_STAGES } stage;

typedef struct report {
  fer_result result;          /* labels are reader's */
  faces found;                /* where the result's faces are, in its order */
  heat *heats[FER_MAX_FACES]; /* of the result's faces; NULL: none */
  covers covers;              /* what is to be covered, if anything is */
  reader *reader;             /* who read it, or NULL: nothing was reported yet */
  int done[N_WORKS], shed[N_WORKS];
  double ms[N_STAGES];   /* what took how long; of stages that did not take place 0 */
  GstClockTime duration; /* of the frame */
  int x, y;              /* where the picture begins in the frame's memory */
} report;

/* All zero is a report of nothing. */
void report_clear (report *report);
void report_free (report *report); /* g_new0 */
void report_copy (report *to, const report *from);

/* What report says of a later frame: ages grow, and faces move on as they did. Times that are none are no later. */
void report_go_on (report *report, GstClockTime running_time);

/* The boxes of buffer's region-of-interest metas take the place of those that came from upstream; a face that has none has gone. */
void report_meet (report *report, GstBuffer *buffer, const settings *settings);

#endif
