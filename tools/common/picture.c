/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIDE 32768
#define MAX_PIXELS (INT64_C (1) << 27)

bool
tool_picture_is (const char *path)
{
  static const unsigned char jpeg[] = { 0xff, 0xd8, 0xff }, png[] = { 0x89, 'P', 'N', 'G' };
  unsigned char head[4] = { 0 };
  FILE *file = fopen (path, "rb");
  if (!file)
    return true;
  const size_t n = fread (head, 1, sizeof head, file);
  const bool failed = ferror (file);
  fclose (file);
  return failed || n < sizeof head || !memcmp (head, jpeg, sizeof jpeg) || !memcmp (head, png, sizeof png);
}

static bool
is_kind (const char *path, const char *kind, nn_error *error)
{
  int width = 0, height = 0;
  GdkPixbufFormat *format = gdk_pixbuf_get_file_info (path, &width, &height);
  char *name = format ? gdk_pixbuf_format_get_name (format) : NULL;
  bool same = name && !strcmp (name, kind);
  g_free (name);
  if (same && (width > MAX_SIDE || height > MAX_SIDE || (int64_t) width * height > MAX_PIXELS))
    nn_fail (error, "%s: %dx%d pixels are too many, at most %d on a side and %d million in all", path, width, height, MAX_SIDE,
             (int) (MAX_PIXELS / 1000000));
  return same;
}

/* Whether the end of the image follows the last start of a scan (inside a scan 0xff is followed by neither): the loader fills what is missing
 * with grey. */
static bool
jpeg_is_whole (const uint8_t *bytes, size_t size)
{
  for (size_t i = size; i >= 2; i--) {
    if (bytes[i - 2] != 0xff)
      continue;
    if (bytes[i - 1] == 0xd9)
      return true;
    if (bytes[i - 1] == 0xda)
      return false;
  }
  return false;
}

static bool
check_jpeg (const char *path, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (path, 0, &bytes, &size, error))
    return false;
  bool whole = jpeg_is_whole (bytes, size);
  free (bytes);
  return whole || nn_fail (error, "%s: the JPEG file ends early", path);
}

/* Turned upright, on white where it is transparent; takes pixbuf. */
static GdkPixbuf *
prepare (GdkPixbuf *pixbuf)
{
  GdkPixbuf *upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  g_object_unref (pixbuf);
  if (!upright || !gdk_pixbuf_get_has_alpha (upright))
    return upright;
  GdkPixbuf *opaque = gdk_pixbuf_composite_color_simple (upright, gdk_pixbuf_get_width (upright), gdk_pixbuf_get_height (upright), GDK_INTERP_NEAREST,
                                                         255, 8, 0xffffff, 0xffffff);
  g_object_unref (upright);
  return opaque;
}

bool
tool_picture_load (tool_picture *picture, const char *path, nn_error *error)
{
  *picture = (tool_picture) { 0 };
  nn_error size_error = { "" };
  bool jpeg = is_kind (path, "jpeg", &size_error), png = !jpeg && is_kind (path, "png", &size_error);
  if (*size_error.text)
    return nn_fail (error, "%s", size_error.text);
  if (!jpeg && !png) {
    void *bytes; /* which tells a file that cannot be read from one that is no picture */
    size_t size;
    if (!nn_file_read (path, 0, &bytes, &size, error))
      return false;
    free (bytes);
    return nn_fail (error, "%s: neither a JPEG nor a PNG picture", path);
  }
  if (jpeg && !check_jpeg (path, error))
    return false;
  GError *why = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_file (path, &why);
  pixbuf = pixbuf ? prepare (pixbuf) : NULL;
  if (!pixbuf) {
    nn_fail (error, "%s: %s", path, why ? why->message : "out of memory");
    g_clear_error (&why);
    return false;
  }
  picture->pixbuf = pixbuf;
  fer_image_from_rgb (&picture->image, gdk_pixbuf_read_pixels (pixbuf), gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf),
                      gdk_pixbuf_get_rowstride (pixbuf), gdk_pixbuf_get_n_channels (pixbuf));
  return true;
}

void
tool_picture_clear (tool_picture *picture)
{
  if (picture->pixbuf)
    g_object_unref (picture->pixbuf);
  *picture = (tool_picture) { 0 };
}

bool
tool_picture_save_grey (const float *pixels, int size, const char *path, nn_error *error)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, size, size);
  for (int y = 0; pixbuf && y < size; y++)
    for (int x = 0; x < size; x++)
      memset (gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + 3 * x, (int) CLAMP (pixels[y * size + x] + 0.5f, 0, 255), 3);
  gchar *bytes = NULL;
  gsize length = 0;
  GError *why = NULL;
  bool ok = pixbuf && gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &length, "png", &why, NULL);
  if (ok)
    ok = nn_file_write (path, bytes, length, error);
  else
    nn_fail (error, "%s: %s", path, why ? why->message : "out of memory");
  g_clear_error (&why);
  g_free (bytes);
  g_clear_object (&pixbuf);
  return ok;
}
