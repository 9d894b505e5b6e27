/* SPDX-License-Identifier: MIT */
#include "scene_draw.h"
#include "spoil.h"

#include <math.h>
#include <string.h>

#define MIN_FACE 6.0f     /* pixels of the longer side: smaller ones are neither face nor background */
#define MIN_VISIBLE 0.45f /* share of a box that must be left */
#define MAX_HALVED 5      /* times that a picture is halved before it is drawn */

static nn_affine
invert (const nn_affine *map)
{
  const double *m = map->m, d = m[0] * m[4] - m[1] * m[3];
  nn_affine to = { { m[4] / d, -m[1] / d, 0, -m[3] / d, m[0] / d, 0 } };
  to.m[2] = -(to.m[0] * m[2] + to.m[1] * m[5]);
  to.m[5] = -(to.m[3] * m[2] + to.m[4] * m[5]);
  return to;
}

/* ---- pictures ------------------------------------------------------------------------------------------------------------ */

/* The part of region that the picture's corners span. */
static nn_region
covered (nn_region region, int h, int w, const nn_affine *place)
{
  const nn_affine back = invert (place);
  double low[2] = { 1e9, 1e9 }, high[2] = { -1e9, -1e9 };
  for (int corner = 0; corner < 4; corner++)
    for (int i = 0; i < 2; i++) {
      const double at = back.m[3 * i] * (corner & 1 ? w : 0) + back.m[3 * i + 1] * (corner & 2 ? h : 0) + back.m[3 * i + 2];
      low[i] = fmin (low[i], at);
      high[i] = fmax (high[i], at);
    }
  return (nn_region) { (int) fmax (region.x0, floor (low[0])), (int) fmax (region.y0, floor (low[1])), (int) fmin (region.x1, ceil (high[0])),
                       (int) fmin (region.y1, ceil (high[1])) };
}

/* The mean of each square of 2^times pixels a side. */
static inline void
shrink (const uint8_t *pixels, int w, int times, int rows, int columns, float *out)
{
  const int side = 1 << times;
  const float share = 1.0f / (float) (side * side);
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++) {
      const uint8_t *p = pixels + (ptrdiff_t) (y << times) * w + (x << times);
      int sum = 0;
      for (int i = 0; i < side; i++)
        for (int j = 0; j < side; j++)
          sum += p[i * w + j];
      out[(ptrdiff_t) y * columns + x] = (float) sum * share;
    }
}

/* The picture in floats, halved as long as an output pixel is two of its pixels or more: what the map shrinks by then costs little. map is of
 * the halved picture. */
static nn_plane
take_picture (const uint8_t *pixels, int h, int w, nn_affine *map, float *out)
{
  const double *m = map->m;
  int times = 0;
  while (times < MAX_HALVED && fmin (hypot (m[0], m[3]), hypot (m[1], m[4])) >= 2 << times && h >> times > 8 && w >> times > 8)
    times++;
  const int rows = h >> times, columns = w >> times; /* a rest at the right and bottom is dropped */
  if (!times) /* known when compiled, its loop fills vectors, and so does the next */
    shrink (pixels, w, 0, rows, columns, out);
  else if (times == 1)
    shrink (pixels, w, 1, rows, columns, out);
  else
    shrink (pixels, w, times, rows, columns, out);
  for (int i = 0; i < 6; i++)
    map->m[i] /= 1 << times;
  return (nn_plane) { out, rows, columns, columns };
}

