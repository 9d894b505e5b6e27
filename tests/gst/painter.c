/* SPDX-License-Identifier: MIT */
#include "painter.h"

#include "../test.h"
#include "rig.h"

#define LABELS 6      /* of a face without room for a panel: edges, strip, chip */
#define WITH_PANEL 7  /* with names and bars */

/* A frame of (width, height) with one face at square, and its map, which is hot everywhere. */
static void
report_of_a_face (report *r, int width, int height, const fer_box *square)
{
  *r = (report) { .result = { .width = width, .height = height, .labels = fer_labels7, .n_labels = 7, .n_faces = 1 }, .found = { .n = 1 } };
  r->result.faces[0] = (fer_face) { .box = *square, .label = 3, .confidence = 0.9f };
  r->found.places[0] = (face_place) { .face = r->result.faces[0], .square = *square };
  heat *h = g_atomic_rc_box_alloc (sizeof *h + 36 * sizeof *h->values);
  h->h = h->w = 6;
  for (int i = 0; i < 36; i++)
    h->values[i] = 1;
  r->heats[0] = h;
}

static void
draws_what_was_chosen (void)
{
  static const struct {
    overlay_choice overlay;
    guint n;
  } choices[] = { { OVERLAY_NONE, 0 }, { OVERLAY_LABELS, LABELS }, { OVERLAY_HEATMAP, 1 }, { OVERLAY_BOTH, 1 + LABELS } };
  static report r;
  nn_error error;
  painter p = { 0 };
  report_of_a_face (&r, 64, 48, &(fer_box) { 10, 10, 30, 30 });
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

/* Under the labels, for as long as there are maps, until it is switched off; the same one from frame to frame. */
static void
explains_the_colours (void)
{
  static report r;
  nn_error error;
  painter p = { 0 };
  settings s = { .overlay = OVERLAY_BOTH, .heatmap_opacity = 0.5, .heatmap_legend = TRUE, .heatmap_class = g_intern_string ("happy") };
  report_of_a_face (&r, 640, 480, &(fer_box) { 200, 100, 150, 150 });
  require (painter_prepare (&p, s.overlay, &error));
  GstVideoOverlayComposition *first = painter_draw (&p, &s, &r, 0, 0), *second = painter_draw (&p, &s, &r, 0, 0);
  check (gst_video_overlay_composition_n_rectangles (first) == 2 + WITH_PANEL);
  for (guint i = 0; i < 2 + WITH_PANEL; i++)
    check (gst_video_overlay_composition_get_rectangle (first, i) == gst_video_overlay_composition_get_rectangle (second, i));
  gst_video_overlay_composition_unref (first);
  gst_video_overlay_composition_unref (second);

  s.heatmap_legend = FALSE;
  second = painter_draw (&p, &s, &r, 0, 0);
  check (gst_video_overlay_composition_n_rectangles (second) == 1 + WITH_PANEL);
  gst_video_overlay_composition_unref (second);

  s.heatmap_legend = TRUE;
  g_clear_pointer (&r.heats[0], heat_unref);
  second = painter_draw (&p, &s, &r, 0, 0);
  check (gst_video_overlay_composition_n_rectangles (second) == WITH_PANEL);
  gst_video_overlay_composition_unref (second);
  report_clear (&r);
  painter_clear (&p);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (draws_what_was_chosen), TEST (explains_the_colours), { 0 } });
}
