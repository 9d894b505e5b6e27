/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <string.h>

enum { SIDE = 48, COUNT = SIDE * SIDE };

static const nn_input raw = { .h = SIDE, .w = SIDE, .sd = 1 };
static const nn_augment all = { .rotation = 15, .zoom = 0.1f, .shift = 0.1f, .flip = 0.5f, .contrast = 0.2f, .erase = 0.5f };

/* Two rows: a gradient with a bright spot left of the middle, and grey. */
static nn_dataset *
make_data (void)
{
  nn_dataset *data = nn_dataset_new (2, SIDE, SIDE, 7, NULL);
  for (int i = 0; data && i < COUNT; i++) {
    double dx = i % SIDE - 12, dy = i / SIDE - 24;
    data->pixels[i] = (uint8_t) (i % SIDE + 150 * exp (-(dx * dx + dy * dy) / 20));
    data->pixels[COUNT + i] = 100;
  }
  return data;
}

static nn_random
stream (uint64_t sample)
{
  return nn_random_new (1, 0, sample, NN_FOR_AUGMENT);
}

static void
without_augmentation_it_copies (void)
{
  nn_dataset *data = make_data ();
  require (data);
  float out[COUNT], still[COUNT];
  nn_random random = stream (0);
  nn_dataset_image (data, 0, &raw, NULL, NULL, out);
  nn_dataset_image (data, 0, &raw, &(nn_augment) { 0 }, &random, still);
  for (int i = 0; i < COUNT; i++)
    check (out[i] == (float) data->pixels[i]);
  check (!memcmp (out, still, sizeof out));
  nn_dataset_free (data);
}

/* The middle of what the network's input would show, not a smaller picture of all. */
static void
a_crop_is_the_middle (void)
{
  enum { CROP = 44, EDGE = (SIDE - CROP) / 2 };
  nn_dataset *data = make_data ();
  require (data);
  float out[CROP * CROP];
  int h, w;
  nn_augment crop = { .crop = CROP };
  nn_random random = stream (0);
  nn_training_size (&raw, &crop, &h, &w);
  check (h == CROP && w == CROP);
  nn_dataset_image (data, 0, &raw, &crop, &random, out);
  for (int i = 0; i < CROP * CROP; i++)
    check_near (out[i], data->pixels[(i / CROP + EDGE) * SIDE + i % CROP + EDGE], 1e-3);
  nn_dataset_free (data);
}

/* Row 1 is grey 100 all over: what is left of noise is its deviation; row 0 loses its steps to a blur. */
static void
spoils_as_often_and_as_much_as_asked (void)
{
  nn_dataset *data = make_data ();
  require (data);
  int noisy = 0, blurred = 0;
  double most = 0;
  for (uint64_t i = 0; i < 200; i++) {
    float out[COUNT], plain[COUNT];
    double squares = 0;
    nn_random random = stream (i);
    nn_dataset_image (data, 1, &raw, &(nn_augment) { .noise = 10 }, &random, out);
    for (int k = 0; k < COUNT; k++)
      squares += pow ((double) out[k] - 100, 2);
    noisy += squares > 0;
    most = fmax (most, sqrt (squares / COUNT));
    random = stream (i);
    nn_dataset_image (data, 0, &raw, NULL, NULL, plain);
    nn_dataset_image (data, 0, &raw, &(nn_augment) { .blur = 0.25f }, &random, out);
    blurred += out[24 * SIDE + 12] < plain[24 * SIDE + 12]; /* the bright spot's top */
  }
  test_note ("%d of 200 noisy, deviation up to %.1f; %d blurred", noisy, most, blurred);
  check (noisy > 70 && noisy < 130 && most > 9 && most < 10.5);
  check (blurred > 30 && blurred < 70);
  nn_dataset_free (data);
}

