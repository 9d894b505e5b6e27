/* SPDX-License-Identifier: MIT */
#include "heatpaint.h"

#include "../test.h"

typedef struct view {
  GstVideoOverlayComposition *composition;
  GstVideoOverlayRectangle *rectangle; /* the only one */
  gint x, y;
  guint w, h;
} view;

/* A frame of 640x480 with one face, whose map is hot everywhere. */
static void
report_of_a_face (report *r)
{
  *r = (report) { .result = { .width = 640, .height = 480, .n_faces = 1 }, .found = { .n = 1 } };
  heat *h = g_atomic_rc_box_alloc (sizeof *h + 36 * sizeof *h->values);
  h->h = h->w = 6;
  for (int i = 0; i < 36; i++)
    h->values[i] = 1;
  r->heats[0] = h;
}

static view
look (heatpaint *p, report *r, float x, float y, float side, float roll, double opacity)
{
  view v = { 0 };
  r->found.places[0].square = (fer_box) { x, y, side, side };
  r->found.places[0].roll = roll;
  if (heatpaint_draw (p, r, opacity, 0, 0, &v.composition) != 1)
    return v;
  v.rectangle = gst_video_overlay_composition_get_rectangle (v.composition, 0);
  gst_video_overlay_rectangle_get_render_rectangle (v.rectangle, &v.x, &v.y, &v.w, &v.h);
  return v;
}

static GstBuffer *
pixels (const view *v)
{
  return gst_video_overlay_rectangle_get_pixels_raw (v->rectangle, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA);
}

static void
forget (view *v)
{
  g_clear_pointer (&v->composition, gst_video_overlay_composition_unref);
}

static void
covers_the_square_that_was_looked_at (void)
{
  static report r;
  heatpaint p = { 0 };
  report_of_a_face (&r);
  view v = look (&p, &r, 100, 50, 128, 0, 0.5), turned, cut;
  require (v.rectangle);
  check (v.x == 100 && v.y == 50 && v.w == 128 && v.h == 128);
  turned = look (&p, &r, 100, 50, 128, 0.8f, 0.5);
  check (turned.w > 170 && turned.h > 170 && abs (turned.x + (int) turned.w / 2 - 164) <= 1 && abs (turned.y + (int) turned.h / 2 - 114) <= 1);
  cut = look (&p, &r, -28, 50, 128, 0, 0.5);
  check (cut.x == 0 && cut.w == 100);
  forget (&v);
  forget (&turned);
  forget (&cut);
  report_clear (&r);
  heatpaint_clear (&p);
}

/* The same map at the same size is the same pixels, wherever it is; at the same place the same rectangle. */
static void
draws_once (void)
{
  static report r;
  heatpaint p = { 0 };
  report_of_a_face (&r);
  view first = look (&p, &r, 100, 50, 128, 0, 0.5), same = look (&p, &r, 99.7f, 49.9f, 129, 0.01f, 0.5), moved = look (&p, &r, 130, 60, 128, 0, 0.5);
  require (first.rectangle && same.rectangle && moved.rectangle);
  check (first.rectangle == same.rectangle);
  check (pixels (&moved) == pixels (&first) && moved.x == 130 && moved.y == 60 && moved.w == 128);
  view larger = look (&p, &r, 100, 50, 160, 0, 0.5), denser = look (&p, &r, 100, 50, 160, 0, 0.7), turned = look (&p, &r, 100, 50, 160, 0.3f, 0.7);
  check (pixels (&larger) != pixels (&moved) && pixels (&denser) != pixels (&larger) && pixels (&turned) != pixels (&denser));
  view *all[] = { &first, &same, &moved, &larger, &denser, &turned };
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    forget (all[i]);
  report_clear (&r);
  heatpaint_clear (&p);
}

/* What was cut off at the frame's edge is there again when the face comes back. */
static void
is_whole_again_inside_the_frame (void)
{
  static report r;
  heatpaint p = { 0 };
  report_of_a_face (&r);
  view cut = look (&p, &r, -28, 50, 128, 0, 0.5), whole = look (&p, &r, 20, 50, 128, 0, 0.5), out = look (&p, &r, 560, 50, 128, 0, 0.5);
  check (cut.w == 100 && whole.w == 128 && whole.x == 20 && out.w == 80);
  forget (&cut);
  forget (&whole);
  forget (&out);
  g_clear_pointer (&r.heats[0], heat_unref);
  view none = look (&p, &r, 20, 50, 128, 0, 0.5);
  check (!none.composition && p.n == 0);
  report_clear (&r);
  heatpaint_clear (&p);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run (
      (test_case[]) { TEST (covers_the_square_that_was_looked_at), TEST (draws_once), TEST (is_whole_again_inside_the_frame), { 0 } });
}
