/* SPDX-License-Identifier: MIT */
#include "nn_detect.h"

#include "../test.h"

#include <string.h>

static nn_detection
box (float x, float y, float w, float h, float score)
{
  return (nn_detection) { .x = x, .y = y, .w = w, .h = h, .score = score };
}

static void
decodes_a_cell (void)
{
  nn_real map[2 * 3 * NN_DETECT_CHANNELS] = { 0 };
  for (int i = 0; i < 6; i++)
    map[i * NN_DETECT_CHANNELS] = -9;
  nn_real *cell = map + 5 * NN_DETECT_CHANNELS; /* i 1, j 2: from (40, 24) at stride 16 */
  memcpy (cell, (nn_real[]) { (nn_real) log (3), 0.5f, -0.25f, (nn_real) log (2), 0, -1, -2, 1, -2, 0, 0, 0, 1, 0, 2 },
          NN_DETECT_CHANNELS * sizeof *cell);
  nn_detection found[4];
  require (nn_detect_decode (map, (nn_shape) { 2, 3, NN_DETECT_CHANNELS }, 16, 0.5f, found, 0, 4) == 1);
  check_near (found[0].score, 0.75, 1e-6);
  check_near (found[0].w, 32, 1e-4);
  check_near (found[0].h, 16, 1e-4);
  check_near (found[0].x, 40 + 8 - 16, 1e-4);
  check_near (found[0].y, 24 - 4 - 8, 1e-4);
  check_near (found[0].points[0][0], 24, 1e-4);
  check_near (found[0].points[0][1], -8, 1e-4);
  check_near (found[0].points[4][1], 56, 1e-4);
}

static void
ignores_what_is_not_finite (void)
{
  nn_real map[2 * NN_DETECT_CHANNELS] = { [0] = 5, [7] = NAN, [NN_DETECT_CHANNELS] = NAN };
  nn_detection found[2];
  check (nn_detect_decode (map, (nn_shape) { 1, 2, NN_DETECT_CHANNELS }, 8, 0.1f, found, 0, 2) == 0);
  map[7] = 0;
  map[3] = 1e30f; /* a box as wide as the largest that is allowed */
  require (nn_detect_decode (map, (nn_shape) { 1, 1, NN_DETECT_CHANNELS }, 8, 0.1f, found, 0, 2) == 1);
  check (isfinite (found[0].w) && found[0].w < 4000);
}

static void
keeps_the_best_when_full (void)
{
  nn_real map[5 * NN_DETECT_CHANNELS] = { 0 };
  const nn_real logits[5] = { 1, 3, 2, 5, 4 };
  for (int i = 0; i < 5; i++)
    map[i * NN_DETECT_CHANNELS] = logits[i];
  nn_detection found[2];
  require (nn_detect_decode (map, (nn_shape) { 1, 5, NN_DETECT_CHANNELS }, 8, 0.5f, found, 0, 2) == 2);
  require (nn_detect_suppress (found, 2, 0.5f) == 2);
  check_near (found[0].score, 1 / (1 + exp (-5)), 1e-6);
  check_near (found[1].score, 1 / (1 + exp (-4)), 1e-6);
}

static void
suppresses_overlaps (void)
{
  nn_detection found[] = { box (0, 0, 10, 10, 0.6f), box (1, 0, 10, 10, 0.9f), box (40, 0, 10, 10, 0.7f), box (4, 0, 10, 10, 0.5f),
                           box (41, 1, 10, 10, 0.7f) };
  require (nn_detect_suppress (found, 5, 0.55f) == 3); /* the fourth overlaps the second by 7 / 13 */
  check (found[0].score == 0.9f && found[1].x == 40 && found[2].x == 4);
}

