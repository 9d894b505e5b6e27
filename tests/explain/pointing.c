/* SPDX-License-Identifier: MIT
 * The pointing game (Zhang et al. 2018) where the answer is known: noise with one patch whose pattern is the class. The hottest place of the map of the
 * class must lie on the patch. */
#include "subject.h"

enum { TRAINING = 900, TEST_PICTURES = 200, PATCH = 11, CLASSES = 3, MARGIN = 3 /* pixels, as 15 of 224 are usual */ };

static int patch_x[TRAINING + TEST_PICTURES], patch_y[TRAINING + TEST_PICTURES];

/* A cross, a ring, stripes. */
static bool
is_white (int class, int x, int y)
{
  const int dx = x - PATCH / 2, dy = y - PATCH / 2, r = dx * dx + dy * dy;
  return class == 0 ? abs (dx) <= 1 || abs (dy) <= 1 : class == 1 ? r >= 9 && r <= 25 : y / 2 % 2 == 0;
}

static nn_dataset *
draw (void)
{
  nn_error error;
  nn_dataset *data = nn_dataset_new (TRAINING + TEST_PICTURES, SIDE, SIDE, CLASSES, &error);
  for (int row = 0; data && row < data->n; row++) {
    nn_random random = nn_random_new (4, 0, (uint64_t) row, NN_FOR_TEST);
    uint8_t *pixels = data->pixels + (size_t) row * AREA;
    data->labels[row] = (uint8_t) (row % CLASSES);
    data->splits[row] = row < TRAINING ? NN_TRAINING : NN_PUBLIC_TEST;
    for (int i = 0; i < AREA; i++)
      pixels[i] = (uint8_t) (60 + 120 * nn_random_uniform (&random));
    patch_x[row] = (int) (nn_random_uniform (&random) * (SIDE - PATCH));
    patch_y[row] = (int) (nn_random_uniform (&random) * (SIDE - PATCH));
    for (int i = 0; i < PATCH * PATCH; i++)
      pixels[(patch_y[row] + i / PATCH) * SIDE + patch_x[row] + i % PATCH] = is_white (row % CLASSES, i % PATCH, i / PATCH) ? 230 : 20;
  }
  if (data)
    nn_dataset_seal (data);
  return data;
}

static bool
hits (const nn_real *map, int h, int w, int row)
{
  float pixels[AREA];
  int best = 0;
  spread (map, h, w, pixels);
  for (int i = 1; i < AREA; i++)
    if (pixels[i] > pixels[best])
      best = i;
  const int x = best % SIDE - patch_x[row], y = best / SIDE - patch_y[row];
  return x >= -MARGIN && y >= -MARGIN && x < PATCH + MARGIN && y < PATCH + MARGIN;
}

static void
the_hottest_place_is_on_the_patch (void)
{
  subject s;
  nn_dataset *data = draw ();
  require (data);
  require (subject_train (&s, "input 48 48 1 / conv 8 5x5 / bn / relu / maxpool 2x2 / conv 16 3x3 / bn / relu / maxpool 2x2\n"
                              "conv 24 3x3 / bn / relu / gap / dense 3 / softmax", data, 8)
           && subject_plan (&s));
  nn_cam *cam = subject_cam (&s, 12);
  int hit[NN_N_CAM_METHODS] = { 0 }, h, w;
  for (int i = 0; i < TEST_PICTURES; i++) {
    float pixels[AREA], tensor[AREA];
    subject_pixels (&s, i, pixels);
    subject_see (&s, pixels, tensor);
    nn_cam_forward (cam, tensor);
    for (nn_cam_method method = 0; method < NN_N_CAM_METHODS; method++) {
      const nn_real *map = nn_cam_map (cam, s.data->labels[s.first + i], method, &h, &w);
      hit[method] += hits (map, h, w, s.first + i);
    }
  }
  for (nn_cam_method method = 0; method < NN_N_CAM_METHODS; method++) {
    test_note ("%s: %.1f %% on the patch", nn_cam_method_name (method), 100.0 * hit[method] / TEST_PICTURES);
    check (hit[method] >= 0.95 * TEST_PICTURES);
  }
  nn_cam_free (cam);
  subject_clear (&s);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (the_hottest_place_is_on_the_patch), { 0 } });
}
