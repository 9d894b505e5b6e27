/* SPDX-License-Identifier: MIT */
#include "view.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AROUND 128.0f /* grey where a turned picture ends */
#define GAMMA 2.2
#define NOISE 3.0f /* standard deviation in grey levels, where light is missing */

const eval_view eval_views[EVAL_N_VIEWS] = {
  { "plain", 0, 1 },     { "turned-15", 15, 1 },  { "turned-30", 30, 1 },  { "turned-45", 45, 1 },
  { "light-1/4", 0, 4 }, { "light-1/16", 0, 16 }, { "light-1/64", 0, 64 },
};

/* Where the file's pixels go, and back. */
static nn_affine
lay_out (const eval_view *view, const char *file, int w, int h, int size, eval_shown *shown)
{
  const double turn = view->degrees * G_PI / 180 * (nn_crc32 (0, file, strlen (file)) >> 16 & 1 ? 1 : -1), c = cos (turn), s = sin (turn);
  const double wide = fabs (c) * w + fabs (s) * h, high = fabs (s) * w + fabs (c) * h, scale = size ? size / fmax (wide, high) : 1;
  shown->w = MAX ((int) lround (wide * scale), 1);
  shown->h = MAX ((int) lround (high * scale), 1);
  shown->map = (nn_affine) { { scale * c, -scale * s, 0.5 * shown->w - scale * (c * 0.5 * w - s * 0.5 * h), scale * s, scale * c,
                               0.5 * shown->h - scale * (s * 0.5 * w + c * 0.5 * h) } };
  return (nn_affine) { { c / scale, s / scale, 0.5 * w - (c * 0.5 * shown->w + s * 0.5 * shown->h) / scale, -s / scale, c / scale,
                         0.5 * h - (-s * 0.5 * shown->w + c * 0.5 * shown->h) / scale } };
}

static void
read_channel (const tool_picture *picture, int channel, float *plane)
{
  GdkPixbuf *pixbuf = picture->pixbuf;
  const uint8_t *pixels = gdk_pixbuf_read_pixels (pixbuf);
  const int stride = gdk_pixbuf_get_rowstride (pixbuf), step = gdk_pixbuf_get_n_channels (pixbuf), w = picture->image.width;
  for (int y = 0; y < picture->image.height; y++)
    for (int x = 0; x < w; x++)
      plane[(ptrdiff_t) y * w + x] = pixels[(ptrdiff_t) y * stride + (ptrdiff_t) x * step + channel];
}

/* What lies beyond the picture is grey instead of its edge, which would be drawn out over the canvas. */
static void
fill_around (const nn_affine *map, int w, int h, const eval_shown *shown, float *out)
{
  const double *m = map->m;
  for (int i = 0; i < shown->h; i++)
    for (int j = 0; j < shown->w; j++) {
      const double x = m[0] * (j + 0.5) + m[1] * (i + 0.5) + m[2], y = m[3] * (j + 0.5) + m[4] * (i + 0.5) + m[5];
      if (!(x >= 0 && x < w && y >= 0 && y < h))
        out[(ptrdiff_t) i * shown->w + j] = AROUND;
    }
}

/* The same noise in all channels: it is the luma's. */
static void
darken (const eval_view *view, const char *file, float *out, size_t count)
{
  nn_random random = nn_random_new ((uint64_t) view->light, 0, nn_crc32 (0, file, strlen (file)), NN_FOR_AUGMENT);
  const float gain = (float) pow (1.0 / view->light, 1 / GAMMA);
  for (size_t i = 0; i < count; i++)
    out[i] = out[i] * gain + NOISE * nn_random_normal (&random);
}

bool
eval_show (const eval_view *view, const tool_picture *picture, const char *file, int size, bool pixels, eval_shown *shown, nn_error *error)
{
  const int w = picture->image.width, h = picture->image.height;
  *shown = (eval_shown) { 0 };
  const nn_affine map = lay_out (view, file, w, h, size, shown);
  if (!pixels)
    return true;
  const size_t count = (size_t) shown->w * (size_t) shown->h;
  float *plane = malloc ((size_t) w * (size_t) h * sizeof *plane), *out = malloc (count * sizeof *out);
  shown->rgb = malloc (3 * count);
  const bool good = (plane && out && shown->rgb) || nn_fail (error, "%s: no memory for a picture of %dx%d", file, shown->w, shown->h);
  for (int channel = 0; good && channel < 3; channel++) {
    read_channel (picture, channel, plane);
    nn_warp (&(nn_plane) { plane, h, w, w }, &map, out, shown->h, shown->w);
    if (view->degrees)
      fill_around (&map, w, h, shown, out);
    if (view->light > 1)
      darken (view, file, out, count);
    for (size_t i = 0; i < count; i++)
      shown->rgb[3 * i + (size_t) channel] = (uint8_t) (CLAMP (out[i], 0, 255) + 0.5f);
  }
  free (plane);
  free (out);
  if (!good)
    eval_shown_clear (shown);
  return good;
}

void
eval_shown_clear (eval_shown *shown)
{
  free (shown->rgb);
  *shown = (eval_shown) { 0 };
}

nn_scene_face
eval_move (const eval_shown *shown, const nn_scene_face *face)
{
  nn_scene_face moved = *face;
  moved.truth.box = nn_detect_transform (&face->truth.box, &shown->map);
  return moved;
}
