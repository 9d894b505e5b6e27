/* SPDX-License-Identifier: MIT
 * What the element tests share: a harness with the test model, pictures in any format, and results read as an application would. */
#ifndef RIG_H
#define RIG_H

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "fer/fer.h"

/* gst_init and a model of 24x24 in a temporary file; rig_model is its path. */
void rig_init (int *argc, char ***argv);
extern const char *rig_model;
/* Removes it; returns status. */
int rig_exit (int status);

/* A finder's model in a temporary file, which finds RIG_WHITE white pixels on black in a box of RIG_FACE; and what it finds, n of them
 * well inside a grey picture of info. */
enum { RIG_WHITE = 32, RIG_FACE = 48 };
extern const char *rig_finder;
typedef struct rig_spot {
  int x, y; /* its middle */
} rig_spot;
GstBuffer *rig_spots (const GstVideoInfo *info, const rig_spot *spots, int n);

/* A harness around a launch line in which MODEL stands for model=rig_model, FINDER for finder-model=rig_finder. */
GstHarness *rig_new (const char *launch);
/* The messages that the harness' element posts from here on; unref it. */
GstBus *rig_bus (GstHarness *h);

/* info of a format and size at 30 frames per second; the harness' source gets its caps. */
void rig_set_format (GstHarness *h, GstVideoInfo *info, GstVideoFormat format, int width, int height);

/* A harness around a line with an element named e, for 320x200 grey pixels. */
typedef struct rig_fixture {
  GstHarness *h;
  GstElement *element;
  GstBus *bus; /* its messages */
  GstVideoInfo info;
  int frames; /* for the test to count */
} rig_fixture;
void rig_set_up (rig_fixture *f, const char *line);
void rig_tear_down (rig_fixture *f);

/* Smooth grey pattern number seed, full range luma 0-255 at (x, y) of (width, height). */
guint8 rig_luma (int seed, double x, double y);
/* That picture in info's format, tightly packed as GStreamer does by default. */
GstBuffer *rig_picture (const GstVideoInfo *info, int seed);
/* The same picture in planes that lie extra bytes apart from row to row, with a GstVideoMeta that says so. */
GstBuffer *rig_strided_picture (const GstVideoInfo *info, int seed, int extra);

GstVideoRegionOfInterestMeta *rig_add_face (GstBuffer *buffer, int x, int y, int w, int h);

/* The meta's structure, NULL when there is none; and its faces. */
const GstStructure *rig_result (GstBuffer *buffer);
int rig_n_faces (GstBuffer *buffer);
const GstStructure *rig_face (GstBuffer *buffer, int i);
/* Class k of face i; of a structure with "probabilities". */
double rig_probability (const GstStructure *face, int k);
double rig_number (const GstStructure *s, const char *field);

#endif
