/* SPDX-License-Identifier: MIT */
#include "ferdraw.h"
#include "palette.h"

#include <glib.h>
#include <math.h>

#define FINE 96 /* positions on a side that stand between the map's few and the picture's many */

typedef struct fine_map {
  float values[FINE][FINE]; /* 0-255 */
} fine_map;

/* ---- the map at more positions --------------------------------------------------------------------------------------------- */

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

/* Four neighbours of fine position i among n, edges repeated, and what each counts: a cubic through the values, smooth where bilinear has creases
 * (Catmull and Rom 1974). */
static void
neighbours (int i, int n, int index[4], float weight[4])
{
  float at = ((float) i + 0.5f) / FINE * (float) n - 0.5f, low = floorf (at), t = at - low;
  for (int j = 0; j < 4; j++)
    index[j] = CLAMP ((int) low - 1 + j, 0, n - 1);
  weight[0] = t * (-0.5f + t * (1 - 0.5f * t));
  weight[1] = 1 + t * t * (-2.5f + 1.5f * t);
  weight[2] = t * (0.5f + t * (2 - 1.5f * t));
  weight[3] = t * t * (-0.5f + 0.5f * t);
}

/* Scaled to the map's largest value. */
static bool
refine (const float *map, int map_h, int map_w, fine_map *fine)
{
  int index[4];
  float weight[4], most = largest (map, map_h * map_w), scale = most > 0 ? 255 / most : 0;
  float *columns = g_try_new (float, (gsize) map_h * FINE);
  if (!columns)
    return false;
  for (int x = 0; x < FINE; x++) {
    neighbours (x, map_w, index, weight);
    for (int y = 0; y < map_h; y++) {
      columns[y * FINE + x] = 0;
      for (int j = 0; j < 4; j++)
        columns[y * FINE + x] += scale * weight[j] * value_of (map[y * map_w + index[j]]);
    }
  }
  for (int y = 0; y < FINE; y++) {
    neighbours (y, map_h, index, weight);
    for (int x = 0; x < FINE; x++) {
      float sum = 0;
      for (int j = 0; j < 4; j++)
        sum += weight[j] * columns[index[j] * FINE + x];
      fine->values[y][x] = CLAMP (sum, 0, 255);
    }
  }
  g_free (columns);
  return true;
}

/* Bilinear; u, v: 0-1 across the map. */
static int
sample (const fine_map *fine, float u, float v)
{
  float x = CLAMP (u * FINE - 0.5f, 0, FINE - 1), y = CLAMP (v * FINE - 0.5f, 0, FINE - 1);
  int x0 = MIN ((int) x, FINE - 2), y0 = MIN ((int) y, FINE - 2);
  const float *above = &fine->values[y0][x0], *below = &fine->values[y0 + 1][x0];
  x -= (float) x0;
  y -= (float) y0;
  float top = above[0] + x * (above[1] - above[0]), bottom = below[0] + x * (below[1] - below[0]);
  return (int) (top + y * (bottom - top) + 0.5f);
}

/* ---- the picture ----------------------------------------------------------------------------------------------------------- */

/* The turned square: its middle, axes and half sides. */
typedef struct lie {
  float x, y, c, s, half_w, half_h;
} lie;

static bool
bounds (const lie *l, int frame_width, int frame_height, fer_picture *picture)
{
  float reach_x = fabsf (l->c) * l->half_w + fabsf (l->s) * l->half_h, reach_y = fabsf (l->s) * l->half_w + fabsf (l->c) * l->half_h;
  float left = fmaxf (floorf (l->x - reach_x), 0), right = fminf (ceilf (l->x + reach_x), (float) frame_width);
  float top = fmaxf (floorf (l->y - reach_y), 0), bottom = fminf (ceilf (l->y + reach_y), (float) frame_height);
  if (!(right > left && bottom > top))
    return false;
  int width = (int) (right - left);
  *picture = (fer_picture) { .x = (int) left, .y = (int) top, .width = width, .height = (int) (bottom - top), .stride = 4 * width };
  return true;
}

/* A share (0-1) of a premultiplied colour. */
static uint32_t
part_of (uint32_t argb, float share)
{
  uint32_t part = 0;
  for (int shift = 0; shift < 32; shift += 8)
    part |= (uint32_t) ((float) (argb >> shift & 255) * share + 0.5f) << shift;
  return part;
}

static void
draw_row (const lie *l, const fine_map *fine, const uint32_t ramp[256], int y, const fer_picture *picture)
{
  uint32_t *out = (uint32_t *) (void *) (picture->pixels + (size_t) (y - picture->y) * (size_t) picture->stride);
  float dy = (float) y + 0.5f - l->y;
  for (int i = 0; i < picture->width; i++) {
    float dx = (float) (picture->x + i) + 0.5f - l->x;
    float across = l->c * dx + l->s * dy, down = l->c * dy - l->s * dx; /* in the face's own axes */
    float inside = fminf (l->half_w - fabsf (across), l->half_h - fabsf (down)) + 0.5f;
    if (inside <= 0)
      continue;
    uint32_t argb = ramp[sample (fine, 0.5f + 0.5f * across / l->half_w, 0.5f + 0.5f * down / l->half_h)];
    out[i] = inside >= 1 ? argb : part_of (argb, inside);
  }
}

bool
fer_draw_heatmap (const float *map, int map_h, int map_w, const fer_box *square, float roll, float opacity, int frame_width, int frame_height,
                  fer_picture *picture)
{
  const lie l = { square->x + 0.5f * square->w, square->y + 0.5f * square->h, cosf (roll), sinf (roll), 0.5f * square->w, 0.5f * square->h };
  fine_map fine;
  if (!(square->w > 0 && square->h > 0) || map_h < 1 || map_w < 1 || !bounds (&l, frame_width, frame_height, picture)
      || !refine (map, map_h, map_w, &fine))
    return false;
  picture->pixels = g_try_malloc0_n ((gsize) picture->height, (gsize) picture->stride);
  if (!picture->pixels)
    return false;
  uint32_t ramp[256];
  fer_palette_heat (opacity, ramp);
  for (int y = picture->y; y < picture->y + picture->height; y++)
    draw_row (&l, &fine, ramp, y, picture);
  return true;
}
