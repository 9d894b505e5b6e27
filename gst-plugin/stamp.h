/* SPDX-License-Identifier: MIT
 * Blending of pictures into frames whose colours have 8 bits each. A picture is converted once to the samples of the frame's format, which are kept
 * with it, so that one that stays or moves only costs what it covers; GStreamer's own blending converts the frame instead, there and back. */
#ifndef STAMP_H
#define STAMP_H

#include <gst/video/video.h>

/* Blends pixels (premultiplied ARGB, with a GstVideoMeta) into frame at (x, y), which may be outside. FALSE: not into this format. */
gboolean stamp_put (GstVideoFrame *frame, GstBuffer *pixels, int x, int y);

#endif
