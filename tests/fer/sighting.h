/* SPDX-License-Identifier: MIT */
#ifndef TEST_SIGHTING_H
#define TEST_SIGHTING_H

#include <math.h>

#include "fer/fer.h"

/* A face as a finder would see it: its middle, the side of its box, the angle of its eyes. */
static inline fer_found
face_at (float x, float y, float side, float roll, float score)
{
  static const float points[FER_N_POINTS][2] = { { -0.2f, -0.1f }, { 0.2f, -0.1f }, { 0, 0.1f }, { -0.15f, 0.25f }, { 0.15f, 0.25f } };
  fer_found found = { .box = { x - 0.5f * side, y - 0.5f * side, side, side }, .score = score, .has_points = true };
  float c = side * cosf (roll), s = side * sinf (roll);
  for (int i = 0; i < FER_N_POINTS; i++)
    found.points[i] = (fer_point) { x + c * points[i][0] - s * points[i][1], y + s * points[i][0] + c * points[i][1] };
  return found;
}

#endif
