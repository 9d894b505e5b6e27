/* SPDX-License-Identifier: MIT */
#include "labelpaint.h"

#include "overlay.h"

typedef struct drawing {
  fer_piece piece;
  GstVideoOverlayRectangle *rectangle;
} drawing;

static void
drawing_clear (gpointer data)
{
  gst_video_overlay_rectangle_unref (((drawing *) data)->rectangle);
}

void
labelpaint_clear (labelpaint *p)
{
  g_clear_pointer (&p->drawings, g_array_unref);
}

/* An earlier drawing of the same, most probably the i-th: pieces come in the order of faces, which seldom changes. */
static GstVideoOverlayRectangle *
find (const labelpaint *p, const fer_piece *piece, guint i)
{
  guint n = p->drawings ? p->drawings->len : 0;
  for (guint tried = 0; tried < n; tried++) {
    const drawing *old = &g_array_index (p->drawings, drawing, (i + tried) % n);
    if (fer_piece_same (&old->piece, piece))
      return old->rectangle;
  }
  return NULL;
}

/* NULL: out of memory. */
static GstVideoOverlayRectangle *
draw (const labelpaint *p, fer_drawer *drawer, const fer_result *result, const fer_piece *piece, guint i, int x, int y)
{
  GstVideoOverlayRectangle *old = find (p, piece, i);
  fer_picture picture;
  if (old)
    return overlay_moved (old, piece->x + x, piece->y + y);
  return fer_draw_piece (drawer, result, piece, &picture) ? overlay_rectangle (&picture, x, y) : NULL;
}

void
labelpaint_draw (labelpaint *p, fer_drawer *drawer, const fer_result *result, int x, int y, GstVideoOverlayComposition **composition)
{
  fer_piece pieces[FER_MAX_PIECES];
  int n = fer_draw_plan (drawer, result, pieces);
  GArray *now = g_array_sized_new (FALSE, FALSE, sizeof (drawing), (guint) n);
  g_array_set_clear_func (now, drawing_clear);
  for (int i = 0; i < n; i++) {
    drawing d = { pieces[i], draw (p, drawer, result, &pieces[i], (guint) i, x, y) };
    if (!d.rectangle)
      continue;
    g_array_append_val (now, d);
    overlay_add (composition, gst_video_overlay_rectangle_ref (d.rectangle));
  }
  labelpaint_clear (p);
  p->drawings = now;
}
