/* SPDX-License-Identifier: MIT */
#include "painter.h"

#include "overlay.h"

#define OPACITY 0.5f

void
painter_clear (painter *p)
{
  fer_drawer_free (p->drawer);
  *p = (painter) { NULL, FALSE };
}

gboolean
painter_prepare (painter *p, overlay_choice choice, nn_error *error)
{
  if (!(choice & OVERLAY_LABELS) || p->tried)
    return TRUE;
  p->tried = TRUE;
  p->drawer = fer_drawer_new (error);
  return p->drawer != NULL;
}

static gboolean
draw_heat (const report *r, int i, fer_picture *picture)
{
  const heat *h = r->heats[i];
  return h && fer_draw_heatmap (h->values, h->h, h->w, &r->found.places[i].square, r->found.places[i].roll, OPACITY, r->result.width, r->result.height, picture);
}

/* Heat maps lie under all labels. */
GstVideoOverlayComposition *
painter_draw (painter *p, const settings *s, const report *r, int x, int y)
{
  GstVideoOverlayComposition *composition = NULL;
  fer_picture picture;
  for (int i = 0; i < r->result.n_faces && (s->overlay & OVERLAY_HEATMAP); i++)
    if (draw_heat (r, i, &picture))
      overlay_add (&composition, &picture, x, y);
  for (int i = 0; i < r->result.n_faces && (s->overlay & OVERLAY_LABELS) && p->drawer; i++)
    if (fer_draw_face (p->drawer, &r->result, i, &picture))
      overlay_add (&composition, &picture, x, y);
  return composition;
}