/* Adds a row of what was drawn: nothing outside of the picture (h, w), rising over feather pixels from its edges on. */
static void
add_row (const nn_affine *map, const nn_plane *picture, float feather, int y, const float *drawn, int n, float *out)
{
  const float dx = (float) map->m[0], dy = (float) map->m[3], per_pixel = 1 / feather, h = (float) picture->h, w = (float) picture->w;
  const float from_x = (float) (map->m[1] * (y + 0.5) + map->m[2]) + 0.5f * dx, from_y = (float) (map->m[4] * (y + 0.5) + map->m[5]) + 0.5f * dy;
  for (int i = 0; i < n; i++) {
    const float x = from_x + (float) i * dx, y_at = from_y + (float) i * dy;
    const float side = x < w - x ? x : w - x, end = y_at < h - y_at ? y_at : h - y_at;
    float opacity = (side < end ? side : end) * per_pixel;
    opacity = opacity > 0 ? opacity : 0;
    opacity = opacity < 1 ? opacity : 1;
    out[i] += opacity * (drawn[i] - out[i]);
  }
}

void
nn_canvas_draw (nn_canvas *canvas, nn_region region, const uint8_t *pixels, int h, int w, const nn_affine *place, float feather)
{
  const nn_region r = covered (region, h, w, place);
  const int rows = r.y1 - r.y0, columns = r.x1 - r.x0;
  if (rows < 1 || columns < 1)
    return;
  float *drawn = canvas->scratch;
  nn_affine map = *place;
  for (int i = 0; i < 2; i++)
    map.m[3 * i + 2] += map.m[3 * i] * r.x0 + map.m[3 * i + 1] * r.y0;
  const nn_plane picture = take_picture (pixels, h, w, &map, drawn + (size_t) canvas->h * (size_t) canvas->w);
  nn_warp (&picture, &map, drawn, rows, columns);
  feather = fmaxf (feather, 0.1f) * (float) picture.h / (float) h;
  for (int y = 0; y < rows; y++)
    add_row (&map, &picture, feather, y, drawn + (ptrdiff_t) y * columns, columns, canvas->pixels + (ptrdiff_t) (r.y0 + y) * canvas->w + r.x0);
}

/* ---- faces --------------------------------------------------------------------------------------------------------------- */

static void
swap_points (nn_detection *box, int a, int b)
{
  for (int i = 0; i < 2; i++) {
    const float other = box->points[a][i];
    box->points[a][i] = box->points[b][i];
    box->points[b][i] = other;
  }
}

/* Cuts a box to the region; returns the share of its area that is left. */
static float
cut (nn_detection *box, nn_region region)
{
  const float area = box->w * box->h, right = fminf (box->x + box->w, (float) region.x1), bottom = fminf (box->y + box->h, (float) region.y1);
  box->x = fmaxf (box->x, (float) region.x0);
  box->y = fmaxf (box->y, (float) region.y0);
  box->w = right - box->x;
  box->h = bottom - box->y;
  return box->w > 0 && box->h > 0 ? box->w * box->h / area : 0;
}

int
nn_canvas_add_face (nn_canvas *canvas, nn_region region, const nn_scene_face *face, const nn_affine *place)
{
  nn_scene_target *target = canvas->target;
  const nn_affine back = invert (place);
  nn_scene_face added = *face;
  nn_detection *box = &added.truth.box;
  *box = nn_detect_transform (box, &back);
  if (back.m[0] * back.m[4] < back.m[1] * back.m[3]) { /* in a mirror right is left */
    swap_points (box, 0, 1);
    swap_points (box, 3, 4);
  }
  const float left = cut (box, region);
  if (left <= 0 || target->n == NN_CANVAS_FACES)
    return -1;
  added.truth.ignore |= left < MIN_VISIBLE || fmaxf (box->w, box->h) < MIN_FACE;
  target->faces[target->n] = added;
  return target->n++;
}

/* ---- covers -------------------------------------------------------------------------------------------------------------- */

static float
between (nn_random *random, float low, float high)
{
  return low + (high - low) * nn_random_uniform (random);
}

/* In a face's own upright coordinates, from its middle, as shares of its box: what is covered, and in which grey. */
typedef struct cover_shape {
  float u0, v0, u1, v1;
  float grey, slope;
} cover_shape;

