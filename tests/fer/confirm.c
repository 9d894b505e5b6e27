/* SPDX-License-Identifier: MIT
 * The second look, with a finder of the test's own. */
#include "find.h"
#include "sighting.h"
#include "test.h"

struct fer_finder {
  int n, n_looks;
  fer_found faces[4]; /* what a second look shows */
  fer_box square;     /* the last one */
  float roll;
};

int
fer_finder_look (fer_finder *finder, const fer_image *image, const fer_box *square, float roll, float threshold, fer_found *found, int max)
{
  int n = 0;
  (void) image;
  finder->n_looks++;
  finder->square = *square;
  finder->roll = roll;
  for (int i = 0; i < finder->n && n < max; i++) {
    const float x = finder->faces[i].box.x + finder->faces[i].box.w / 2 - square->x, y = finder->faces[i].box.y + finder->faces[i].box.h / 2 - square->y;
    if (finder->faces[i].score >= threshold && x > 0 && y > 0 && x < square->w && y < square->h)
      found[n++] = finder->faces[i];
  }
  return n;
}

static int
confirm (fer_finder *finder, float threshold, const fer_found *first, int n, fer_found *found, int max)
{
  static const fer_image image = { .width = 640, .height = 480 };
  fer_found copies[64];
  for (int i = 0; i < n; i++)
    copies[i] = first[i];
  return fer_confirm (finder, &image, threshold, NULL, 0, copies, n, found, max);
}

static void
both_scores_count_and_the_second_box (void)
{
  fer_finder finder = { .n = 1, .faces = { face_at (102, 101, 44, 0.2f, 0.81f) } };
  const fer_found first = face_at (100, 100, 40, 0.2f, 0.36f);
  fer_found found[4];
  require (confirm (&finder, 0.5f, &first, 1, found, 4) == 1);
  check_near (found[0].score, 0.54, 1e-6); /* sqrt (0.36 * 0.81) */
  check (found[0].box.x == finder.faces[0].box.x && found[0].box.w == finder.faces[0].box.w);
  check_near (finder.roll, 0.2, 1e-5);
  check_near (finder.square.x + finder.square.w / 2, first.box.x + first.box.w / 2, 1e-4);
  check_near (finder.square.y + finder.square.h / 2, first.box.y + first.box.h / 2, 1e-4);
  check (finder.square.w == finder.square.h && finder.square.w > 1.5f * first.box.h);
  check (confirm (&finder, 0.55f, &first, 1, found, 4) == 0);
}

static void
what_is_not_seen_again_loses (void)
{
  fer_finder finder = { .n = 1, .faces = { face_at (125, 100, 40, 0, 0.8f) } }; /* in the square, but another */
  const fer_found first = face_at (100, 100, 40, 0, 0.8f);
  fer_found found[4];
  require (confirm (&finder, 0.1f, &first, 1, found, 4) == 1);
  check_near (found[0].score, 0.4, 1e-6);
  check (found[0].box.x == first.box.x);
}

static void
what_is_sure_is_not_looked_at (void)
{
  fer_finder finder = { 0 };
  const fer_found first = face_at (100, 100, 40, 0, 0.95f);
  fer_found found[4];
  check (confirm (&finder, 0.5f, &first, 1, found, 4) == 1 && finder.n_looks == 0 && found[0].score == 0.95f);
}

/* Their last score counts instead; another face is looked at. */
static void
what_was_known_is_not_looked_at (void)
{
  static const fer_image image = { .width = 640, .height = 480 };
  fer_finder finder = { .n = 1, .faces = { face_at (300, 100, 40, 0, 0.9f) } };
  const fer_found known = face_at (103, 100, 40, 0, 0.4f);
  fer_found first[] = { face_at (100, 100, 40, 0, 0.9f * 0.9f), face_at (300, 100, 40, 0, 0.4f) }, found[4];
  require (fer_confirm (&finder, &image, 0.5f, &known, 1, first, 2, found, 4) == 2);
  check (finder.n_looks == 1);
  check_near (found[0].score, 0.6, 1e-6); /* sqrt (0.4 * 0.9) */
  check_near (found[1].score, sqrt (0.4 * 0.81), 1e-6);
  check (found[1].box.x == 80 && found[1].box.w == 40);
}

static void
two_that_become_one_are_one (void)
{
  fer_finder finder = { .n = 1, .faces = { face_at (110, 100, 40, 0, 0.9f) } };
  const fer_found first[] = { face_at (103, 100, 40, 0, 0.6f), face_at (117, 100, 40, 0, 0.5f) };
  fer_found found[4];
  check (confirm (&finder, 0.1f, first, 2, found, 4) == 1 && finder.n_looks == 2);
  check_near (found[0].score, sqrt (0.6 * 0.9), 1e-6);
}

static void
best_come_first_and_looks_are_few (void)
{
  fer_finder finder = { .n = 1, .faces = { face_at (60, 300, 40, 0, 0.8f) } };
  fer_found first[64], found[64];
  for (int i = 0; i < 64; i++)
    first[i] = face_at (60 + 60 * (float) (i % 8), 60 + 60 * (float) (i / 8), 40, 0, 0.8f - 0.01f * (float) i);
  const int n = confirm (&finder, 0.05f, first, 64, found, 64);
  check (n == 64 && finder.n_looks < 64);
  for (int i = 1; i < n; i++)
    check (found[i].score <= found[i - 1].score);
  check (confirm (&finder, 0.05f, first, 64, found, 3) == 3 && confirm (&finder, 0.05f, first, 64, found, 0) == 0);
  check (confirm (&finder, 1.1f, first, 64, found, 64) == 0 && confirm (&finder, 0.05f, first, 0, found, 64) == 0);
}

static void
enough_for_a_second_look_is_enough_for_the_threshold (void)
{
  for (float threshold = 0.3f; threshold <= 1; threshold += 0.1f)
    check_near (sqrt (fer_confirm_least (threshold)), threshold, 1e-6);
  check (fer_confirm_least (0) > 0);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (both_scores_count_and_the_second_box),
                                   TEST (what_is_not_seen_again_loses),
                                   TEST (what_is_sure_is_not_looked_at),
                                   TEST (what_was_known_is_not_looked_at),
                                   TEST (two_that_become_one_are_one),
                                   TEST (best_come_first_and_looks_are_few),
                                   TEST (enough_for_a_second_look_is_enough_for_the_threshold),
                                   { 0 } });
}
