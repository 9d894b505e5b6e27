/* SPDX-License-Identifier: MIT
 * Where an element's drawings go: with the buffer, for downstream to draw, or into its pixels. */
#ifndef CANVAS_H
#define CANVAS_H

#include <gst/base/gstbasetransform.h>
#include <gst/video/video.h>

typedef struct canvas {
  /* Under the element's object lock. */
  gboolean undecided; /* ask downstream before the next frame is drawn */
  gboolean refused;   /* downstream has the caps feature but does not take the meta */
  /* The streaming thread's. */
  gboolean attached; /* to buffers, for downstream to draw; else blended here */
} canvas;

/* What downstream said of drawings may no longer be true: after caps, a RECONFIGURE or a change of the property. Under the object lock. */
void canvas_reconsider (canvas *canvas);

/* The only thing that can change on the way is the caps feature that lets downstream draw. */
GstCaps *canvas_transform_caps (canvas *canvas, GstBaseTransform *base, gboolean draws, GstPadDirection direction, GstCaps *caps, GstCaps *filter);

/* Whether canvas_decide is due, once. */
gboolean canvas_due (canvas *canvas, GstBaseTransform *base);
/* Attach or blend? GstBaseTransform never sends an ALLOCATION query for an in-place element, so this does. */
void canvas_decide (canvas *canvas, GstBaseTransform *base);

/* Takes composition. FALSE: the buffer cannot be written. */
gboolean canvas_draw (const canvas *canvas, GstBuffer *buffer, const GstVideoInfo *info, GstVideoOverlayComposition *composition);

#endif
