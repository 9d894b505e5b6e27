/* SPDX-License-Identifier: MIT */
#include "painter.h"

#include "../test.h"
#include "rig.h"

/* A frame of 64x48 with one face at square, and its map, which is hot everywhere. */
static void
report_of_a_face (report *r, const fer_box *square)
{
  *r = (report) { .result = { .width = 64, .height = 48, .labels = fer_labels7, .n_labels = 7, .n_faces = 1 }, .found = { .n = 1 } };
  r->result.faces[0] = (fer_face) { .box = *square, .label = 3, .confidence = 0.9f };
  r->found.places[0] = (face_place) { .face = r->result.faces[0], .square = *square };
  heat *h = g_atomic_rc_box_alloc (sizeof *h + 36 * sizeof *h->values);
  h->h = h->w = 6;
  for (int i = 0; i < 36; i++)
    h->values[i] = 1;
  r->heats[0] = h;
}

static GstVideoOverlayRectangle *
only_rectangle (GstVideoOverlayComposition *composition)
{
  return composition && gst_video_overlay_composition_n_rectangles (composition) == 1 ? gst_video_overlay_composition_get_rectangle (composition, 0)
                                                                                      : NULL;
}

static void
a_heat_map_covers_the_square_that_was_looked_at (void)
{
  static report r;
  painter p = { NULL, FALSE };
  settings s = { .overlay = OVERLAY_HEATMAP };
  gint x, y;
  guint w, h;
  report_of_a_face (&r, &(fer_box) { -4, 10, 30, 30 });
  GstVideoOverlayComposition *composition = painter_draw (&p, &s, &r, 2, 1);
  GstVideoOverlayRectangle *rectangle = only_rectangle (composition);
  require (rectangle && gst_video_overlay_rectangle_get_render_rectangle (rectangle, &x, &y, &w, &h));
  check (x == 2 && y == 11 && w == 26 && h == 30);
  gst_video_overlay_composition_unref (composition);
  report_clear (&r);
  check (!painter_draw (&p, &s, &r, 0, 0));
}

static void
draws_what_was_chosen (void)
{
  static const struct {
    overlay_choice overlay;
    guint n;
  } choices[] = { { OVERLAY_NONE, 0 }, { OVERLAY_LABELS, 1 }, { OVERLAY_HEATMAP, 1 }, { OVERLAY_BOTH, 2 } };
  static report r;
  nn_error error;
  painter p = { NULL, FALSE };
  report_of_a_face (&r, &(fer_box) { 10, 10, 30, 30 });
  check (painter_prepare (&p, OVERLAY_NONE, &error) && !p.drawer);
  check (painter_prepare (&p, OVERLAY_BOTH, &error) && p.drawer);
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++) {
    settings s = { .overlay = choices[i].overlay };
    GstVideoOverlayComposition *composition = painter_draw (&p, &s, &r, 0, 0);
    check ((composition ? gst_video_overlay_composition_n_rectangles (composition) : 0) == choices[i].n);
    if (composition)
      gst_video_overlay_composition_unref (composition);
  }
  report_clear (&r);
  painter_clear (&p);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (a_heat_map_covers_the_square_that_was_looked_at), TEST (draws_what_was_chosen), { 0 } });
}
