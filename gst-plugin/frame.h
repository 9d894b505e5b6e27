/* SPDX-License-Identifier: MIT
 * A mapped video frame as the fer_image that libfer reads. */
#ifndef FRAME_H
#define FRAME_H

#include <gst/video/video.h>

#include "fer/fer.h"

typedef struct frame {
  GstVideoFrame video;
  fer_image image; /* the visible picture: all of video, or what GstVideoCropMeta leaves of it */
  int x, y;        /* where the visible picture begins in video */
  guint8 *line;    /* one unpacked line, for formats that are not read in place */
} frame;

/* Maps buffer for reading; image is valid until frame_close and while frame does not move. FALSE: the memory cannot be mapped, or is smaller
 * than info says. */
gboolean frame_open (frame *frame, GstBuffer *buffer, const GstVideoInfo *info);
void frame_close (frame *frame);

#endif
