/* SPDX-License-Identifier: MIT */
#include "painter.h"

#include "overlay.h"

void
painter_clear (painter *p)
{
  fer_drawer_free (p->drawer);
  heatpaint_clear (&p->heats);
  labelpaint_clear (&p->labels);
  g_clear_pointer (&p->legend, gst_video_overlay_rectangle_unref);
  *p = (painter) { 0 };
}

gboolean
painter_prepare (painter *p, overlay_choice choice, nn_error *error)
{
  if (choice == OVERLAY_NONE || p->tried)
    return TRUE;
  p->tried = TRUE;
  p->drawer = fer_drawer_new (error);
  return p->drawer != NULL;
}

static void
draw_legend (painter *p, const char *class, int width, int height, int x, int y)
{
  fer_picture picture;
  char title[96];
  g_clear_pointer (&p->legend, gst_video_overlay_rectangle_unref);
  p->width = width;
  p->height = height;
  p->class = class;
  p->x = x;
  p->y = y;
  gboolean predicted = !class || !*class || g_str_equal (class, "predicted");
  g_snprintf (title, sizeof title, "evidence for %s", predicted ? "the expression" : class);
  if (fer_draw_legend (p->drawer, title, width, height, &picture))
    p->legend = overlay_rectangle (&picture, x, y);
}

static void
add_legend (painter *p, const settings *s, const report *r, int x, int y, GstVideoOverlayComposition **composition)
{
  int width = r->result.width, height = r->result.height;
  if (p->width != width || p->height != height || p->class != s->heatmap_class || p->x != x || p->y != y)
    draw_legend (p, s->heatmap_class, width, height, x, y);
  if (p->legend)
    overlay_add (composition, gst_video_overlay_rectangle_ref (p->legend));
}

/* Heat maps lie under all labels. */
GstVideoOverlayComposition *
painter_draw (painter *p, const settings *s, const report *r, int x, int y)
{
  GstVideoOverlayComposition *composition = NULL;
  int n_heats = s->overlay & OVERLAY_HEATMAP ? heatpaint_draw (&p->heats, r, s->heatmap_opacity, x, y, &composition) : 0;
  if (n_heats && s->heatmap_legend && p->drawer)
    add_legend (p, s, r, x, y, &composition);
  if ((s->overlay & OVERLAY_LABELS) && p->drawer)
    labelpaint_draw (&p->labels, p->drawer, &r->result, x, y, &composition);
  return composition;
}
