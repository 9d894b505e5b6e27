/* SPDX-License-Identifier: MIT
 * Boxes that elements before this one found: region-of-interest metas and, from GStreamer 1.24 on, object detections of GstAnalytics. A face that came
 * as both is one box. */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include <gst/video/video.h>

#include "fer/fer.h"

typedef struct upstream_box {
  GQuark type;   /* "face", for example */
  fer_box box;   /* in whole pixels, perhaps partly outside the picture */
  gboolean bare; /* says nothing but where it is: neither id nor parent, nor parameters but ours */
} upstream_box;

/* All zero: before the first box. */
typedef struct upstream_state {
  gpointer roi, detection;
  gboolean rois_done;
} upstream_state;

/* 0, any type, for an empty name. */
GQuark upstream_type (const char *name);

/* The next box of type (0: any). */
gboolean upstream_next (GstBuffer *buffer, GQuark type, upstream_state *state, upstream_box *box);

/* The ROI meta of type that lies where box is, be it moved by a scaler's rounding or found a second time; NULL: none. */
GstVideoRegionOfInterestMeta *upstream_roi (GstBuffer *buffer, GQuark type, const fer_box *box);

/* What of two boxes found by different elements is one face. */
gboolean upstream_is_same (float iou);

#endif
