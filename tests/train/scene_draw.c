/* SPDX-License-Identifier: MIT */
#include "train/scene_draw.h"
#include "test.h"

#include <string.h>

#define SIDE 64

static float pixels[SIDE * SIDE], scratch[SIDE * SIDE + 128 * 128];
static nn_scene_target target;

static nn_canvas
grey_canvas (nn_random *random)
{
  *random = nn_random_new (7, 0, 0, NN_FOR_TEST);
  for (int i = 0; i < SIDE * SIDE; i++)
    pixels[i] = 50;
  target.n = 0;
  return (nn_canvas) { SIDE, SIDE, pixels, &target, scratch, random };
}

static const nn_region all = { 0, 0, SIDE, SIDE };

/* Canvas -> picture: moved by (x, y), enlarged by 1 / step. */
static nn_affine
moved (double x, double y, double step)
{
  return (nn_affine) { { step, 0, -x * step, 0, step, -y * step } };
}

static void
draws_inside_the_region_only (void)
{
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  uint8_t picture[20 * 30];
  memset (picture, 200, sizeof picture);
  nn_canvas_draw (&canvas, (nn_region) { 0, 0, 25, SIDE }, picture, 20, 30, &(nn_affine) { { 1, 0, -10, 0, 1, -5 } }, 0);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      check (pixels[y * SIDE + x] == (x >= 10 && x < 25 && y >= 5 && y < 25 ? 200 : 50));
}

static void
feathers_the_edges (void)
{
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  uint8_t picture[30 * 30];
  memset (picture, 250, sizeof picture);
  nn_affine place = moved (10, 10, 1);
  nn_canvas_draw (&canvas, all, picture, 30, 30, &place, 4);
  const float expected[] = { 50, 50 + 200 * 0.125f, 50 + 200 * 0.375f, 50 + 200 * 0.625f, 50 + 200 * 0.875f, 250 };
  for (int i = 0; i < 6; i++)
    check_near (pixels[20 * SIDE + 9 + i], expected[i], 0.01);
}

/* A checkerboard of 2x2 squares is even grey at an eighth of its size, whichever way it shrinks. */
static void
shrinks_by_area (void)
{
  static uint8_t picture[128 * 128];
  for (int i = 0; i < 128 * 128; i++)
    picture[i] = (i / 128 / 2 + i % 128 / 2) % 2 ? 200 : 100;
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  nn_affine place = moved (8, 8, 8);
  nn_canvas_draw (&canvas, all, picture, 128, 128, &place, 0);
  for (int y = 9; y < 23; y++)
    for (int x = 9; x < 23; x++)
      check_near (pixels[y * SIDE + x], 150, 0.5);
  check (pixels[30 * SIDE + 30] == 50);
}

static nn_scene_face
face (float x, float y, float w, float h)
{
  nn_scene_face f = { .truth.box = { .x = x, .y = y, .w = w, .h = h }, .has_points = true };
  for (int i = 0; i < NN_DETECT_POINTS; i++) {
    f.truth.box.points[i][0] = x + (float) i;
    f.truth.box.points[i][1] = y + 2;
  }
  return f;
}

static void
places_faces_with_their_picture (void)
{
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  nn_scene_face one = face (10, 20, 20, 30);
  nn_affine place = moved (4, 6, 0.5); /* twice as large */
  require (nn_canvas_add_face (&canvas, all, &one, &place) == 0);
  const nn_detection *box = &target.faces[0].truth.box;
  check_near (box->x, 24, 1e-4);
  check_near (box->y, 46, 1e-4);
  check_near (box->w, 40, 1e-4);
  check_near (box->h, 18, 1e-4); /* cut at the canvas's end */
  check_near (box->points[2][0], 4 + 24, 1e-4);
  check (target.faces[0].truth.ignore); /* less than half of it is left */
}

static void
mirrors_exchange_left_and_right (void)
{
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  nn_scene_face one = face (10, 20, 20, 20);
  require (nn_canvas_add_face (&canvas, all, &one, &(nn_affine) { { -1, 0, 60, 0, 1, 0 } }) == 0);
  const nn_detection *box = &target.faces[0].truth.box;
  check_near (box->x, 30, 1e-4);
  check_near (box->points[0][0], 60 - 11, 1e-4); /* what was the left eye at 11 */
  check_near (box->points[1][0], 60 - 10, 1e-4);
  check_near (box->points[2][0], 60 - 12, 1e-4);
  check_near (box->points[3][0], 60 - 14, 1e-4);
  check (!target.faces[0].truth.ignore);
}

static void
leaves_out_what_is_outside_and_ignores_what_is_small (void)
{
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  nn_scene_face outside = face (100, 10, 20, 20), small = face (10, 10, 5, 5), marked = face (10, 10, 20, 20);
  nn_affine same = moved (0, 0, 1);
  marked.truth.ignore = true;
  check (nn_canvas_add_face (&canvas, all, &outside, &same) == -1);
  check (nn_canvas_add_face (&canvas, all, &small, &same) == 0 && target.faces[0].truth.ignore);
  check (nn_canvas_add_face (&canvas, all, &marked, &same) == 1 && target.faces[1].truth.ignore);
  for (int i = 0; i < 2 * NN_CANVAS_FACES; i++)
    nn_canvas_add_face (&canvas, all, &small, &same);
  check (target.n == NN_CANVAS_FACES);
}

static int
count_changed (void)
{
  int n = 0;
  for (int i = 0; i < SIDE * SIDE; i++)
    n += pixels[i] != 50;
  return n;
}

static void
covers_the_face_alone (void)
{
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  nn_scene_face one = face (20, 20, 20, 24);
  one.has_points = false;
  nn_affine same = moved (0, 0, 1);
  nn_canvas_add_face (&canvas, all, &one, &same);
  nn_canvas_cover (&canvas, 0, NN_COVER_NONE);
  check (count_changed () == 0);
  nn_canvas_cover (&canvas, 0, NN_COVER_MASK);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) /* from the middle down, hardly beyond the box */
      check (pixels[y * SIDE + x] == 50 || (x >= 18 && x < 42 && y >= 30 && y < 48));
  check (count_changed () > 200);
}

static void
spoils_by_the_ranges (void)
{
  static const nn_augment plain;
  static const nn_scene_augment none, night = { .dark = 1, .noise = 4 }, blurred = { .blur = 1 };
  nn_random random;
  nn_canvas canvas = grey_canvas (&random);
  nn_canvas_spoil (&canvas, &plain, &none);
  check (count_changed () == 0);
  nn_canvas_spoil (&canvas, &plain, &night);
  double sum = 0;
  for (int i = 0; i < SIDE * SIDE; i++) {
    sum += (double) pixels[i];
    check (pixels[i] >= 0 && pixels[i] <= 255);
  }
  check (sum / (SIDE * SIDE) < 30);
  canvas = grey_canvas (&random);
  pixels[32 * SIDE + 32] = 250;
  nn_canvas_spoil (&canvas, &plain, &blurred);
  check (pixels[32 * SIDE + 32] < 151 && pixels[32 * SIDE + 33] > 50 && pixels[33 * SIDE + 32] == pixels[32 * SIDE + 33]);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (draws_inside_the_region_only), TEST (feathers_the_edges), TEST (shrinks_by_area),
                                   TEST (places_faces_with_their_picture), TEST (mirrors_exchange_left_and_right),
                                   TEST (leaves_out_what_is_outside_and_ignores_what_is_small), TEST (covers_the_face_alone),
                                   TEST (spoils_by_the_ranges), { 0 } });
}
