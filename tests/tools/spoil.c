/* SPDX-License-Identifier: MIT */
#include "eval/spoil.h"
#include "test.h"

#include <string.h>

enum { SIZE = 48, COUNT = SIZE * SIZE };

static nn_error error;

/* Smooth, with a bright spot right of the middle. */
static void
make (float *face)
{
  for (int i = 0; i < COUNT; i++) {
    const int x = i % SIZE, y = i / SIZE;
    face[i] = floorf (110 + 40 * sinf (0.3f * (float) x + 0.2f * (float) y) + 90 * expf (-((float) ((x - 36) * (x - 36) + (y - 24) * (y - 24))) / 8));
  }
}

static double
distance (const float *a, const float *b)
{
  double sum = 0;
  for (int i = 0; i < COUNT; i++)
    sum += pow ((double) (a[i] - b[i]), 2);
  return sqrt (sum / COUNT);
}

static void
each_is_a_function_of_picture_strength_and_seed (void)
{
  float face[COUNT], a[COUNT], b[COUNT];
  make (face);
  for (int effect = 0; effect < EVAL_N_EFFECTS; effect++)
    for (int strength = 0; strength < EVAL_STRENGTHS; strength++) {
      require (eval_spoil (effect, strength, 1, face, SIZE, a, &error) && eval_spoil (effect, strength, 1, face, SIZE, b, &error));
      check (!memcmp (a, b, sizeof a));
      for (int i = 0; i < COUNT; i++)
        check (a[i] >= 0 && a[i] <= 255 && a[i] == floorf (a[i]));
    }
  require (eval_spoil (EVAL_NOISE, 1, 1, face, SIZE, a, &error) && eval_spoil (EVAL_NOISE, 1, 2, face, SIZE, b, &error));
  check (memcmp (a, b, sizeof a));
  face[0] += 1;
  require (eval_spoil (EVAL_NOISE, 1, 1, face, SIZE, b, &error));
  check (a[100] - 0 != b[100] || a[200] != b[200] || a[300] != b[300]);
}

static void
every_step_is_harsher (void)
{
  float face[COUNT], out[COUNT];
  make (face);
  for (int effect = 0; effect < EVAL_N_EFFECTS; effect++) {
    double before = 0;
    for (int strength = 0; strength < EVAL_STRENGTHS; strength++) {
      require (eval_spoil (effect, strength, 1, face, SIZE, out, &error));
      const double now = distance (face, out);
      if (effect != EVAL_OCCLUSION && effect != EVAL_ROTATION) /* which depend on where and which way */
        check (now > before);
      check (now > 0.5);
      before = now;
    }
  }
}

/* What the unit says is what is done. */
static void
strengths_are_what_they_are_called (void)
{
  float face[COUNT], out[COUNT];
  for (int i = 0; i < COUNT; i++)
    face[i] = 100;
  require (eval_spoil (EVAL_NOISE, 1, 1, face, SIZE, out, &error));
  check_near (distance (face, out), 10, 0.5);
  require (eval_spoil (EVAL_DARKNESS, 1, 1, face, SIZE, out, &error));
  double sum = 0;
  for (int i = 0; i < COUNT; i++)
    sum += (double) out[i];
  check_near (sum / COUNT, 100 * pow (1.0 / 16, 1 / 2.2), 0.5);
  make (face);
  require (eval_spoil (EVAL_OCCLUSION, 4, 1, face, SIZE, out, &error));
  int covered = 0;
  for (int i = 0; i < COUNT; i++)
    covered += out[i] == 128 && face[i] != 128;
  check_near (covered, 0.4 * COUNT, 0.03 * COUNT);
  require (eval_spoil (EVAL_LOW_RESOLUTION, 1, 1, face, SIZE, out, &error));
  sum = 0;
  for (int i = 0; i < 4; i++)
    sum += (double) face[i / 2 * SIZE + i % 2] / 4; /* a pixel of 24x24; a corner of it repeats its edge */
  check_near (out[0], sum, 1);
}

/* The spot goes round the middle by the angle, one way or the other. */
static void
rotation_turns_about_the_middle (void)
{
  float face[COUNT], out[COUNT];
  make (face);
  for (int strength = 0; strength < EVAL_STRENGTHS; strength++) {
    const double angle = eval_effects[EVAL_ROTATION].strengths[strength] * M_PI / 180;
    require (eval_spoil (EVAL_ROTATION, strength, 1, face, SIZE, out, &error));
    const int x = (int) (24 + 12.5 * cos (angle)), y = (int) (24 + 12.5 * sin (angle)), other = (int) (24 - 12.5 * sin (angle));
    check (fmaxf (out[y * SIZE + x], out[other * SIZE + x]) > 170);
  }
}

/* The same face at twice the size is spoilt as much: lengths are those of 48 pixels. */
static void
lengths_follow_the_face (void)
{
  static float small[COUNT], large[4 * COUNT], out[COUNT], wide[4 * COUNT];
  make (small);
  const nn_affine half = { { 0.5, 0, 0, 0, 0.5, 0 } };
  nn_warp (&(nn_plane) { small, SIZE, SIZE, SIZE }, &half, large, 2 * SIZE, 2 * SIZE);
  require (eval_spoil (EVAL_BLUR, 3, 1, small, SIZE, out, &error) && eval_spoil (EVAL_BLUR, 3, 1, large, 2 * SIZE, wide, &error));
  for (int y = 6; y < SIZE - 6; y += 5)
    for (int x = 6; x < SIZE - 6; x += 5)
      check_near (out[y * SIZE + x], wide[(2 * y + 1) * 2 * SIZE + 2 * x + 1], 10);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (each_is_a_function_of_picture_strength_and_seed),
                                   TEST (every_step_is_harsher),
                                   TEST (strengths_are_what_they_are_called),
                                   TEST (rotation_turns_about_the_middle),
                                   TEST (lengths_follow_the_face),
                                   { 0 } });
}
