/* SPDX-License-Identifier: MIT */
#include "palette.h"
#include "pen.h"

#include <math.h>

#define LARGEST_SHARE 0.6 /* of the frame's width and height */

static const char least[] = "none", most[] = "most";

typedef struct layout {
  fer_rect chip, bar;
  double font, small, pad; /* height of the title's letters and the bar's, space around all */
  double title, ends;      /* middles of the lines */
} layout;

static layout
lay_out (fer_drawer *drawer, const char *text, int frame_height)
{
  layout l = { .font = fmax (11, 0.024 * frame_height) };
  double title_w, title_h, none_w, most_w, end_h;
  l.small = fmax (9.5, 0.8 * l.font);
  l.pad = round (0.5 * l.font);
  fer_pen_measure (drawer, text, l.font, true, &title_w, &title_h);
  fer_pen_measure (drawer, least, l.small, false, &none_w, &end_h);
  fer_pen_measure (drawer, most, l.small, false, &most_w, &end_h);
  const double w = ceil (fmax (title_w, 11 * l.font)), h = round (0.7 * l.font);
  l.chip = (fer_rect) { l.pad, 0, w + 2 * l.pad, ceil (title_h + end_h) + h + 2 * l.pad };
  l.chip.y = frame_height - l.pad - l.chip.h;
  l.bar = (fer_rect) { l.chip.x + l.pad, l.chip.y + l.pad + ceil (title_h), w, h };
  l.title = l.chip.y + l.pad + title_h / 2;
  l.ends = l.bar.y + h + end_h / 2;
  return l;
}

static void
draw_bar (cairo_t *cairo, const fer_rect *bar)
{
  uint32_t ramp[256];
  cairo_pattern_t *colours = cairo_pattern_create_linear (bar->x, 0, bar->x + bar->w, 0);
  fer_palette_heat (1, ramp);
  for (int i = 0; i < 256; i += 5) { /* stops are not premultiplied */
    const double a = (ramp[i] >> 24) / 255.0, scale = a > 0 ? 1 / (255 * a) : 0;
    cairo_pattern_add_color_stop_rgba (colours, i / 255.0, (ramp[i] >> 16 & 255) * scale, (ramp[i] >> 8 & 255) * scale, (ramp[i] & 255) * scale, a);
  }
  fer_pen_round (cairo, bar, 0.3 * bar->h);
  fer_pen_colour (cairo, 0xffffff, 0.16);
  cairo_fill_preserve (cairo);
  cairo_set_source (cairo, colours);
  cairo_fill (cairo);
  cairo_pattern_destroy (colours);
}

bool
fer_draw_legend (fer_drawer *drawer, const char *title, int frame_width, int frame_height, fer_picture *picture)
{
  const layout l = lay_out (drawer, title, frame_height);
  if (l.chip.w > LARGEST_SHARE * frame_width || l.chip.h > LARGEST_SHARE * frame_height)
    return false;
  *picture = (fer_picture) { .x = (int) l.chip.x, .y = (int) l.chip.y, .width = (int) l.chip.w, .height = (int) ceil (l.chip.h) };
  cairo_t *cairo = fer_pen_begin (picture);
  if (!cairo)
    return false;
  double w, h;
  fer_pen_round (cairo, &l.chip, 0.4 * l.pad);
  fer_pen_colour (cairo, 0x101418, 0.68);
  cairo_fill (cairo);
  draw_bar (cairo, &l.bar);
  fer_pen_colour (cairo, 0xffffff, 1);
  fer_pen_write (drawer, cairo, title, l.font, true, l.bar.x, l.title);
  fer_pen_measure (drawer, most, l.small, false, &w, &h);
  fer_pen_write (drawer, cairo, least, l.small, false, l.bar.x, l.ends);
  fer_pen_write (drawer, cairo, most, l.small, false, l.bar.x + l.bar.w - w, l.ends);
  return fer_pen_end (cairo, picture);
}
