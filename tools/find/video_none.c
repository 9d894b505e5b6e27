/* SPDX-License-Identifier: MIT */
#include "video.h"

find_video *
find_video_open (const char *path, nn_error *error)
{
  nn_fail (error, "%s: neither a JPEG nor a PNG picture, and this program was built without GStreamer (gstreamer-app-1.0), which reads videos", path);
  return NULL;
}

void
find_video_close (find_video *video)
{
  (void) video;
}

int
find_video_next (find_video *video, find_frame *frame, nn_error *error)
{
  (void) video, (void) frame;
  nn_fail (error, "no video is open");
  return -1;
}
