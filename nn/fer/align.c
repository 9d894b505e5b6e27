/* SPDX-License-Identifier: MIT
 * The square of a face that its points show to be tilted. */
#include "fer.h"

#include <math.h>

#define LEAST_ROLL 0.21f /* radians, 12 degrees: less than that networks see in training, and found eyes are not exact */
#define HEAD 0.8f        /* width of an upright reference box by its height */

float
fer_points_roll (const fer_point *points)
{
  return atan2f (points[1].y - points[0].y, points[1].x - points[0].x);
}

/* An upright head is taken for the ellipse in its box, with axes HEAD h and h: turned, it fills an upright box whose longer side is less. */
static float
longer_side_of_turned (float roll)
{
  const float c = cosf (roll), s = sinf (roll);
  return fmaxf (hypotf (HEAD * c, s), hypotf (HEAD * s, c));
}

fer_box
fer_crop_face (const fer_crop *crop, const fer_box *box, const fer_point *points, float *roll)
{
  const float angle = points ? fer_points_roll (points) : 0;
  *roll = crop->roll && fabsf (angle) >= LEAST_ROLL ? angle : 0;
  if (*roll == 0)
    return fer_crop_square (crop, box);
  const float c = cosf (*roll), s = sinf (*roll), side = crop->scale * fmaxf (box->w, box->h) / longer_side_of_turned (*roll);
  const float x = box->x + 0.5f * box->w + side * (c * crop->dx - s * crop->dy), y = box->y + 0.5f * box->h + side * (s * crop->dx + c * crop->dy);
  return (fer_box) { x - 0.5f * side, y - 0.5f * side, side, side };
}
