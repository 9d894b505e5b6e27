/* SPDX-License-Identifier: MIT
 * A look at drawn pictures. */
#ifndef PICTURE_H
#define PICTURE_H

#include "fer/ferdraw.h"

#include <glib.h>
#include <string.h>

/* At (x, y) of the frame. */
static inline uint32_t
pixel (const fer_picture *picture, int x, int y)
{
  uint32_t argb;
  memcpy (&argb, picture->pixels + (y - picture->y) * picture->stride + (x - picture->x) * 4, sizeof argb);
  return argb;
}

static inline int
count (const fer_picture *picture, uint32_t argb)
{
  int n = 0;
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      n += pixel (picture, picture->x + x, picture->y + y) == argb;
  return n;
}

static inline bool
is_premultiplied (const fer_picture *picture)
{
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++) {
      uint32_t p = pixel (picture, picture->x + x, picture->y + y), a = p >> 24;
      if ((p >> 16 & 255) > a || (p >> 8 & 255) > a || (p & 255) > a)
        return false;
    }
  return true;
}

static inline bool
is_inside (const fer_picture *picture, int width, int height)
{
  return picture->x >= 0 && picture->y >= 0 && picture->width > 0 && picture->height > 0 && picture->x + picture->width <= width
         && picture->y + picture->height <= height && picture->stride >= 4 * picture->width;
}

#endif
