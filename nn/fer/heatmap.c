/* SPDX-License-Identifier: MIT */
#include "ferdraw.h"
#include "palette.h"

#include <glib.h>
#include <math.h>

/* Where along a map of n values the middle of a pixel lies: value index and share of the next one. */
static int
place (double from, double length, int pixel, int n, float *share)
{
  double at = fmin (fmax ((pixel + 0.5 - from) / length * n - 0.5, 0), n - 1);
  int low = at < n - 1 ? (int) at : n > 1 ? n - 2 : 0;
  *share = (float) (at - low);
  return low;
}

static float
value_of (float x)
{
  return x > 0 && isfinite (x) ? x : 0;
}

static float
largest (const float *map, int count)
{
  float top = 0;
  for (int i = 0; i < count; i++)
    top = fmaxf (top, value_of (map[i]));
  return top;
}

/* Row of the map between its rows, scaled to 0-255. */
static void
blend_rows (const float *upper, const float *lower, float share, int n, float scale, float *row)
{
  for (int i = 0; i < n; i++)
    row[i] = scale * (value_of (upper[i]) + share * (value_of (lower[i]) - value_of (upper[i])));
}

bool
fer_draw_heatmap (const float *map, int map_h, int map_w, const fer_box *box, float opacity, int frame_width, int frame_height, fer_picture *picture)
{
  double x = (double) box->x, y = (double) box->y, w = (double) box->w, h = (double) box->h;
  int left = (int) fmax (floor (x), 0), right = (int) fmin (ceil (x + w), frame_width);
  int top = (int) fmax (floor (y), 0), bottom = (int) fmin (ceil (y + h), frame_height);
  if (!(w > 0 && h > 0) || right <= left || bottom <= top || map_h < 1 || map_w < 1)
    return false;
  *picture = (fer_picture) { .x = left, .y = top, .width = right - left, .height = bottom - top, .stride = (right - left) * 4 };
  picture->pixels = g_try_malloc0_n ((gsize) picture->height, (gsize) picture->stride);
  float *row = g_try_new (float, map_w);
  if (!picture->pixels || !row) {
    g_clear_pointer (&picture->pixels, g_free);
    g_free (row);
    return false;
  }

  uint32_t ramp[256];
  fer_palette_heat (opacity, ramp);
  float most = largest (map, map_h * map_w), scale = most > 0 ? 255 / most : 0, share;
  for (int i = 0; i < picture->height; i++) {
    int upper = place (y, h, top + i, map_h, &share);
    blend_rows (map + upper * map_w, map + (map_h > 1 ? upper + 1 : upper) * map_w, share, map_w, scale, row);
    uint32_t *out = (uint32_t *) (void *) (picture->pixels + (size_t) i * (size_t) picture->stride);
    for (int j = 0; j < picture->width; j++) {
      int first = place (x, w, left + j, map_w, &share);
      float value = row[first] + share * (row[map_w > 1 ? first + 1 : first] - row[first]);
      out[j] = ramp[(int) fminf (value + 0.5f, 255)];
    }
  }
  g_free (row);
  return true;
}
