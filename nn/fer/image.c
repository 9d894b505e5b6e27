/* SPDX-License-Identifier: MIT */
#include "image.h"

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