static void
normalises_as_the_input_says (void)
{
  nn_dataset *data = make_data ();
  require (data);
  float out[COUNT], expected[COUNT];
  nn_dataset_image (data, 0, &(nn_input) { SIDE, SIDE, false, 127.5f, 63.75f, 0 }, NULL, NULL, out);
  for (int i = 0; i < COUNT; i++)
    check_near (out[i], (data->pixels[i] - 127.5) / 63.75, 1e-6);
  nn_dataset_image (data, 0, &raw, NULL, NULL, expected);
  nn_standardise (expected, COUNT, 8);
  nn_dataset_image (data, 0, &(nn_input) { SIDE, SIDE, true, 0, 0, 8 }, NULL, NULL, out);
  check (!memcmp (out, expected, sizeof out));
  nn_dataset_free (data);
}

static void
is_a_function_of_row_and_random (void)
{
  nn_dataset *data = make_data ();
  require (data);
  float a[COUNT], b[COUNT];
  for (uint64_t sample = 0; sample < 20; sample++) {
    nn_random random = stream (sample), again = random, other = stream (sample + 1);
    nn_dataset_image (data, 0, &raw, &all, &random, a);
    nn_dataset_image (data, 0, &raw, &all, &again, b);
    check (!memcmp (a, b, sizeof a));
    nn_dataset_image (data, 0, &raw, &all, &other, b);
    check (memcmp (a, b, sizeof a));
    for (int i = 0; i < COUNT; i++)
      check (a[i] >= 0 && a[i] <= 255);
  }
  nn_dataset_free (data);
}

static void
flips_exactly_and_as_often_as_asked (void)
{
  nn_dataset *data = make_data ();
  require (data);
  float out[COUNT];
  int flipped = 0, n = 1000;
  for (int sample = 0; sample < n; sample++) {
    nn_random random = stream ((uint64_t) sample);
    nn_dataset_image (data, 0, &raw, &(nn_augment) { .flip = 0.3f }, &random, out);
    bool mirror = out[0] != (float) data->pixels[0];
    flipped += mirror;
    for (int i = 0; i < COUNT; i++)
      check (out[i] == (float) data->pixels[mirror ? i - i % SIDE + SIDE - 1 - i % SIDE : i]);
  }
  check_near (flipped, 0.3 * n, 5 * sqrt (0.3 * 0.7 * n));
  nn_dataset_free (data);
}

/* Where the bright spot is and how wide: position and second moment of what stands out of the gradient. */
static void
measure_spot (const float *x, double *centre_x, double *centre_y, double *radius)
{
  double sum = 0, mx = 0, my = 0, m2 = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < COUNT; i++) {
      double weight = fmax (0, (double) x[i] - 60), px = i % SIDE + 0.5, py = i / SIDE + 0.5;
      if (pass == 0)
        sum += weight, mx += weight * px, my += weight * py;
      else
        m2 += weight * (pow (px - *centre_x, 2) + pow (py - *centre_y, 2));
    }
    *centre_x = mx / sum, *centre_y = my / sum;
  }
  *radius = sqrt (m2 / sum);
}

