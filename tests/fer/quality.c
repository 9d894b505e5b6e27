/* SPDX-License-Identifier: MIT */
#include "common/picture.h"
#include "faces.h"
#include "test.h"

#include <glib.h>
#include <string.h>

#define SIZE 48
#define N_DRAWN 40
#define N_REAL 60

static const fer_box large = { 0, 0, 200, 200 };
static const fer_point frontal[FER_N_POINTS] = { { 30, 40 }, { 70, 40 }, { 50, 62 }, { 35, 85 }, { 65, 85 } };

/* Neighbours' means: a binomial blur that grows with times. */
static void
blur (float *p, int times)
{
  float q[SIZE * SIZE];
  for (; times > 0; times--)
    for (int axis = 0; axis < 2; axis++) {
      memcpy (q, p, sizeof q);
      for (int i = 0; i < SIZE * SIZE; i++) {
        const int at = axis ? i / SIZE : i % SIZE, step = axis ? SIZE : 1;
        p[i] = (q[at > 0 ? i - step : i] + 2 * q[i] + q[at < SIZE - 1 ? i + step : i]) / 4;
      }
    }
}

static float
part_of (const float *pixels, int part)
{
  return fer_quality_of (&large, frontal, 1, pixels, SIZE).parts[part];
}

/* Blurred and darkened step by step a picture's parts only fall, down to 0, and the reason becomes that part's. Returns the untouched picture's value. */
static float
falls (const float *pixels)
{
  float p[SIZE * SIZE];
  fer_quality q = fer_quality_of (&large, frontal, 1, pixels, SIZE);
  const float value = q.value;
  for (int part = FER_QUALITY_SHARP; part <= FER_QUALITY_LIGHT; part++) {
    float last = part_of (pixels, part);
    memcpy (p, pixels, sizeof p);
    for (int step = 0; step < 8; step++) {
      if (part == FER_QUALITY_SHARP)
        blur (p, 1 << step);
      for (int i = 0; part == FER_QUALITY_LIGHT && i < SIZE * SIZE; i++)
        p[i] *= 0.6f;
      q = fer_quality_of (&large, frontal, 1, p, SIZE);
      check (q.parts[part] <= last && q.parts[part] >= 0);
      last = q.parts[part];
    }
    check (last == 0 && q.value == 0);
    check (q.skip == (part == FER_QUALITY_SHARP ? FER_SKIP_BLURRED : FER_SKIP_DARK));
  }
  return value;
}

static void
drawn_faces_fall_with_blur_and_darkness (void)
{
  for (int i = 0; i < N_DRAWN; i++) {
    nn_random random = nn_random_new (5, 0, (uint64_t) i, NN_FOR_TEST);
    uint8_t drawn[SIZE * SIZE];
    float pixels[SIZE * SIZE];
    test_draw_face (drawn, SIZE, i % 7, &random);
    for (int j = 0; j < SIZE * SIZE; j++)
      pixels[j] = drawn[j];
    check (falls (pixels) > FER_MIN_QUALITY);
  }
}

