/* SPDX-License-Identifier: MIT */
#include "surface.h"

#include <glib.h>

cairo_surface_t *
tool_surface_from_rgb (const uint8_t *pixels, ptrdiff_t stride, int channels, int width, int height)
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

static cairo_status_t
append (void *bytes, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (bytes, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GByteArray *
tool_surface_png (cairo_surface_t *surface, nn_error *error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_status_t status = cairo_surface_status (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  if (status == CAIRO_STATUS_SUCCESS)
    return bytes;
  nn_fail (error, "%s", cairo_status_to_string (status));
  g_byte_array_unref (bytes);
  return NULL;
}

bool
tool_surface_save (cairo_surface_t *surface, const char *path, nn_error *error)
{
  GByteArray *bytes = tool_surface_png (surface, error);
  if (!bytes)
    return nn_fail_prefix (error, path);
  const bool good = nn_file_write (path, bytes->data, bytes->len, error);
  g_byte_array_unref (bytes);
  return good;
}
