/* SPDX-License-Identifier: MIT */
#include "palette.h"
#include "pen.h"

#include <glib.h>
#include <math.h>

/* ---- where things go ----------------------------------------------------------------------------------------------------- */

/* How the bars of the classes are shown. */
typedef enum bars { BARS_PANEL, BARS_STRIP } bars;

#define MAX_PANELS 4 /* faces with panels; of a crowd only the strips stay readable */

typedef struct layout {
  fer_rect frame, box, chip, panel;
  bars bars;
  double line, font, pad;              /* width of the box's line, height of the label's letters, space around text */
  double row, row_font, names, length; /* of the panel: height of a row, its letters, width of the names, of a full bar */
  char text[96];                       /* of the chip */
} layout;

static bool
is_inside (const fer_rect *a, const fer_rect *b)
{
  return a->x >= b->x && a->y >= b->y && a->x + a->w <= b->x + b->w && a->y + a->h <= b->y + b->h;
}

static bool
overlap (const fer_rect *a, const fer_rect *b)
{
  return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

/* The part of r that lies in the frame with margin to spare: a line on its edge is seen whole. */
static fer_rect
trim (const fer_rect *r, const fer_rect *frame, double margin)
{
  double left = fmax (r->x, margin), right = fmin (r->x + r->w, frame->w - margin);
  double top = fmax (r->y, margin), bottom = fmin (r->y + r->h, frame->h - margin);
  return (fer_rect) { left, top, fmax (right - left, 1), fmax (bottom - top, 1) };
}

static fer_rect
rect_of (const fer_box *box)
{
  return (fer_rect) { (double) box->x, (double) box->y, (double) box->w, (double) box->h };
}

static double
fit (double x, double length, double room)
{
  return fmax (fmin (x, room - length), 0);
}

static const char *
label_of (const fer_result *result, const fer_face *face)
{
  return face->label < 0 ? "unsure" : result->labels[face->label];
}

/* "#3 happy 93%": the number only of a face that is followed, no percentage where nothing was read. */
static void
write_chip (const fer_result *result, const fer_face *face, char *text, size_t size)
{
  char id[32] = "", percent[16] = "";
  if (face->id)
    g_snprintf (id, sizeof id, "#%" G_GUINT64_FORMAT " ", face->id);
  if (face->skip == FER_SKIP_NONE)
    g_snprintf (percent, sizeof percent, " %.0f%%", 100 * (double) face->confidence);
  g_snprintf (text, size, "%s%s%s", id, label_of (result, face), percent);
}

/* Under the box; along its lower edge where the frame ends. */
static void
place_strip (layout *l)
{
  double height = fmax (3 * l->line, 0.12 * l->box.h), below = l->box.y + l->box.h + l->line;
  l->bars = BARS_STRIP;
  l->panel = (fer_rect) { l->box.x, fit (below, height, l->frame.h), l->box.w, height };
}

/* Beside the box, where nothing is taken; in a corner of a large box; else the strip. */
static void
place_panel (const fer_rect *taken, int n_taken, int n_labels, layout *l)
{
  double gap = l->line + l->pad, w = 3 * l->pad + l->names + l->length, h = 2 * l->pad + l->row * n_labels;
  double beside_y = fit (l->box.y, h, l->frame.h), below_x = fit (l->box.x, w, l->frame.w);
  const fer_rect places[] = {
    { l->box.x + l->box.w + gap, beside_y, w, h },
    { l->box.x - gap - w, beside_y, w, h },
    { below_x, l->box.y + l->box.h + gap, w, h },
    { l->box.x + gap, l->box.y + l->box.h - gap - h, w, h },
  };
  bool roomy = l->box.w > 2.5 * w && l->box.h > 2 * h;
  l->bars = BARS_PANEL;
  for (int i = 0; i < 3 + roomy; i++) {
    bool free = is_inside (&places[i], &l->frame) && !overlap (&places[i], &l->chip);
    for (int j = 0; free && j < n_taken; j++)
      free = !overlap (&places[i], &taken[j]);
    if (free) {
      l->panel = places[i];
      return;
    }
  }
  place_strip (l);
}

static layout
lay_out (fer_drawer *drawer, const fer_result *result, const fer_face *face)
{
  layout l = { .frame = { 0, 0, result->width, result->height }, .line = fmax (2, round (result->height / 300.0)) };
  fer_rect found = rect_of (&face->box);
  l.box = trim (&found, &l.frame, l.line / 2);
  l.font = fmax (11, 0.028 * result->height);
  l.pad = round (0.35 * l.font);
  l.row_font = fmax (9.5, 0.8 * l.font);
  l.length = 5 * l.row_font;
  for (int i = 0; i < result->n_labels; i++) {
    double w, h;
    fer_pen_measure (drawer, result->labels[i], l.row_font, false, &w, &h);
    l.names = fmax (l.names, w);
    l.row = fmax (l.row, ceil (h));
  }
  double w, h;
  write_chip (result, face, l.text, sizeof l.text);
  fer_pen_measure (drawer, l.text, l.font, true, &w, &h);
  l.chip = (fer_rect) { 0, 0, w + 2 * l.pad, h + 0.5 * l.pad };
  double above = l.box.y - l.line / 2 - l.chip.h;
  l.chip.x = fit (l.box.x - l.line / 2, l.chip.w, l.frame.w);
  l.chip.y = above >= 0 ? above : fit (l.box.y, l.chip.h, l.frame.h);
  place_strip (&l);
  return l;
}

/* The layout of one face, with a panel that hides no other face and nothing that was drawn before it. */
static layout
lay_out_among (fer_drawer *drawer, const fer_result *result, int index)
{
  if (result->n_faces > MAX_PANELS)
    return lay_out (drawer, result, &result->faces[index]);
  layout layouts[MAX_PANELS];
  for (int i = 0; i <= index; i++) {
    fer_rect taken[3 * MAX_PANELS];
    int n = 0;
    for (int j = 0; j < result->n_faces; j++)
      if (j != i)
        taken[n++] = rect_of (&result->faces[j].box);
    for (int j = 0; j < i; j++) {
      taken[n++] = layouts[j].chip;
      taken[n++] = layouts[j].panel;
    }
    layouts[i] = lay_out (drawer, result, &result->faces[i]);
    place_panel (taken, n, result->n_labels, &layouts[i]);
  }
  return layouts[index];
}

/* Whole pixels of the frame that the drawing covers. */
static bool
bounds (const layout *l, fer_picture *picture)
{
  double reach = l->line / 2 + 1; /* the line and its dark edge */
  double left = fmin (fmin (l->box.x - reach, l->chip.x), l->panel.x), top = fmin (fmin (l->box.y - reach, l->chip.y), l->panel.y);
  double right = fmax (fmax (l->box.x + l->box.w + reach, l->chip.x + l->chip.w), l->panel.x + l->panel.w);
  double bottom = fmax (fmax (l->box.y + l->box.h + reach, l->chip.y + l->chip.h), l->panel.y + l->panel.h);
  picture->x = (int) fmax (floor (left), 0);
  picture->y = (int) fmax (floor (top), 0);
  picture->width = (int) fmin (ceil (right), l->frame.w) - picture->x;
  picture->height = (int) fmin (ceil (bottom), l->frame.h) - picture->y;
  return picture->width > 0 && picture->height > 0;
}

/* ---- drawing ------------------------------------------------------------------------------------------------------------- */

static void
draw_box (cairo_t *cairo, const layout *l, uint32_t rgb, bool unsure)
{
  double dash = 4 * l->line;
  fer_pen_round (cairo, &l->box, 2 * l->line);
  fer_pen_colour (cairo, 0x000000, 0.45);
  cairo_set_line_width (cairo, l->line + 2);
  cairo_stroke_preserve (cairo);
  fer_pen_colour (cairo, rgb, 1);
  cairo_set_line_width (cairo, l->line);
  cairo_set_dash (cairo, &dash, unsure ? 1 : 0, 0);
  cairo_stroke (cairo);
}

/* Black letters on light colours, white on dark ones. */
static uint32_t
ink (uint32_t rgb)
{
  uint32_t luma = 299 * (rgb >> 16) + 587 * (rgb >> 8 & 255) + 114 * (rgb & 255);
  return luma > 110000 ? 0x000000 : 0xffffff;
}

static void
draw_chip (fer_drawer *drawer, cairo_t *cairo, const layout *l, uint32_t rgb)
{
  fer_pen_round (cairo, &l->chip, 2 * l->line);
  fer_pen_colour (cairo, rgb, 0.92);
  cairo_fill (cairo);
  fer_pen_colour (cairo, ink (rgb), 1);
  fer_pen_write (drawer, cairo, l->text, l->font, true, l->chip.x + l->pad, l->chip.y + l->chip.h / 2);
}

static void
draw_panel (fer_drawer *drawer, cairo_t *cairo, const layout *l, const fer_result *result, const fer_face *face)
{
  fer_pen_round (cairo, &l->panel, 2 * l->line);
  fer_pen_colour (cairo, 0x101418, 0.68);
  cairo_fill (cairo);
  for (int i = 0; i < result->n_labels; i++) {
    double middle = l->panel.y + l->pad + (i + 0.5) * l->row, thick = round (0.5 * l->row);
    double p = fmin (fmax ((double) face->probabilities[i], 0), 1), x = l->panel.x + 2 * l->pad + l->names;
    fer_pen_colour (cairo, 0xffffff, i == face->label ? 1 : 0.8);
    fer_pen_write (drawer, cairo, result->labels[i], l->row_font, false, l->panel.x + l->pad, middle);
    fer_pen_colour (cairo, 0xffffff, 0.16);
    cairo_rectangle (cairo, x, middle - thick / 2, l->length, thick);
    cairo_fill (cairo);
    fer_pen_colour (cairo, fer_palette_label (result->labels[i], i), 1);
    cairo_rectangle (cairo, x, middle - thick / 2, p * l->length, thick);
    cairo_fill (cairo);
  }
}

/* One upright bar per class, for which there is no room beside the face. */
static void
draw_strip (cairo_t *cairo, const layout *l, const fer_result *result, const fer_face *face)
{
  double step = l->panel.w / result->n_labels;
  cairo_rectangle (cairo, l->panel.x, l->panel.y, l->panel.w, l->panel.h);
  fer_pen_colour (cairo, 0x101418, 0.55);
  cairo_fill (cairo);
  for (int i = 0; i < result->n_labels; i++) {
    double p = fmin (fmax ((double) face->probabilities[i], 0), 1);
    cairo_rectangle (cairo, l->panel.x + (i + 0.15) * step, l->panel.y + (1 - p) * l->panel.h, 0.7 * step, p * l->panel.h);
    fer_pen_colour (cairo, fer_palette_label (result->labels[i], i), 1);
    cairo_fill (cairo);
  }
}

bool
fer_draw_face (fer_drawer *drawer, const fer_result *result, int index, fer_picture *picture)
{
  const fer_face *face = &result->faces[index];
  layout l = lay_out_among (drawer, result, index);
  *picture = (fer_picture) { 0 };
  if (!bounds (&l, picture))
    return false;
  cairo_t *cairo = fer_pen_begin (picture);
  if (!cairo)
    return false;
  uint32_t rgb = face->label < 0 ? FER_PALETTE_UNSURE : fer_palette_label (result->labels[face->label], face->label);
  draw_box (cairo, &l, rgb, face->label < 0);
  if (l.bars == BARS_PANEL)
    draw_panel (drawer, cairo, &l, result, face);
  else
    draw_strip (cairo, &l, result, face);
  draw_chip (drawer, cairo, &l, rgb);
  return fer_pen_end (cairo, picture);
}
