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
from_upstream (faces *f, GstBuffer *buffer, const char *roi_type, const fer_box_map *map)
{
  faces_begin (f, NULL, 640, 480, FER_MAX_FACES);
  faces_from_upstream (f, buffer, roi_type, map, &crop);
}

static void
takes_faces_of_the_type_in_order (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  add_roi (buffer, "face", 10, 20, 30, 40);
  add_roi (buffer, "car", 50, 50, 60, 60);
  add_roi (buffer, "face", 100, 20, 50, 40);
  from_upstream (&f, buffer, "face", NULL);
  require (f.n == 2 && f.n_offered == 2);
  check (f.places[0].came.type == g_quark_from_string ("face") && f.places[1].came.box.x == 100);
  check (f.places[0].face.box.x == 10 && f.places[0].face.box.y == 20 && f.places[0].face.box.w == 30 && f.places[0].face.box.h == 40);
  from_upstream (&f, buffer, "", NULL);
  require (f.n == 3);
  check (f.places[1].came.type == g_quark_from_string ("car") && f.places[1].came.box.w == 60);
  from_upstream (&f, buffer, NULL, NULL);
  check (f.n == 3);
  gst_buffer_unref (buffer);
}

static void
clips_boxes_but_not_squares (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  add_roi (buffer, "face", -10, 430, 100, 80);
  from_upstream (&f, buffer, "face", &fer_box_map_none);
  require (f.n == 1);
  check (f.places[0].face.box.x == 0 && f.places[0].face.box.y == 430 && f.places[0].face.box.w == 90 && f.places[0].face.box.h == 50);
  check_near (f.places[0].square.x, -10, 0.01);
  check_near (f.places[0].square.y, 420, 0.01);
  check_near (f.places[0].square.w, 100, 0.01);
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
  from_upstream (&f, buffer, "face", NULL);
  check (f.n == 0 && f.n_offered == 5);
  require (f.n_skipped == 5);
  check (f.skipped[0].reason == FER_SKIP_SMALL && f.skipped[0].box.w == 11 && f.skipped[0].source == FER_FROM_UPSTREAM);
  check (f.skipped[2].reason == FER_SKIP_OUTSIDE && f.skipped[2].box.x == 600 && f.skipped[2].box.w == 100);
  gst_buffer_unref (buffer);
}

static void
keeps_the_largest_of_many (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  faces f;
  for (int i = 0; i < 100; i++) /* 37 i mod 100: each size once, in no order */
    add_roi (buffer, "face", i, i, 20 + 37 * i % 100, 20 + 37 * i % 100);
  from_upstream (&f, buffer, "face", NULL);
  require (f.n == FER_MAX_FACES && f.n_offered == 100);
  for (int i = 0; i < f.n; i++) {
    check (f.places[i].face.box.w >= 20 + 100 - FER_MAX_FACES);
    check (f.places[i].came.box.w == f.places[i].face.box.w);
    check (i == 0 || f.places[i].face.box.x > f.places[i - 1].face.box.x);
  }
  check (f.n_skipped == 100 - FER_MAX_FACES);
  for (int i = 0; i < f.n_skipped; i++)
    check (f.skipped[i].reason == FER_SKIP_TOO_MANY && f.skipped[i].box.w < 20 + 100 - FER_MAX_FACES);
  for (int i = 0; i < 100; i++)
    add_roi (buffer, "face", i, i, 5, 5);
  from_upstream (&f, buffer, "face", NULL);
  check (f.n_skipped == FER_MAX_FACES);
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
  from_upstream (&f, buffer, "face", map);
  gst_buffer_unref (buffer);
  return f.n == 1 ? f.places[0].square.w : 0;
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
takes_what_is_followed (void)
{
  faces f;
  const fer_track tracks[] = {
    { .id = 3,
      .box = { 100, 100, 50, 50 },
      .score = 0.75f,
      .has_points = true,
      .points = { { 110, 110 }, { 140, 140 }, { 125, 125 }, { 1, 2 }, { 3, 4 } } },
    { .id = 4, .box = { 200, 100, 8, 8 } },
    { .id = 5, .box = { 300, 100, 60, 60 }, .unseen = 33, .lost = true },
  };
  fer_crop turning = { .size = 24, .scale = 1, .roll = true };
  faces_begin (&f, NULL, 640, 480, FER_MAX_FACES);
  faces_from_tracks (&f, tracks, 3, &turning);
  require (f.n == 2 && f.n_skipped == 1);
  check (f.skipped[0].id == 4 && f.skipped[0].reason == FER_SKIP_SMALL && f.skipped[0].source == FER_FROM_FINDER);
  const fer_face *face = &f.places[0].face;
  check (face->id == 3 && face->score == 0.75f && face->source == FER_FROM_FINDER && face->has_points && face->points[4].y == 4);
  check_near (f.places[0].roll, M_PI / 4, 1e-5);
  check (!f.places[0].hidden && f.places[1].hidden && f.places[1].face.id == 5 && f.places[1].roll == 0 && !f.places[1].came.type);
  faces_begin (&f, NULL, 640, 480, 1); /* the largest alone */
  faces_from_tracks (&f, tracks, 3, &turning);
  check (f.n == 1 && f.places[0].face.id == 5);
}

static void
takes_a_frame_as_a_face (void)
{
  faces f;
  faces_begin (&f, NULL, 40, 30, 1);
  faces_from_frame (&f);
  require (f.n == 1);
  check (f.places[0].face.box.x == 0 && f.places[0].face.box.y == 0 && f.places[0].face.box.w == 40 && f.places[0].face.box.h == 30);
  check (f.places[0].square.x == 5 && f.places[0].square.y == 0 && f.places[0].square.w == 30 && f.places[0].square.h == 30);
  check (!f.places[0].came.type);
  faces_begin (&f, NULL, 40, 11, 1);
  faces_from_frame (&f);
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
                                   TEST (takes_what_is_followed),
                                   TEST (takes_a_frame_as_a_face),
                                   { 0 } });
}
