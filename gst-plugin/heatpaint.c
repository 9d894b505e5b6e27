/* SPDX-License-Identifier: MIT */
#include "heatpaint.h"

#include <math.h>

#include "fer/ferdraw.h"
#include "overlay.h"

#define ROLL_STEP 0.035f /* radians; a map that is wrong by half of it looks right */

void
heatpaint_clear (heatpaint *p)
{
  for (int i = 0; i < p->n; i++) {
    heat_unref (p->drawings[i].heat);
    gst_video_overlay_rectangle_unref (p->drawings[i].rectangle);
  }
  p->n = 0;
}

/* Where a map goes: whole pixels, sizes in steps of 3 to 6 %, and tilts in steps, so that what hardly changed can be used again. */
static heat_drawing
place (const face_place *at, double opacity)
{
  float longer = MAX (at->square.w, 16), middle_x = at->square.x + 0.5f * at->square.w, middle_y = at->square.y + 0.5f * at->square.h;
  int step = 1 << (ilogbf (longer) - 4), side = (int) lrintf (longer / (float) step) * step;
  return (heat_drawing) { .x = (int) lrintf (middle_x - 0.5f * (float) side),
                          .y = (int) lrintf (middle_y - 0.5f * (float) side),
                          .side = side,
                          .roll = ROLL_STEP * rintf (at->roll / ROLL_STEP),
                          .opacity = (float) opacity };
}

static gboolean
draw_anew (heat_drawing *d, const heat *h, int width, int height, int x, int y)
{
  fer_picture picture;
  fer_box square = { (float) d->x, (float) d->y, (float) d->side, (float) d->side };
  if (!fer_draw_heatmap (h->values, h->h, h->w, &square, d->roll, d->opacity, width, height, &picture))
    return FALSE;
  d->left = picture.x;
  d->top = picture.y;
  d->whole = picture.x > 0 && picture.y > 0 && picture.x + picture.width < width && picture.y + picture.height < height;
  d->rectangle = overlay_rectangle (&picture, x, y);
  return TRUE;
}

/* As old, but where d is. FALSE: another part of it would be seen. */
static gboolean
move (heat_drawing *d, const heat_drawing *old, int width, int height, int x, int y)
{
  gint old_x, old_y;
  guint w, h;
  gst_video_overlay_rectangle_get_render_rectangle (old->rectangle, &old_x, &old_y, &w, &h);
  d->left = old->left + d->x - old->x;
  d->top = old->top + d->y - old->y;
  d->whole = old->whole && d->left > 0 && d->top > 0 && d->left + (gint) w < width && d->top + (gint) h < height;
  if (!d->whole && (d->x != old->x || d->y != old->y))
    return FALSE;
  d->rectangle = overlay_moved (old->rectangle, d->left + x, d->top + y);
  return TRUE;
}

/* From an earlier drawing of the same. */
static gboolean
draw_again (const heatpaint *p, heat_drawing *d, const heat *h, int width, int height, int x, int y)
{
  for (int i = 0; i < p->n; i++) {
    const heat_drawing *old = &p->drawings[i];
    if (old->heat == h && old->side == d->side && old->roll == d->roll && old->opacity == d->opacity && move (d, old, width, height, x, y))
      return TRUE;
  }
  return FALSE;
}

int
heatpaint_draw (heatpaint *p, const report *r, double opacity, int x, int y, GstVideoOverlayComposition **composition)
{
  heatpaint now = { 0 };
  int width = r->result.width, height = r->result.height;
  for (int i = 0; i < r->result.n_faces; i++) {
    heat *h = r->heats[i];
    heat_drawing d = place (&r->found.places[i], opacity);
    if (!h || !(draw_again (p, &d, h, width, height, x, y) || draw_anew (&d, h, width, height, x, y)))
      continue;
    d.heat = heat_ref (h);
    now.drawings[now.n++] = d;
    overlay_add (composition, gst_video_overlay_rectangle_ref (d.rectangle));
  }
  heatpaint_clear (p);
  *p = now;
  return p->n;
}
