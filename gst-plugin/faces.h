/* SPDX-License-Identifier: MIT
 * Which faces of a frame are classified: the boxes that upstream found, or the whole frame. */
#ifndef FACES_H
#define FACES_H

#include <gst/video/video.h>

#include "fer/fer.h"

typedef struct faces {
  int n;
  guint n_offered;                                   /* boxes of the wanted type that came, skipped ones too */
  fer_box boxes[FER_MAX_FACES];                      /* as found, clipped to the picture */
  fer_box squares[FER_MAX_FACES];                    /* what the network looks at, from the box before it was clipped */
  GstVideoRegionOfInterestMeta *rois[FER_MAX_FACES]; /* where the box came from, or NULL */
} faces;

/* The boxes of buffer's region-of-interest metas of roi_type (empty: any), in their order. Skipped, with the reason in element's log: boxes under 12
 * pixels, less than half inside, and all but the largest FER_MAX_FACES. map NULL: the map of the finder that each box seems to come from. */
void faces_from_upstream (faces *found, GstElement *element, GstBuffer *buffer, const char *roi_type, const fer_box_map *map, const fer_crop *crop,
                          int width, int height);

/* The picture is one face, already cut out. */
void faces_from_frame (faces *found, GstElement *element, int width, int height);

#endif