static void
stays_within_its_ranges (void)
{
  nn_dataset *data = make_data ();
  require (data);
  float out[COUNT];
  double x0, y0, r0, x, y, r, turned = 0, low = 1, high = 1, moved = 0;
  nn_dataset_image (data, 0, &raw, NULL, NULL, out);
  measure_spot (out, &x0, &y0, &r0);
  for (uint64_t sample = 0; sample < 300; sample++) {
    nn_random random = stream (sample), again = random, third = random;
    nn_dataset_image (data, 0, &raw, &(nn_augment) { .rotation = 20 }, &random, out);
    measure_spot (out, &x, &y, &r);
    double angle = (atan2 (y - 24, 24 - x) - atan2 (y0 - 24, 24 - x0)) * 180 / M_PI;
    turned = fmax (turned, fabs (angle));
    check (fabs (angle) < 20 + 0.7);
    check_near (hypot (x - 24, y - 24), hypot (x0 - 24, y0 - 24), 0.4);
    nn_dataset_image (data, 0, &raw, &(nn_augment) { .zoom = 0.2f }, &again, out);
    measure_spot (out, &x, &y, &r);
    double zoom = (24 - x) / (24 - x0);
    low = fmin (low, zoom), high = fmax (high, zoom);
    check (zoom > 0.78 && zoom < 1.22);
    check_near (r / r0, zoom, 0.06);
    nn_dataset_image (data, 0, &raw, &(nn_augment) { .shift = 0.1f }, &third, out);
    measure_spot (out, &x, &y, &r);
    moved = fmax (moved, fmax (fabs (x - x0), fabs (y - y0)));
    check (fabs (x - x0) < 0.1 * SIDE + 0.2 && fabs (y - y0) < 0.1 * SIDE + 0.2);
  }
  check (turned > 17 && low < 0.84 && high > 1.16 && moved > 4.4);
  nn_dataset_free (data);
}

static void
changes_contrast_and_erases_as_asked (void)
{
  nn_dataset *data = make_data ();
  require (data);
  float out[COUNT];
  int erased = 0, n = 400;
  double darkest = 255, brightest = 0;
  for (int sample = 0; sample < n; sample++) {
    nn_random random = stream ((uint64_t) sample), again = random;
    nn_dataset_image (data, 1, &raw, &(nn_augment) { .contrast = 0.1f }, &random, out);
    check (out[0] == out[COUNT - 1]);
    check (out[0] >= 100 - 0.1f * 128 - 2.8f - 0.01f && out[0] <= 100 + 0.1f * 128 + 2.8f + 0.01f);
    darkest = fmin (darkest, (double) out[0]), brightest = fmax (brightest, (double) out[0]);
    nn_dataset_image (data, 1, &raw, &(nn_augment) { .erase = 0.5f }, &again, out);
    int top = SIDE, bottom = -1, left = SIDE, right = -1, changed = 0;
    for (int i = 0; i < COUNT; i++) {
      if (out[i] == 100)
        continue;
      changed++;
      top = top < i / SIDE ? top : i / SIDE, bottom = i / SIDE;
      left = left < i % SIDE ? left : i % SIDE, right = right > i % SIDE ? right : i % SIDE;
    }
    if (!changed)
      continue;
    erased++;
    check (changed == (bottom - top + 1) * (right - left + 1));
    check (changed >= 0.017 * COUNT && changed <= 0.16 * COUNT);
  }
  check (darkest < 91 && brightest > 109);
  check_near (erased, 0.5 * n, 5 * sqrt (0.25 * n));
  nn_dataset_free (data);
}

static void
fits_another_size (void)
{
  nn_dataset *data = make_data ();
  require (data);
  float out[96 * 96], expected[96 * 96], pixels[COUNT];
  for (int i = 0; i < COUNT; i++)
    pixels[i] = data->pixels[i];
  for (int side = 24; side <= 96; side += 24) {
    double scale = (double) SIDE / side;
    nn_warp (&(nn_plane) { pixels, SIDE, SIDE, SIDE }, &(nn_affine) { { scale, 0, 0, 0, scale, 0 } }, expected, side, side);
    nn_dataset_image (data, 0, &(nn_input) { .h = side, .w = side, .sd = 1 }, NULL, NULL, out);
    check (!memcmp (out, expected, (size_t) (side * side) * sizeof *out));
  }
  nn_dataset_free (data);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (without_augmentation_it_copies), TEST (a_crop_is_the_middle), TEST (spoils_as_often_and_as_much_as_asked),
                                   TEST (normalises_as_the_input_says),
                                   TEST (is_a_function_of_row_and_random),
                                   TEST (flips_exactly_and_as_often_as_asked),
                                   TEST (stays_within_its_ranges),
                                   TEST (changes_contrast_and_erases_as_asked),
                                   TEST (fits_another_size),
                                   { 0 } });
}
