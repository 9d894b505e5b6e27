/* SPDX-License-Identifier: MIT */
#include "faces.h"

#include "../test.h"
#include "debug.h"

static const fer_crop crop = { .size = 24, .scale = 1 };

static GstVideoRegionOfInterestMeta *
add_roi (GstBuffer *buffer, const char *type, int x, int y, int w, int h)
{
  return gst_buffer_add_video_region_of_interest_meta (buffer, type, (guint) x, (guint) y, (guint) w, (guint) h);
}

static void
takes_faces_of_the_type_in_order (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  GstVideoRegionOfInterestMeta *first = add_roi (buffer, "face", 10, 20, 30, 40), *car = add_roi (buffer, "car", 50, 50, 60, 60);
  GstVideoRegionOfInterestMeta *second = add_roi (buffer, "face", 100, 20, 50, 40);
  faces_from_upstream (&f, NULL, buffer, "face", NULL, &crop, 640, 480);
  require (f.n == 2 && f.n_offered == 2);
  check (f.rois[0] == first && f.rois[1] == second);
  check (f.boxes[0].x == 10 && f.boxes[0].y == 20 && f.boxes[0].w == 30 && f.boxes[0].h == 40);
  faces_from_upstream (&f, NULL, buffer, "", NULL, &crop, 640, 480);
  require (f.n == 3);
  check (f.rois[1] == car);
  faces_from_upstream (&f, NULL, buffer, NULL, NULL, &crop, 640, 480);
  check (f.n == 3);
  gst_buffer_unref (buffer);
}

static void
clips_boxes_but_not_squares (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  add_roi (buffer, "face", -10, 430, 100, 80);
  faces_from_upstream (&f, NULL, buffer, "face", &fer_box_map_none, &crop, 640, 480);
  require (f.n == 1);
  check (f.boxes[0].x == 0 && f.boxes[0].y == 430 && f.boxes[0].w == 90 && f.boxes[0].h == 50);
  check_near (f.squares[0].x, -10, 0.01);
  check_near (f.squares[0].y, 420, 0.01);
  check_near (f.squares[0].w, 100, 0.01);
  gst_buffer_unref (buffer);
}

static void
skips_what_is_no_face (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  add_roi (buffer, "face", 10, 10, 11, 40);         /* small */
  add_roi (buffer, "face", 10, 10, 0, 0);           /* nothing */
  add_roi (buffer, "face", 600, 10, 100, 100);      /* mostly outside */
  add_roi (buffer, "face", -2000000000, 0, 50, 50); /* far away */
  add_roi (buffer, "face", 0, 0, -1, -1);           /* four thousand million pixels */
  faces_from_upstream (&f, NULL, buffer, "face", NULL, &crop, 640, 480);
  check (f.n == 0 && f.n_offered == 5);
  gst_buffer_unref (buffer);
}

static void
keeps_the_largest_of_many (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  for (int i = 0; i < 100; i++) /* 37 i mod 100: each size once, in no order */
    add_roi (buffer, "face", i, i, 20 + 37 * i % 100, 20 + 37 * i % 100);
  faces_from_upstream (&f, NULL, buffer, "face", NULL, &crop, 640, 480);
  require (f.n == FER_MAX_FACES && f.n_offered == 100);
  for (int i = 0; i < f.n; i++) {
    check (f.boxes[i].w >= 20 + 100 - FER_MAX_FACES);
    check (f.rois[i]->w == (guint) f.boxes[i].w);
    check (i == 0 || f.boxes[i].x > f.boxes[i - 1].x);
  }
  gst_buffer_unref (buffer);
}

static float
side_with (const fer_box_map *map, int w, int h, const char *param, int id)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  GstVideoRegionOfInterestMeta *roi = add_roi (buffer, "face", 100, 100, w, h);
  roi->id = id;
  if (param)
    gst_video_region_of_interest_meta_add_param (roi, gst_structure_new_empty (param));
  faces_from_upstream (&f, NULL, buffer, "face", map, &crop, 640, 480);
  gst_buffer_unref (buffer);
  return f.n == 1 ? f.squares[0].w : 0;
}

static void
maps_boxes_of_facedetect (void)
{
  float mapped = 100 * fer_box_map_facedetect.scale;
  check_near (side_with (NULL, 100, 100, NULL, 0), mapped, 0.01);
  check_near (side_with (NULL, 100, 100, "emotion", 0), mapped, 0.01); /* an earlier feremotion */
  check_near (side_with (NULL, 100, 98, NULL, 0), mapped, 0.01);       /* a scaler's rounding */
  check_near (side_with (NULL, 100, 80, NULL, 0), 100, 0.01);          /* no square */
  check_near (side_with (NULL, 100, 100, "detection", 0), 100, 0.01);  /* somebody who says more */
  check_near (side_with (NULL, 100, 100, NULL, 7), 100, 0.01);
  check_near (side_with (&(fer_box_map) { 1.5f, 0, 0 }, 100, 100, NULL, 0), 150, 0.01);
}

static void
takes_a_frame_as_a_face (void)
{
  faces f;
  faces_from_frame (&f, NULL, 40, 30);
  require (f.n == 1);
  check (f.boxes[0].x == 0 && f.boxes[0].y == 0 && f.boxes[0].w == 40 && f.boxes[0].h == 30);
  check (f.squares[0].x == 5 && f.squares[0].y == 0 && f.squares[0].w == 30 && f.squares[0].h == 30);
  check (!f.rois[0]);
  faces_from_frame (&f, NULL, 40, 11);
  check (f.n == 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  GST_DEBUG_CATEGORY_INIT (feremotion_debug, "feremotion", 0, "facial expressions");
  return test_run ((test_case[]) { TEST (takes_faces_of_the_type_in_order),
                                   TEST (clips_boxes_but_not_squares),
                                   TEST (skips_what_is_no_face),
                                   TEST (keeps_the_largest_of_many),
                                   TEST (maps_boxes_of_facedetect),
                                   TEST (takes_a_frame_as_a_face),
                                   { 0 } });
}
