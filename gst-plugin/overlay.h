/* SPDX-License-Identifier: MIT
 * How drawings reach the viewer: attached as a GstVideoOverlayComposition when downstream draws those itself (then no pixel is touched here),
 * blended into the frame otherwise. Downstream says so twice: by the caps feature, and by naming the meta in its answer to an ALLOCATION query. */
#ifndef OVERLAY_H
#define OVERLAY_H

#include <gst/video/video.h>

#include "fer/ferdraw.h"

gboolean overlay_caps_have_feature (GstCaps *caps);

/* What can leave for caps that come in (with the feature first), and what can come in for caps that leave. */
GstCaps *overlay_caps_out (GstCaps *in);
GstCaps *overlay_caps_in (GstCaps *out);
/* The first structure with the feature, else the first; takes caps. */
GstCaps *overlay_caps_choose (GstCaps *caps);

/* Does the peer of srcpad take compositions with frames of caps? */
gboolean overlay_peer_composes (GstPad *srcpad, GstCaps *caps);

/* Answers upstream's ALLOCATION query as the peer of srcpad answers one for caps. */
gboolean overlay_proxy_allocation (GstPad *srcpad, GstCaps *caps, GstQuery *query);

/* Picture, moved by (x, y); takes its pixels. */
GstVideoOverlayRectangle *overlay_rectangle (const fer_picture *picture, int x, int y);

/* The same at (x, y): a new reference, or another rectangle of the same pixels. */
GstVideoOverlayRectangle *overlay_moved (GstVideoOverlayRectangle *rectangle, int x, int y);

/* Puts rectangle on top of *composition (NULL: a new one); takes it. */
void overlay_add (GstVideoOverlayComposition **composition, GstVideoOverlayRectangle *rectangle);

/* On top of what an earlier element attached. */
void overlay_attach (GstBuffer *buffer, GstVideoOverlayComposition *composition);
/* FALSE: the buffer cannot be written. */
gboolean overlay_blend (GstBuffer *buffer, const GstVideoInfo *info, GstVideoOverlayComposition *composition);

#endif
