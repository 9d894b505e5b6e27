/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "test.h"

static const fer_crop crop = { .size = 48, .scale = 1.2f, .dy = 0.1f, .roll = true };

#define HEAD_W 80
#define HEAD_H 100

/* Upright box of a head whose ellipse has these axes, turned by angle about (200, 150), and its points. */
static fer_box
turn_head (double angle, fer_point *points)
{
  static const double at[FER_N_POINTS][2] = { { -20, -10 }, { 20, -10 }, { 0, 12 }, { -15, 30 }, { 15, 30 } };
  const double c = cos (angle), s = sin (angle), w = hypot (HEAD_W * c, HEAD_H * s), h = hypot (HEAD_W * s, HEAD_H * c);
  for (int k = 0; k < FER_N_POINTS; k++)
    points[k] = (fer_point) { (float) (200 + c * at[k][0] - s * at[k][1]), (float) (150 + s * at[k][0] + c * at[k][1]) };
  return (fer_box) { (float) (200 - w / 2), (float) (150 - h / 2), (float) w, (float) h };
}

/* The same place of the head, of the same size, whatever its tilt. */
static void
square_turns_with_the_face (void)
{
  for (int degrees = -90; degrees <= 90; degrees += 5) {
    const double angle = degrees * M_PI / 180;
    fer_point points[FER_N_POINTS];
    const fer_box box = turn_head (angle, points);
    float roll;
    const fer_box square = fer_crop_face (&crop, &box, points, &roll);
    if (abs (degrees) < 12) {
      const fer_box upright = fer_crop_square (&crop, &box);
      check (roll == 0 && square.x == upright.x && square.y == upright.y && square.w == upright.w);
      continue;
    }
    check_near (roll, angle, 1e-4);
    check_near (square.w, 1.2 * HEAD_H, 1e-2);
    check (square.w == square.h);
    check_near (square.x + square.w / 2, 200 - 12 * sin (angle), 1e-2);
    check_near (square.y + square.h / 2, 150 + 12 * cos (angle), 1e-2);
  }
}

static void
stays_upright_where_nothing_else_is_known (void)
{
  fer_point points[FER_N_POINTS];
  const fer_box box = turn_head (0.5, points);
  fer_crop plain = crop;
  plain.roll = false;
  float roll = 1;
  const fer_box upright = fer_crop_square (&crop, &box);
  check (fer_crop_face (&crop, &box, NULL, &roll).w == upright.w && roll == 0);
  check (fer_crop_face (&plain, &box, points, &roll).w == upright.w && roll == 0);
  points[0].x = NAN;
  check (fer_crop_face (&crop, &box, points, &roll).w == upright.w && roll == 0);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (square_turns_with_the_face), TEST (stays_upright_where_nothing_else_is_known), { 0 } });
}
