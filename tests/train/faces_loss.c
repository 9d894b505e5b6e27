/* SPDX-License-Identifier: MIT */
#include "train/faces_loss.h"
#include "test.h"

#include <string.h>

#define SIDE 96 /* of the picture */
#define N_CELLS (12 * 12 + 6 * 6 + 3 * 3)

static nn_real values[N_CELLS * NN_DETECT_CHANNELS], derivatives[N_CELLS * NN_DETECT_CHANNELS];
static nn_faces_cell cells[N_CELLS];

static nn_faces_maps
random_maps (uint64_t seed)
{
  nn_random random = nn_random_new (seed, 0, 0, NN_FOR_TEST);
  nn_faces_maps maps;
  for (int i = 0; i < N_CELLS * NN_DETECT_CHANNELS; i++)
    values[i] = 0.5f * nn_random_normal (&random);
  for (int level = 0, first = 0; level < NN_FACES_LEVELS; level++) {
    const int side = SIDE / nn_faces_strides[level];
    maps.shapes[level] = (nn_shape) { side, side, NN_DETECT_CHANNELS };
    maps.maps[level] = values + first * NN_DETECT_CHANNELS;
    maps.dmaps[level] = derivatives + first * NN_DETECT_CHANNELS;
    first += side * side;
  }
  return maps;
}

static nn_scene_face
face (float x, float y, float w, float h)
{
  nn_scene_face f = { .truth.box = { .x = x, .y = y, .w = w, .h = h }, .has_points = true };
  for (int i = 0; i < NN_DETECT_POINTS; i++) {
    f.truth.box.points[i][0] = x + w * (0.3f + 0.1f * (float) i);
    f.truth.box.points[i][1] = y + h * (0.2f + 0.15f * (float) i);
  }
  return f;
}

/* Central differences of the loss with the assignment held: of the scores of all cells, and of everything of those that learn. */
static void
derivatives_are_those_of_the_loss (void)
{
  nn_faces_maps maps = random_maps (1);
  nn_scene_target target = { 3, { face (10, 12, 20, 26), face (50, 40, 40, 50), face (70, 5, 9, 12) } };
  target.faces[2].has_points = false;
  double overlap;
  require (nn_faces_n_cells (&maps) == N_CELLS);
  require (nn_faces_assign (&maps, &target, cells, &overlap) > 0 && overlap > 0);
  const nn_real scale = 0.1f;
  nn_faces_loss (&maps, &target, cells, scale);
  static nn_real found[N_CELLS * NN_DETECT_CHANNELS];
  memcpy (found, derivatives, sizeof found);
  double worst = 0;
  int n = 0, n_other = 0;
  for (int i = 0; i < N_CELLS * NN_DETECT_CHANNELS; i++) {
    if (cells[i / NN_DETECT_CHANNELS].face < 0 && i % NN_DETECT_CHANNELS > 0) {
      check (found[i] == 0);
      continue;
    }
    const nn_real at = values[i], step = 1.0f / 512;
    values[i] = at + step;
    const double above = nn_faces_loss (&maps, &target, cells, scale);
    values[i] = at - step;
    const double below = nn_faces_loss (&maps, &target, cells, scale);
    values[i] = at;
    const double expected = (above - below) / (2 * (double) step), error = fabs ((double) found[i] - expected);
    if (i % NN_DETECT_CHANNELS == 0 || error < 1e-4 * (1 + fabs (expected))) /* kinks of the others may lie within a step */
      worst = test_worse (worst, error / (1e-3 + fabs (expected)));
    else
      n_other++;
    n++;
  }
  test_note ("%d derivatives, worst relative error %.2g, %d beside a kink", n, worst, n_other);
  check (worst < 0.05 && n > N_CELLS + 100 && n_other < n / 50);
}

static void
every_face_has_cells_of_its_own (void)
{
  nn_faces_maps maps = random_maps (2);
  nn_scene_target target = { 4, { face (8, 8, 7, 8), face (60, 60, 30, 34), face (2, 40, 50, 54), face (80, 4, 6, 6) } };
  int n[4] = { 0 };
  double overlap;
  nn_faces_assign (&maps, &target, cells, &overlap);
  for (int i = 0; i < N_CELLS; i++) {
    check (cells[i].face >= -1 && cells[i].face < 4 && cells[i].score >= 0 && cells[i].score <= 1);
    check (cells[i].face >= 0 || cells[i].score == 0);
    if (cells[i].face >= 0)
      n[cells[i].face]++;
  }
  test_note ("cells: %d %d %d %d", n[0], n[1], n[2], n[3]);
  for (int f = 0; f < 4; f++)
    check (n[f] >= 1 && n[f] <= 10);
  check (n[0] <= 4); /* of stride 8: no other may learn so small a face */
}

static void
a_good_guess_learns_the_most (void)
{
  nn_faces_maps maps = random_maps (3);
  for (int i = 0; i < N_CELLS * NN_DETECT_CHANNELS; i++)
    values[i] = 0;
  nn_scene_target target = { 1, { face (30, 30, 36, 36) } };
  const int best = 144 + 2 * 6 + 2; /* stride 16, from (40, 40) */
  nn_real *guess = values + best * NN_DETECT_CHANNELS;
  guess[1] = guess[2] = 0.5f;
  guess[3] = guess[4] = (nn_real) log (36.0 / 16);
  double overlap;
  nn_faces_assign (&maps, &target, cells, &overlap);
  check (cells[best].face == 0);
  check_near (cells[best].score, 1, 1e-5);
  for (int i = 0; i < N_CELLS; i++)
    check (i == best || cells[i].score < 0.3f);
}

static void
what_is_ignored_teaches_nothing (void)
{
  nn_faces_maps maps = random_maps (4);
  nn_scene_target target = { 1, { face (16, 16, 32, 32) } };
  target.faces[0].truth.ignore = true;
  double overlap;
  check (nn_faces_assign (&maps, &target, cells, &overlap) == 0 && overlap == 0);
  nn_faces_loss (&maps, &target, cells, 1);
  for (int i = 0; i < 144; i++) { /* stride 8 */
    const double x = (i % 12 + 0.5) * 8, y = (i / 12 + 0.5) * 8;
    const bool inside = x > 16 && x < 48 && y > 16 && y < 48;
    check (inside == (cells[i].face == -2));
    check (inside == (derivatives[i * NN_DETECT_CHANNELS] == 0));
  }
}

static void
the_right_answer_costs_nothing (void)
{
  nn_faces_maps maps = random_maps (5);
  nn_scene_target target = { 0 };
  double overlap;
  for (int i = 0; i < N_CELLS; i++)
    values[i * NN_DETECT_CHANNELS] = -30;
  nn_faces_assign (&maps, &target, cells, &overlap);
  check_near (nn_faces_loss (&maps, &target, cells, 1), 0, 1e-12);
  values[0] = 3;
  check (nn_faces_loss (&maps, &target, cells, 1) > 12);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (derivatives_are_those_of_the_loss), TEST (every_face_has_cells_of_its_own),
                                   TEST (a_good_guess_learns_the_most), TEST (what_is_ignored_teaches_nothing),
                                   TEST (the_right_answer_costs_nothing), { 0 } });
}