static void
suppresses_parts_of_a_face (void)
{
  nn_detection found[] = { box (0, 0, 100, 100, 0.9f), box (20, 20, 30, 30, 0.8f), box (80, 80, 30, 30, 0.7f) };
  require (nn_detect_suppress (found, 3, 0.5f) == 2);
  check (found[1].x == 80);
  nn_detection crowd[] = { box (0, 0, 100, 100, 0.7f), box (20, 20, 30, 30, 0.8f) }; /* the small one is the better: a face before another */
  check (nn_detect_suppress (crowd, 2, 0.5f) == 2);
}

static void
measures_overlaps (void)
{
  nn_detection a = box (0, 0, 4, 4, 0), b = box (2, 0, 4, 4, 0), c = box (4, 0, 4, 4, 0), empty = box (1, 1, 0, 3, 0);
  check_near (nn_detect_iou (&a, &b), 1.0 / 3, 1e-6);
  check_near (nn_detect_iou (&a, &a), 1, 1e-6);
  check (nn_detect_iou (&a, &c) == 0 && nn_detect_iou (&a, &empty) == 0 && nn_detect_iou (&empty, &empty) == 0);
}

static void
turns_boxes_as_ellipses (void)
{
  nn_detection face = box (10, 20, 30, 40, 0.7f); /* its middle at (25, 40) */
  face.points[2][0] = 25;
  face.points[2][1] = 45;
  nn_detection quarter = nn_detect_transform (&face, &(nn_affine) { { 0, -2, 100, 2, 0, 50 } }); /* twice as large, x -> y, y -> -x */
  check_near (quarter.w, 80, 1e-4);
  check_near (quarter.h, 60, 1e-4);
  check_near (quarter.x + quarter.w / 2, 100 - 80, 1e-4);
  check_near (quarter.y + quarter.h / 2, 50 + 50, 1e-4);
  check_near (quarter.points[2][0], 100 - 90, 1e-4);
  check (quarter.score == face.score);
  const double c = sqrt (0.5);
  nn_detection eighth = nn_detect_transform (&face, &(nn_affine) { { c, -c, 0, c, c, 0 } });
  check_near (eighth.w, sqrt (0.5 * (900 + 1600)), 1e-4); /* between the sides, not their diagonal's length */
  check_near (eighth.h, eighth.w, 1e-4);
}

static void
matches_each_face_once (void)
{
  const nn_truth truths[] = { { box (0, 0, 10, 10, 0), false }, { box (100, 0, 50, 50, 0), true } };
  const nn_detection found[] = { box (0, 0, 10, 10, 0.9f), box (1, 0, 10, 10, 0.8f), box (110, 10, 10, 10, 0.7f), box (60, 0, 10, 10, 0.6f) };
  int matches[4];
  nn_detect_match (found, 4, truths, 2, 0.4f, matches);
  check (matches[0] == 0 && matches[1] == NN_DETECT_MISSED && matches[2] == NN_DETECT_IGNORED && matches[3] == NN_DETECT_MISSED);
}

static void
averages_precision (void)
{
  nn_precision_point points[] = { { 0.5f, true }, { 0.9f, true }, { 0.7f, false }, { 0.4f, false } };
  check_near (nn_average_precision (points, 4, 4), (1 + 2.0 / 3) / 4, 1e-12); /* precision 1 at the first hit, 2/3 at the second */
  check (nn_average_precision (points, 0, 4) == 0 && nn_average_precision (points, 4, 0) == 0);
  nn_precision_point equal[] = { { 0.5f, true }, { 0.5f, false } };
  check_near (nn_average_precision (equal, 2, 1), 0.5, 1e-12); /* no luck from the order of equals */
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (decodes_a_cell), TEST (ignores_what_is_not_finite), TEST (keeps_the_best_when_full),
                                   TEST (suppresses_overlaps), TEST (suppresses_parts_of_a_face),
                                   TEST (measures_overlaps), TEST (turns_boxes_as_ellipses),
                                   TEST (matches_each_face_once), TEST (averages_precision),
                                   { 0 } });
}