/* Press photographs and film frames with boxes and points. */
static void
real_faces_fall_with_blur_and_darkness (void)
{
  static const fer_crop crop = { .size = SIZE, .sd = 1, .scale = 1.15f, .roll = true };
  char table[4096], folder[4096];
  if (!test_data ("crossset.csv", table, sizeof table) || !test_data ("crossset", folder, sizeof folder))
    skip (TEST_NO_DATA);
  char *text;
  require (g_file_get_contents (table, &text, NULL, NULL));
  char **lines = g_strsplit (text, "\n", -1);
  int n = 0, clear = 0;
  float *scratch = NULL, pixels[SIZE * SIZE], tensor[SIZE * SIZE];
  size_t scratch_size = 0;
  for (int i = 1; lines[i] && *lines[i] && n < N_REAL; i += 30, n++) {
    char **cells = g_strsplit (lines[i], ",", -1), *path = g_build_filename (folder, cells[0], NULL);
    float numbers[14], roll;
    tool_picture picture;
    nn_error error;
    require (g_strv_length (cells) == 16 && tool_picture_load (&picture, path, &error));
    for (int k = 0; k < 14; k++)
      numbers[k] = (float) g_ascii_strtod (cells[2 + k], NULL);
    fer_point points[FER_N_POINTS];
    memcpy (points, numbers + 4, sizeof points);
    const fer_box box = { numbers[0], numbers[1], numbers[2], numbers[3] }, square = fer_crop_face (&crop, &box, points, &roll);
    require (fer_crop_run (&crop, &picture.image, &square, roll, &scratch, &scratch_size, pixels, tensor));
    falls (pixels);
    clear += fer_quality_of (&square, points, 1, pixels, SIZE).value >= FER_MIN_QUALITY;
    tool_picture_clear (&picture);
    g_free (path);
    g_strfreev (cells);
  }
  test_note ("%d of %d are clear", clear, n);
  check (n > 40 && clear > n * 3 / 4);
  free (scratch);
  g_strfreev (lines);
  g_free (text);
}

/* A nose between the eyes' middle and one eye, at the angles where a ball would be. */
static void
turning_away_lowers_it (void)
{
  float pixels[SIZE * SIZE], last = 1;
  for (int i = 0; i < SIZE * SIZE; i++)
    pixels[i] = (float) (i * 97 % 256);
  for (int degrees = 0; degrees <= 90; degrees += 10) {
    const float c = cosf ((float) degrees * 0.01745329f), s = sinf ((float) degrees * 0.01745329f);
    for (int side = -1; side <= 1; side += 2) {
      fer_point points[FER_N_POINTS];
      for (int k = 0; k < FER_N_POINTS; k++)
        points[k] = (fer_point) { 50 + c * (frontal[k].x - 50), frontal[k].y };
      points[2].x += (float) side * 0.35f * 40 * s;
      const fer_quality q = fer_quality_of (&large, points, 1, pixels, SIZE);
      check_near (q.parts[FER_QUALITY_FRONTAL], degrees <= 30 ? 1 : degrees >= 65 ? 0 : (65 - degrees) / 35.0, 1e-3);
      check (degrees < 60 || q.skip == FER_SKIP_TURNED);
      check (q.value <= last);
      last = q.value;
    }
  }
  fer_point none[FER_N_POINTS] = { 0 };
  check (fer_quality_of (&large, none, 1, pixels, SIZE).value == 0);
  none[2].x = NAN;
  check (fer_quality_of (&large, none, 1, pixels, SIZE).value == 0);
}

static void
the_worst_part_is_the_reason (void)
{
  float pixels[SIZE * SIZE];
  for (int i = 0; i < SIZE * SIZE; i++)
    pixels[i] = (float) (i * 97 % 256);
  fer_box square = { 0, 0, 18, 18 };
  fer_quality q = fer_quality_of (&square, NULL, 0.9f, pixels, SIZE);
  check_near (q.value, 0.5, 1e-6);
  check (q.skip == FER_SKIP_COARSE);
  q = fer_quality_of (&square, frontal, 0.36f, pixels, SIZE);
  check_near (q.value, 0.4, 1e-6);
  check (q.skip == FER_SKIP_DOUBTFUL);
  q = fer_quality_of (&large, frontal, 1, pixels, SIZE);
  check (q.value == 1 && q.skip == FER_SKIP_NONE);
  memset (pixels, 0, sizeof pixels);
  check (fer_quality_of (&large, frontal, 1, pixels, SIZE).value == 0);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (drawn_faces_fall_with_blur_and_darkness),
                                   TEST (real_faces_fall_with_blur_and_darkness),
                                   TEST (turning_away_lowers_it),
                                   TEST (the_worst_part_is_the_reason),
                                   { 0 } });
}
