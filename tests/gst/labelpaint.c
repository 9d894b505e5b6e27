/* SPDX-License-Identifier: MIT */
#include "labelpaint.h"

#include "../test.h"
#include "rig.h"

static fer_drawer *drawer;

static fer_result
one_face (float x, float y)
{
  fer_result result = { .width = 640, .height = 480, .labels = fer_labels7, .n_labels = 7, .n_faces = 1 };
  result.faces[0] = (fer_face) { .box = { x, y, 100, 120 }, .label = 3, .confidence = 0.9f };
  return result;
}

static GstVideoOverlayComposition *
draw (labelpaint *p, const fer_result *result, int x, int y)
{
  GstVideoOverlayComposition *composition = NULL;
  labelpaint_draw (p, drawer, result, x, y, &composition);
  return composition;
}

/* How many of b's rectangles have pixels of a's, (dx, dy) further on. */
static guint
n_moved (GstVideoOverlayComposition *a, GstVideoOverlayComposition *b, int dx, int dy)
{
  guint n = 0;
  for (guint i = 0; i < gst_video_overlay_composition_n_rectangles (b); i++) {
    GstVideoOverlayRectangle *was = gst_video_overlay_composition_get_rectangle (a, i), *is = gst_video_overlay_composition_get_rectangle (b, i);
    gint x, y, old_x, old_y;
    guint w, h;
    gst_video_overlay_rectangle_get_render_rectangle (was, &old_x, &old_y, &w, &h);
    gst_video_overlay_rectangle_get_render_rectangle (is, &x, &y, &w, &h);
    gboolean same = gst_video_overlay_rectangle_get_pixels_unscaled_raw (was, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA) ==
                    gst_video_overlay_rectangle_get_pixels_unscaled_raw (is, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
    n += same && x - old_x == dx && y - old_y == dy;
  }
  return n;
}

static void
moves_what_stays (void)
{
  labelpaint p = { 0 };
  fer_result result = one_face (200, 150), moved = one_face (220, 140);
  GstVideoOverlayComposition *first = draw (&p, &result, 0, 0), *second = draw (&p, &moved, 0, 0), *third = draw (&p, &moved, 3, 5);
  guint n = gst_video_overlay_composition_n_rectangles (first);
  check (n == 7 && gst_video_overlay_composition_n_rectangles (second) == n && gst_video_overlay_composition_n_rectangles (third) == n);
  check (n_moved (first, second, 20, -10) == n);
  check (n_moved (second, third, 3, 5) == n);
  gst_video_overlay_composition_unref (first);
  gst_video_overlay_composition_unref (second);
  gst_video_overlay_composition_unref (third);
  labelpaint_clear (&p);
}

static void
draws_what_changed (void)
{
  labelpaint p = { 0 };
  fer_result result = one_face (200, 150);
  GstVideoOverlayComposition *first = draw (&p, &result, 0, 0);
  result.faces[0].confidence = 0.8f;
  GstVideoOverlayComposition *second = draw (&p, &result, 0, 0);
  check (n_moved (first, second, 0, 0) == gst_video_overlay_composition_n_rectangles (first) - 1);
  gst_video_overlay_composition_unref (first);
  gst_video_overlay_composition_unref (second);
  labelpaint_clear (&p);
}

static void
follows_faces_that_come_and_go (void)
{
  labelpaint p = { 0 };
  fer_result result = one_face (300, 150), none = result;
  GstVideoOverlayComposition *first = draw (&p, &result, 0, 0);
  fer_result two = one_face (40, 40);
  two.faces[1] = result.faces[0];
  two.n_faces = 2;
  none.n_faces = 0;
  GstVideoOverlayComposition *second = draw (&p, &two, 0, 0);
  check (gst_video_overlay_composition_n_rectangles (second) == 2 * gst_video_overlay_composition_n_rectangles (first));
  check (draw (&p, &none, 0, 0) == NULL);
  gst_video_overlay_composition_unref (first);
  gst_video_overlay_composition_unref (second);
  labelpaint_clear (&p);
}

int
main (int argc, char **argv)
{
  nn_error error;
  gst_init (&argc, &argv);
  drawer = fer_drawer_new (&error);
  if (!drawer) {
    printf ("1..0 # SKIP %s\n", error.text);
    return 0;
  }
  int status = test_run ((test_case[]) { TEST (moves_what_stays), TEST (draws_what_changed), TEST (follows_faces_that_come_and_go), { 0 } });
  fer_drawer_free (drawer);
  return status;
}
