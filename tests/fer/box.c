/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "test.h"

#include <string.h>

static void
clips_to_the_frame (void)
{
  fer_box box = { -10, 90, 50, 20 };
  check (fer_box_clip (&box, 100, 104) == FER_SKIP_NONE);
  check (box.x == 0 && box.y == 90 && box.w == 40 && box.h == 14);
}

static void
skips_with_a_reason (void)
{
  fer_box small = { 10, 10, 11.9f, 30 }, outside = { -26, 0, 50, 50 }, sliver = { -8, 10, 20, 20 - 9 + 1 }, away = { 500, 10, 50, 50 };
  check (fer_box_clip (&small, 100, 100) == FER_SKIP_SMALL);
  check (fer_box_clip (&outside, 100, 100) == FER_SKIP_OUTSIDE);
  check (outside.x == -26); /* left alone */
  check (fer_box_clip (&sliver, 100, 100) == FER_SKIP_NONE && sliver.w == 12);
  check (fer_box_clip (&away, 100, 100) == FER_SKIP_OUTSIDE);
  fer_box cut = { -9, 0, 20, 20 };
  check (fer_box_clip (&cut, 100, 100) == FER_SKIP_SMALL); /* more than half inside, but 11 wide */
}

static void
half_inside_is_enough (void)
{
  fer_box box = { -25, 0, 50, 50 };
  check (fer_box_clip (&box, 100, 100) == FER_SKIP_NONE && box.w == 25);
}

static void
survives_numbers_that_are_none (void)
{
  const float bad[] = { NAN, INFINITY, -INFINITY };
  for (int i = 0; i < 3; i++) {
    fer_box x = { bad[i], 0, 50, 50 }, y = { 0, bad[i], 50, 50 }, w = { 0, 0, bad[i], 50 }, h = { 0, 0, 50, bad[i] };
    check (fer_box_clip (&x, 100, 100) != FER_SKIP_NONE);
    check (fer_box_clip (&y, 100, 100) != FER_SKIP_NONE);
    check (fer_box_clip (&w, 100, 100) != FER_SKIP_NONE);
    check (fer_box_clip (&h, 100, 100) != FER_SKIP_NONE);
  }
}

static void
says_every_reason (void)
{
  for (int i = FER_SKIP_NONE; i < FER_N_SKIPS; i++)
    for (int j = 0; j < i; j++)
      check (strcmp (fer_skip_text ((fer_skip) i), fer_skip_text ((fer_skip) j)));
}

static void
maps_about_the_centre (void)
{
  const fer_box box = { 100, 50, 40, 60 };
  fer_box same = fer_box_apply (&box, &fer_box_map_none);
  check (same.x == 100 && same.y == 50 && same.w == 40 && same.h == 60);
  fer_box moved = fer_box_apply (&box, &(fer_box_map) { 1.5f, 0.25f, -0.1f });
  check_near (moved.w, 60, 1e-4);
  check_near (moved.h, 90, 1e-4);
  check_near (moved.x + moved.w / 2, 120 + 10, 1e-4);
  check_near (moved.y + moved.h / 2, 80 - 6, 1e-4);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (clips_to_the_frame),
                                   TEST (skips_with_a_reason),
                                   TEST (half_inside_is_enough),
                                   TEST (survives_numbers_that_are_none),
                                   TEST (says_every_reason),
                                   TEST (maps_about_the_centre),
                                   { 0 } });
}
