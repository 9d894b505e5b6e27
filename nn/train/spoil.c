/* SPDX-License-Identifier: MIT */
#include "spoil.h"

#include <stddef.h>

/* A line of n numbers that are step apart: (1 2 1) / 4, its ends repeated. */
static void
blur_line (float *x, int n, ptrdiff_t step)
{
  float before = x[0];
  for (int i = 0; i < n; i++) {
    const float here = x[i * step], after = i + 1 < n ? x[(i + 1) * step] : here;
    x[i * step] = 0.25f * (before + after) + 0.5f * here;
    before = here;
  }
}

void
nn_blur (float *pixels, int h, int w, int times)
{
  for (int i = 0; i < times; i++) {
    for (int y = 0; y < h; y++)
      blur_line (pixels + (size_t) y * (size_t) w, w, 1);
    for (int x = 0; x < w; x++)
      blur_line (pixels + x, h, w);
  }
}

/* The sum of four bytes, which are even on 0-255 with a variance of (256^2 - 1) / 12. */
float
nn_rough_normal (nn_random *random)
{
  const uint32_t r = nn_random_u32 (random), sum = (r & 255) + (r >> 8 & 255) + (r >> 16 & 255) + (r >> 24);
  return ((float) sum - 510) * (1 / 147.8f);
}
