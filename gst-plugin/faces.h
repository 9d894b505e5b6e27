/* SPDX-License-Identifier: MIT
 * Which faces of a frame are read: the boxes that upstream found, those that are followed, or the whole frame. */
#ifndef FACES_H
#define FACES_H

#include "anonymize.h"
#include "upstream.h"

/* A face before it is read. */
typedef struct face_place {
  fer_face face;     /* box as found, clipped to the picture; and what else is known */
  fer_box square;    /* what the network looks at, from the box before it was clipped, ... */
  float roll;        /* ... turned by so much */
  float vx, vy;      /* pixels a second; 0 where it is not known */
  gboolean hidden;   /* lost sight of for a moment: not to be read where it is thought to be */
  upstream_box came; /* the box as it came; type 0: it did not come from upstream */
} face_place;

typedef struct faces {
  int n, max;      /* no more than max <= FER_MAX_FACES, the largest */
  guint n_offered; /* boxes of the wanted type that came, skipped ones too */
  int width, height;
  fer_source source;   /* of all of them */
  GstElement *element; /* in whose log skipped faces are named */
  face_place places[FER_MAX_FACES];
  int n_skipped;
  fer_skipped skipped[FER_MAX_FACES]; /* the first of them */
} faces;

/* No face yet of a picture of (width, height). */
void faces_begin (faces *faces, GstElement *element, int width, int height, int max);

/* Boxes under 12 pixels, less than half inside, and all but the largest max are skipped, for a reason that is kept and logged. */

/* Upstream's boxes of type (empty: any), in their order. map NULL: the map of the finder that each box seems to come from. */
void faces_from_upstream (faces *faces, GstBuffer *buffer, const char *type, const fer_box_map *map, const fer_crop *crop);
gboolean faces_come_with (GstBuffer *buffer, const char *type);

/* The same boxes, all of them, as they are. */
void faces_cover_upstream (covers *covers, GstBuffer *buffer, const char *type);

void faces_from_tracks (faces *faces, const fer_track *tracks, int n, const fer_crop *crop);

/* The picture is one face, already cut out. */
void faces_from_frame (faces *faces);

#endif
