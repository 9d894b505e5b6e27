/* SPDX-License-Identifier: MIT */
#include "image.h"

#include <math.h>
#include <string.h>

/* BT.601's weights as integers that sum to 65536: grey stays exactly grey. */
static void
read_rgb_row (const fer_image *image, int y, float *luma)
{
  const uint8_t *p = (const uint8_t *) image->user + (ptrdiff_t) y * image->stride;
  for (int x = 0; x < image->width; x++, p += image->step)
    luma[x] = (float) (19595 * p[0] + 38470 * p[1] + 7471 * p[2]) * (1.0f / 65536);
}

void
fer_image_from_rgb (fer_image *image, const uint8_t *rgb, int width, int height, ptrdiff_t stride, int channels)
{
  *image = (fer_image) { .width = width, .height = height, .stride = stride, .step = channels, .offset = 0, .scale = 1 };
  if (channels < 3) {
    image->luma = rgb;
  } else {
    image->read_row = read_rgb_row;
    image->user = rgb;
  }
}

void
fer_image_read (const fer_image *image, int x, int y, int w, float *row, float *luma)
{
  if (!image->luma) {
    image->read_row (image, y, row);
    memcpy (luma, row + x, (size_t) w * sizeof *luma);
    return;
  }
  const uint8_t *p = image->luma + (ptrdiff_t) y * image->stride + (ptrdiff_t) x * image->step;
  for (int i = 0; i < w; i++, p += image->step) {
    float value = ((float) *p - image->offset) * image->scale;
    luma[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

/* ---- reduction ----------------------------------------------------------------------------------------------------------- */

typedef struct rows {
  const fer_image *image;
  uint8_t low, high; /* bytes beyond which luma is 0 or 255 */
  float *row;        /* where the picture has no plane */
} rows;

static inline uint8_t
clamped (uint8_t byte, uint8_t low, uint8_t high)
{
  const uint8_t least = byte > low ? byte : low; /* in steps and in this order, which compilers take for vectors' minima and maxima */
  return least < high ? least : high;
}

/* Bytes as they are: what turns them into luma is linear between low and high, and follows the sum. */
static void
add_bytes (const void *user, int y, int x, int n, float weight, float *sum)
{
  const rows *r = user;
  const uint8_t low = r->low, high = r->high;
  const int step = r->image->step;
  const uint8_t *p = r->image->luma + (ptrdiff_t) y * r->image->stride + (ptrdiff_t) x * step;
  if (step == 1)
    for (int i = 0; i < n; i++)
      sum[i] += weight * (float) clamped (p[i], low, high);
  else
    for (int i = 0; i < n; i++, p += step)
      sum[i] += weight * (float) clamped (*p, low, high);
}

static void
add_row (const void *user, int y, int x, int n, float weight, float *sum)
{
  const rows *r = user;
  r->image->read_row (r->image, y, r->row);
  for (int i = 0; i < n; i++)
    sum[i] += weight * r->row[x + i];
}

void
fer_image_reduce (const fer_image *image, const fer_window *from, float *line, float *dst, int h, int w)
{
  const float offset = image->luma ? image->offset : 0, scale = image->luma ? image->scale : 1;
  const rows user = { image, (uint8_t) fmaxf (offset, 0), (uint8_t) fminf (offset + 255 / scale + 0.5f, 255), line + image->width };
  const nn_affine map = { { (double) from->w / w, 0, from->x, 0, (double) from->h / h, from->y } };
  nn_warp_rows (&(nn_rows) { image->height, image->width, image->luma ? add_bytes : add_row, &user }, &map, line, dst, h, w);
  for (size_t i = 0; i < (size_t) h * (size_t) w; i++)
    dst[i] = (dst[i] - offset) * scale;
}
