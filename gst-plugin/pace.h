/* SPDX-License-Identifier: MIT
 * How much work to leave out because frames come too late at the sink: one more kind (budget.h) with each frame that is late already when it comes,
 * one less after half a second's frames in time. */
#ifndef PACE_H
#define PACE_H

#include <gst/base/gstbasetransform.h>

typedef struct pace {
  /* Under the element's object lock: what the sink said last. */
  GstClockTime earliest; /* running time before which frames are late, or none */
  double proportion;
  /* The streaming thread's. */
  int level; /* kinds of work to leave out */
  int calm;  /* frames in time since the last that was late, or the last step */
} pace;

/* Nothing is late. */
void pace_reset (pace *pace);

/* What a QoS event says. Under the object lock. */
void pace_note (pace *pace, GstEvent *event);

/* A frame for running_time (or none) comes, of most kinds of work, when the sink wants frames from earliest (or none) on. TRUE: the level changes. */
gboolean pace_step (pace *pace, GstClockTime running_time, GstClockTime earliest, int most);

/* The same for buffer in base, whose bus is told of a change; n_frames: that came before. */
void pace_keep (pace *pace, GstBaseTransform *base, GstBuffer *buffer, gboolean live, guint64 n_frames);

#endif
