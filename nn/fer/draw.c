/* SPDX-License-Identifier: MIT */
#include "palette.h"
#include "pieces.h"

#include <math.h>

/* The whole of which a piece shows a part. */
static fer_rect
whole_of (const fer_piece *piece)
{
  return (fer_rect) { piece->whole_x, piece->whole_y, piece->whole_w, piece->whole_h };
}

static void
draw_edge (cairo_t *cairo, const fer_style *s, const fer_piece *piece)
{
  const fer_rect box = whole_of (piece);
  double dash = 4 * s->line;
  fer_pen_round (cairo, &box, fer_style_radius (s));
  fer_pen_colour (cairo, 0x000000, 0.45);
  cairo_set_line_width (cairo, s->line + 2);
  cairo_stroke_preserve (cairo);
  fer_pen_colour (cairo, piece->rgb, 1);
  cairo_set_line_width (cairo, s->line);
  cairo_set_dash (cairo, &dash, piece->unsure ? 1 : 0, 0);
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
draw_chip (fer_drawer *drawer, cairo_t *cairo, const fer_style *s, const fer_piece *piece)
{
  const fer_rect chip = whole_of (piece);
  fer_pen_round (cairo, &chip, fer_style_radius (s));
  fer_pen_colour (cairo, piece->rgb, 0.92);
  cairo_fill (cairo);
  fer_pen_colour (cairo, ink (piece->rgb), 1);
  fer_pen_write (drawer, cairo, piece->text, s->font, true, chip.x + s->pad, chip.y + chip.h / 2);
}

static void
draw_panel (cairo_t *cairo, const fer_style *s, const fer_piece *piece)
{
  const fer_rect panel = whole_of (piece);
  fer_pen_round (cairo, &panel, fer_style_radius (s));
  fer_pen_colour (cairo, 0x101418, 0.68);
  cairo_fill (cairo);
}

static double
middle_of_row (const fer_style *s, const fer_piece *piece, int i)
{
  return piece->whole_y + s->pad + (i + 0.5) * s->row;
}

static void
draw_names (fer_drawer *drawer, cairo_t *cairo, const fer_style *s, const fer_result *result, const fer_piece *piece)
{
  draw_panel (cairo, s, piece);
  for (int i = 0; i < result->n_labels; i++) {
    fer_pen_colour (cairo, 0xffffff, i == piece->label ? 1 : 0.8);
    fer_pen_write (drawer, cairo, result->labels[i], s->row_font, false, piece->whole_x + s->pad, middle_of_row (s, piece, i));
  }
}

static void
draw_bars (cairo_t *cairo, const fer_style *s, const fer_result *result, const fer_piece *piece)
{
  double thick = round (0.5 * s->row), x = piece->whole_x + 2 * s->pad + s->names;
  draw_panel (cairo, s, piece);
  fer_pen_colour (cairo, 0xffffff, 0.16);
  for (int i = 0; i < result->n_labels; i++)
    cairo_rectangle (cairo, x, floor (middle_of_row (s, piece, i) - thick / 2), s->length, thick);
  cairo_fill (cairo);
  for (int i = 0; i < result->n_labels; i++) {
    fer_pen_colour (cairo, fer_palette_label (result->labels[i], i), 1);
    cairo_rectangle (cairo, x, floor (middle_of_row (s, piece, i) - thick / 2), piece->bars[i], thick);
    cairo_fill (cairo);
  }
}

/* One upright bar per class, for which there is no room beside the face. */
static void
draw_strip (cairo_t *cairo, const fer_result *result, const fer_piece *piece)
{
  double step = (double) piece->whole_w / result->n_labels;
  fer_pen_colour (cairo, 0x101418, 0.55);
  cairo_rectangle (cairo, piece->whole_x, piece->whole_y, piece->whole_w, piece->whole_h);
  cairo_fill (cairo);
  for (int i = 0; i < result->n_labels; i++) {
    fer_pen_colour (cairo, fer_palette_label (result->labels[i], i), 1);
    cairo_rectangle (cairo, piece->whole_x + (i + 0.15) * step, piece->whole_y + piece->whole_h - piece->bars[i], 0.7 * step, piece->bars[i]);
    cairo_fill (cairo);
  }
}

bool
fer_draw_piece (fer_drawer *drawer, const fer_result *result, const fer_piece *piece, fer_picture *picture)
{
  const fer_style s = fer_style_of (drawer, result, piece->frame_height);
  *picture = (fer_picture) { .width = piece->width, .height = piece->height };
  cairo_t *cairo = fer_pen_begin (picture);
  if (!cairo)
    return false;
  switch (piece->part) {
  case FER_PART_EDGE: draw_edge (cairo, &s, piece); break;
  case FER_PART_NAMES: draw_names (drawer, cairo, &s, result, piece); break;
  case FER_PART_BARS: draw_bars (cairo, &s, result, piece); break;
  case FER_PART_STRIP: draw_strip (cairo, result, piece); break;
  case FER_PART_CHIP: draw_chip (drawer, cairo, &s, piece); break;
  }
  picture->x = piece->x;
  picture->y = piece->y;
  return fer_pen_end (cairo, picture);
}
