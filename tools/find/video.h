/* SPDX-License-Identifier: MIT
 * Frames of a video file, by GStreamer's decoders. A program that is built without GStreamer has video_none.c, which says so. */
#ifndef FIND_VIDEO_H
#define FIND_VIDEO_H

#include "fer.h"

typedef struct find_video find_video;

/* NULL: cannot be read; the error names the path. */
find_video *find_video_open (const char *path, nn_error *error);
void find_video_close (find_video *video);

typedef struct find_frame {
  fer_image image;    /* of rgb */
  const uint8_t *rgb; /* upright, 3 bytes a pixel; valid until the next frame */
  ptrdiff_t stride;
  uint64_t pts;       /* ns, or FER_TIME_NONE */
} find_frame;

/* 1: the next frame, 0: there is none left, -1: an error. */
int find_video_next (find_video *video, find_frame *frame, nn_error *error);

#endif
