/* SPDX-License-Identifier: MIT */
#include "draw.h"

#include <cairo.h>
#include <glib.h>
#include <math.h>
#include <stdio.h>

#define POINTS_PER_FACE 60.0 /* lines are this part of a face wide */

static cairo_surface_t *
copy (const uint8_t *pixels, ptrdiff_t stride, int channels, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  const int g = channels > 2 ? 1 : 0, b = 2 * g;
  for (int y = 0; y < height; y++) {
    const uint8_t *from = pixels + y * stride;
    uint32_t *to = (uint32_t *) (void *) (cairo_image_surface_get_data (surface) + (ptrdiff_t) y * cairo_image_surface_get_stride (surface));
    for (int x = 0; x < width; x++, from += channels)
      to[x] = (uint32_t) from[0] << 16 | (uint32_t) from[g] << 8 | from[b];
  }
  cairo_surface_mark_dirty (surface);
  return surface;
}

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

static cairo_status_t
append (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

bool
find_draw (const uint8_t *pixels, ptrdiff_t stride, int channels, const fer_result *result, const char *path, nn_error *error)
{
  cairo_surface_t *surface = copy (pixels, stride, channels, result->width, result->height);
  cairo_t *cairo = cairo_create (surface);
  for (int i = 0; i < result->n_faces; i++)
    draw_face (cairo, &result->faces[i]);
  GByteArray *bytes = g_byte_array_new ();
  cairo_status_t status = cairo_status (cairo);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  bool good = status == CAIRO_STATUS_SUCCESS ? nn_file_write (path, bytes->data, bytes->len, error)
                                             : nn_fail (error, "%s: %s", path, cairo_status_to_string (status));
  g_byte_array_unref (bytes);
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  return good;
}