static cover_shape
draw_cover (nn_random *random, nn_cover cover)
{
  cover_shape s = { .grey = between (random, 0, 255), .slope = between (random, -120, 120) };
  if (cover == NN_COVER_MASK) {
    s.u0 = -0.55f;
    s.u1 = 0.55f;
    s.v0 = between (random, -0.02f, 0.12f);
    s.v1 = 0.6f;
    return s;
  }
  const float wide = between (random, 0.2f, 0.6f), high = between (random, 0.2f, 0.6f);
  s.u0 = between (random, -0.5f, 0.5f - wide);
  s.v0 = between (random, -0.5f, 0.5f - high);
  s.u1 = s.u0 + wide;
  s.v1 = s.v0 + high;
  return s;
}

static float
roll_of (const nn_scene_face *face)
{
  const nn_detection *box = &face->truth.box;
  return face->has_points ? atan2f (box->points[1][1] - box->points[0][1], box->points[1][0] - box->points[0][0]) : 0;
}

void
nn_canvas_cover (nn_canvas *canvas, int face, nn_cover cover)
{
  if (cover == NN_COVER_NONE)
    return;
  const nn_scene_face *f = &canvas->target->faces[face];
  const nn_detection *box = &f->truth.box;
  const float c = cosf (roll_of (f)), s = sinf (roll_of (f)), middle_x = box->x + box->w / 2, middle_y = box->y + box->h / 2;
  const float reach = 0.8f * fmaxf (box->w, box->h), from_x = fmaxf (middle_x - reach, 0), from_y = fmaxf (middle_y - reach, 0);
  const cover_shape shape = draw_cover (canvas->random, cover);
  for (int y = (int) from_y; y < canvas->h && (float) y < middle_y + reach; y++)
    for (int x = (int) from_x; x < canvas->w && (float) x < middle_x + reach; x++) {
      const float dx = (float) x + 0.5f - middle_x, dy = (float) y + 0.5f - middle_y;
      const float u = (c * dx + s * dy) / box->w, v = (c * dy - s * dx) / box->h;
      if (u >= shape.u0 && u < shape.u1 && v >= shape.v0 && v < shape.v1)
        canvas->pixels[y * canvas->w + x] = fminf (fmaxf (shape.grey + shape.slope * u, 0), 255);
    }
}

/* ---- light, blur and noise ----------------------------------------------------------------------------------------------- */

void
nn_canvas_spoil (nn_canvas *canvas, const nn_augment *augment, const nn_scene_augment *scene)
{
  nn_random *random = canvas->random;
  const int count = canvas->h * canvas->w;
  const bool night = nn_random_uniform (random) < scene->dark, blurred = nn_random_uniform (random) < scene->blur,
             noisy = nn_random_uniform (random) < 0.5f;
  const int times = 1 + (int) (nn_random_u32 (random) % 5);
  const float gamma = exp2f (between (random, -0.7f, 0.7f)), contrast = augment->contrast;
  const float gain = (1 + between (random, -contrast, contrast)) * (night ? between (random, 0.08f, 0.5f) : 1);
  const float offset = 128 * between (random, -contrast, contrast) * (night ? 0.1f : 1);
  const float sd = noisy || night ? scene->noise * between (random, 0, 1) : 0;
  if (blurred)
    nn_blur (canvas->pixels, canvas->h, canvas->w, times);
  float levels[256];
  for (int i = 0; i < 256; i++) {
    const float value = 255 * powf ((float) i * (1 / 255.0f), contrast > 0 ? gamma : 1);
    levels[i] = night ? gain * value + offset : (value - 128) * gain + 128 + offset;
  }
  for (int i = 0; i < count; i++) {
    float value = levels[(int) (canvas->pixels[i] + 0.5f)] + (sd > 0 ? sd * nn_rough_normal (random) : 0);
    value = value > 0 ? value : 0;
    canvas->pixels[i] = value < 255 ? value : 255;
  }
}
