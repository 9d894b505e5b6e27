/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

fer_box
fer_crop_square (const fer_crop *crop, const fer_box *box)
{
  float side = crop->scale * fmaxf (box->w, box->h);
  float x = box->x + 0.5f * box->w + crop->dx * side, y = box->y + 0.5f * box->h + crop->dy * side;
  return (fer_box) { x - 0.5f * side, y - 0.5f * side, side, side };
}

fer_box
fer_frame_square (int width, int height)
{
  int side = width < height ? width : height;
  return (fer_box) { 0.5f * (float) (width - side), 0.5f * (float) (height - side), (float) side, (float) side };
}

/* First and length of the whole pixels that cover [low, high], inside [0, size) and at least one. */
static void
cover (double low, double high, int size, int *first, int *length)
{
  double start = fmin (fmax (floor (low), 0), size - 1), end = fmin (fmax (ceil (high), start + 1), size);
  *first = (int) start;
  *length = (int) (end - start);
}

fer_window
fer_square_window (const fer_image *image, const fer_box *square, double roll, int size, nn_affine *map)
{
  double w = (double) square->w, h = (double) square->h, x = (double) square->x + 0.5 * w, y = (double) square->y + 0.5 * h;
  double sx = w / size, sy = h / size, c = cos (roll), s = sin (roll), half = 0.5 * size;
  *map = (nn_affine) { { c * sx, -s * sy, x - half * (c * sx - s * sy), s * sx, c * sy, y - half * (s * sx + c * sy) } };
  double step_x = fabs (c * sx) + fabs (s * sy), step_y = fabs (s * sx) + fabs (c * sy);
  double reach_x = (half + 1) * step_x + 1, reach_y = (half + 1) * step_y + 1;
  fer_window seen;
  cover (x - reach_x, x + reach_x, image->width, &seen.x, &seen.w);
  cover (y - reach_y, y + reach_y, image->height, &seen.y, &seen.h);
  return seen;
}

static void
normalise (const fer_crop *crop, float *x, size_t count)
{
  if (crop->per_image) {
    nn_standardise (x, count, crop->sd_floor);
    return;
  }
  for (size_t i = 0; i < count; i++)
    x[i] = (x[i] - crop->mean) / crop->sd;
}

bool
fer_crop_run (const fer_crop *crop, const fer_image *image, const fer_box *square, float roll, float **scratch, size_t *scratch_size, float *pixels,
              float *tensor)
{
  nn_affine map;
  fer_window seen = fer_square_window (image, square, crop->roll ? (double) roll : 0, crop->size, &map);
  size_t area = (size_t) seen.w * (size_t) seen.h, need = area + (image->luma ? 0 : (size_t) image->width);
  if (need > *scratch_size) {
    float *grown = realloc (*scratch, need * sizeof *grown);
    if (!grown)
      return false;
    *scratch = grown;
    *scratch_size = need;
  }
  for (int y = 0; y < seen.h; y++)
    fer_image_read (image, seen.x, seen.y + y, seen.w, *scratch + area, *scratch + (size_t) y * (size_t) seen.w);

  map.m[2] -= seen.x;
  map.m[5] -= seen.y;
  nn_warp (&(nn_plane) { *scratch, seen.h, seen.w, seen.w }, &map, tensor, crop->size, crop->size);
  size_t count = (size_t) crop->size * (size_t) crop->size;
  if (pixels)
    memcpy (pixels, tensor, count * sizeof *pixels);
  normalise (crop, tensor, count);
  return true;
}
