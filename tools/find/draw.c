/* SPDX-License-Identifier: MIT */
#include "draw.h"

#include "common/surface.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>

#define POINTS_PER_FACE 60.0 /* lines are this part of a face wide */

/* Light on dark: seen on any picture. */
static void
stroke (cairo_t *cairo, double line, double r, double g, double b)
{
  cairo_set_line_width (cairo, 2.2 * line);
  cairo_set_source_rgba (cairo, 0, 0, 0, 0.6);
  cairo_stroke_preserve (cairo);
  cairo_set_line_width (cairo, line);
  cairo_set_source_rgb (cairo, r, g, b);
  cairo_stroke (cairo);
}

static void
draw_face (cairo_t *cairo, const fer_face *face)
{
  const double x = (double) face->box.x, y = (double) face->box.y, w = (double) face->box.w, h = (double) face->box.h;
  const double line = fmax (1, fmax (w, h) / POINTS_PER_FACE), size = fmax (10, h / 7);
  char text[64];
  cairo_rectangle (cairo, x, y, w, h);
  stroke (cairo, line, 1, 0.85, 0.1);
  for (int i = 0; i < FER_N_POINTS && face->has_points; i++) {
    cairo_arc (cairo, (double) face->points[i].x, (double) face->points[i].y, fmax (1.5, 1.6 * line), 0, 2 * G_PI);
    stroke (cairo, line, i < 2 ? 0.2 : 1, i < 2 ? 0.9 : 0.4, i < 2 ? 1 : 0.4);
  }
  if (face->id)
    snprintf (text, sizeof text, "%" G_GUINT64_FORMAT "  %.2f", face->id, (double) face->score);
  else
    snprintf (text, sizeof text, "%.2f", (double) face->score);
  cairo_set_font_size (cairo, size);
  cairo_move_to (cairo, x, y - 0.3 * size > size ? y - 0.3 * size : y + h + size);
  cairo_text_path (cairo, text);
  stroke (cairo, fmax (1, size / 9), 1, 1, 1);
}

bool
find_draw (const uint8_t *pixels, ptrdiff_t stride, int channels, const fer_result *result, const char *path, nn_error *error)
{
  cairo_surface_t *surface = tool_surface_from_rgb (pixels, stride, channels, result->width, result->height);
  cairo_t *cairo = cairo_create (surface);
  for (int i = 0; i < result->n_faces; i++)
    draw_face (cairo, &result->faces[i]);
  cairo_destroy (cairo);
  const bool good = tool_surface_save (surface, path, error);
  cairo_surface_destroy (surface);
  return good;
}
