/* SPDX-License-Identifier: MIT */
#include "eval/tally.h"
#include "test.h"

static nn_scene_face
face (float x, float y, float w, float h, bool ignore)
{
  return (nn_scene_face) { .truth = { .box = { .x = x, .y = y, .w = w, .h = h }, .ignore = ignore } };
}

static nn_detection
found (float x, float y, float w, float h, float score)
{
  return (nn_detection) { .x = x, .y = y, .w = w, .h = h, .score = score };
}

/* Three pictures by hand: a large face found, a small one found below the threshold, one missed; two false ones, one of them below the threshold; and
 * one on a face to be ignored. */
static void
figures_are_as_counted_by_hand (void)
{
  eval_tally *tally = eval_tally_new (0.5f);
  const nn_scene_face first[] = { face (0, 0, 40, 40, false), face (100, 0, 10, 14, false), face (200, 0, 50, 50, true) };
  const nn_detection in_first[] = { found (0, 0, 40, 40, 0.9f), found (201, 0, 50, 50, 0.8f), found (300, 0, 20, 20, 0.6f),
                                    found (100, 0, 10, 14, 0.3f) };
  check (eval_tally_add (tally, in_first, false, 4, first, 3) == 1);
  const nn_scene_face second[] = { face (0, 0, 80, 80, false) };
  const nn_detection in_second[] = { found (90, 90, 30, 30, 0.4f) };
  check (eval_tally_add (tally, in_second, false, 1, second, 1) == 0);
  check (eval_tally_add (tally, NULL, false, 0, NULL, 0) == 0);
  eval_found result;
  eval_tally_measure (tally, &result);
  check (result.n_pictures == 3 && result.n_faces == 3 && result.false_positives == 1);
  check (result.recall.n == 3 && result.recall.count == 1);
  check (result.recall_large.n == 2 && result.recall_large.count == 1);
  check (result.by_size[0].n == 1 && result.by_size[0].count == 0 && result.by_size[3].n == 1 && result.by_size[5].n == 1
         && result.by_size[5].count == 0);
  check_near (result.ap40, (1 + 2.0 / 4) / 3, 1e-12); /* 0.9 hit, 0.6 miss, 0.4 miss, 0.3 hit; of three faces */
  check (result.points[EVAL_EYES].n == 0 && isnan (result.points[EVAL_EYES].mean));
  eval_tally_free (tally);
}

/* Overlap of 0.45: the same face at 0.4, another at 0.5. */
static void
overlap_decides (void)
{
  eval_tally *tally = eval_tally_new (0.5f);
  const nn_scene_face truth = face (0, 0, 100, 100, false);
  const nn_detection half = found (0, 0, 100, 45, 0.9f);
  check (eval_tally_add (tally, &half, false, 1, &truth, 1) == 0);
  eval_found result;
  eval_tally_measure (tally, &result);
  check (result.ap40 == 1 && result.ap50 == 0 && result.recall.value == 1);
  eval_tally_free (tally);
}

static void
points_are_measured_by_the_eyes (void)
{
  eval_tally *tally = eval_tally_new (0.5f);
  nn_scene_face truth = face (0, 0, 100, 120, false), profile;
  nn_detection seen = found (0, 0, 100, 120, 0.9f);
  const float points[NN_DETECT_POINTS][2] = { { 30, 40 }, { 70, 40 }, { 50, 60 }, { 35, 90 }, { 65, 90 } };
  for (int k = 0; k < NN_DETECT_POINTS; k++)
    for (int i = 0; i < 2; i++)
      seen.points[k][i] = truth.truth.box.points[k][i] = points[k][i];
  truth.has_points = true;
  seen.points[0][0] += 4; /* a tenth of the eye distance, of one eye */
  seen.points[2][1] += 10;
  seen.points[3][0] += 3;
  seen.points[4][1] -= 4;
  profile = truth;
  profile.truth.box.points[0][0] = 60; /* eyes too near to each other */
  check (eval_tally_add (tally, &seen, true, 1, &truth, 1) == 0 && eval_tally_add (tally, &seen, true, 1, &profile, 1) == 0);
  eval_found result;
  eval_tally_measure (tally, &result);
  check (result.points[EVAL_EYES].n == 1);
  check_near (result.points[EVAL_EYES].mean, 0.05, 1e-6);
  check_near (result.points[EVAL_NOSE].mean, 0.25, 1e-6);
  check_near (result.points[EVAL_MOUTH].median, 3.5 / 40, 1e-6);
  eval_tally_free (tally);
}

static void
without_faces_there_is_no_figure (void)
{
  eval_tally *tally = eval_tally_new (0.5f);
  const nn_detection wrong = found (0, 0, 10, 10, 0.7f);
  check (eval_tally_add (tally, &wrong, false, 1, NULL, 0) == 1);
  eval_found result;
  eval_tally_measure (tally, &result);
  check (isnan (result.ap40) && isnan (result.recall.value) && result.false_positives == 1);
  eval_tally_free (tally);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (figures_are_as_counted_by_hand),
                                   TEST (overlap_decides),
                                   TEST (points_are_measured_by_the_eyes),
                                   TEST (without_faces_there_is_no_figure),
                                   { 0 } });
}
