/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "test.h"

#include <string.h>

#define W 160
#define H 120
#define SIZE 48

static const fer_crop plain = { .size = SIZE, .mean = 0, .sd = 1, .scale = 1 };
static uint8_t grey[H][W], rgb[H][W][3], video[H][W][2]; /* the same picture; video range in the second byte of two */
static float *scratch;
static size_t scratch_size;

/* A smooth picture whose luma survives the way to video range within one step. */
static void
draw (void)
{
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      double value = 127 + 60 * sin (x * 0.11 + y * 0.05) + 60 * cos (y * 0.13 - x * 0.02);
      grey[y][x] = (uint8_t) lrint (value);
      memset (rgb[y][x], grey[y][x], 3);
      video[y][x][1] = (uint8_t) lrint (16 + grey[y][x] * 219.0 / 255);
    }
}

static fer_image
plane (void)
{
  return (fer_image) { .width = W, .height = H, .luma = &grey[0][0], .stride = W, .step = 1, .scale = 1 };
}

static bool
run (const fer_crop *crop, const fer_image *image, fer_box square, float roll, float *tensor)
{
  return fer_crop_run (crop, image, &square, roll, &scratch, &scratch_size, NULL, tensor);
}

static void
squares_the_box_with_margin (void)
{
  const fer_crop crop = { .size = SIZE, .scale = 1.5f, .dx = 0.1f, .dy = -0.2f };
  const fer_box box = { 10, 20, 40, 60 };
  fer_box square = fer_crop_square (&crop, &box);
  check_near (square.w, 90, 1e-4);
  check_near (square.h, 90, 1e-4);
  check_near (square.x + 45, 30 + 9, 1e-4);
  check_near (square.y + 45, 50 - 18, 1e-4);
}

static void
takes_the_middle_of_a_frame (void)
{
  fer_box wide = fer_frame_square (160, 120), high = fer_frame_square (48, 51);
  check (wide.x == 20 && wide.y == 0 && wide.w == 120 && wide.h == 120);
  check (high.x == 0 && high.y == 1.5f && high.w == 48 && high.h == 48);
}

static void
whole_pixels_stay_exactly (void)
{
  float tensor[SIZE * SIZE], pixels[SIZE * SIZE];
  fer_image image = plane ();
  fer_crop crop = plain;
  crop.mean = 100;
  crop.sd = 50;
  const fer_box square = { 31, 17, SIZE, SIZE };
  require (fer_crop_run (&crop, &image, &square, 0, &scratch, &scratch_size, pixels, tensor));
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++) {
      check (pixels[y * SIZE + x] == (float) grey[17 + y][31 + x]);
      check (tensor[y * SIZE + x] == ((float) grey[17 + y][31 + x] - 100) / 50);
    }
}

static void
frame_of_the_network_s_size_is_what_it_sees (void)
{
  uint8_t face[SIZE * SIZE];
  float tensor[SIZE * SIZE];
  for (int i = 0; i < SIZE * SIZE; i++)
    face[i] = (uint8_t) (i * 7);
  fer_crop crop = plain; /* a margin that a frame must not get */
  crop.scale = 1.15f;
  crop.dy = 0.03f;
  fer_image image;
  fer_image_from_rgb (&image, face, SIZE, SIZE, SIZE, 1);
  require (run (&crop, &image, fer_frame_square (SIZE, SIZE), 0, tensor));
  for (int i = 0; i < SIZE * SIZE; i++)
    check (tensor[i] == (float) face[i]);
}

static void
formats_agree (void)
{
  static const fer_box squares[] = { { 20.3f, 11.7f, 70, 70 }, { 100, 60, 90, 90 }, { -30, -20, 100, 100 }, { 50, 50, 20, 20 }, { 0, 0, 300, 300 } };
  fer_image a = plane (), b,
            c = { .width = W, .height = H, .luma = &video[0][0][1], .stride = 2 * W, .step = 2, .offset = 16, .scale = 255.0f / 219 };
  fer_image_from_rgb (&b, &rgb[0][0][0], W, H, 3 * W, 3);
  fer_crop crop = plain;
  crop.roll = true;
  float from_grey[SIZE * SIZE], from_rgb[SIZE * SIZE], from_video[SIZE * SIZE];
  for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
    for (int turn = -1; turn <= 1; turn++) {
      float roll = 0.4f * (float) turn;
      require (run (&crop, &a, squares[i], roll, from_grey) && run (&crop, &b, squares[i], roll, from_rgb)
               && run (&crop, &c, squares[i], roll, from_video));
      check (!memcmp (from_grey, from_rgb, sizeof from_grey));
      for (int j = 0; j < SIZE * SIZE; j++)
        check_near (from_grey[j], from_video[j], 0.6);
    }
}

/* The rows and columns that were read are enough: the same as resampling the whole picture. */
static void
window_is_enough (void)
{
  static float whole[H * W];
  for (int i = 0; i < H * W; i++)
    whole[i] = (float) (&grey[0][0])[i];
  fer_image image = plane ();
  fer_crop crop = plain;
  crop.roll = true;
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (int i = 0; i < 60; i++) {
    float side = 6 + 250 * nn_random_uniform (&random) * nn_random_uniform (&random), x = -60 + 200 * nn_random_uniform (&random),
          y = -60 + 160 * nn_random_uniform (&random), roll = i % 3 ? 6.3f * nn_random_uniform (&random) : 0, tensor[SIZE * SIZE],
          expected[SIZE * SIZE];
    double c = cos ((double) roll), s = sin ((double) roll), k = (double) side / SIZE, centre_x = (double) (x + side / 2),
           centre_y = (double) (y + side / 2);
    nn_affine map = { { k * c, -k * s, centre_x - k * (c - s) * SIZE / 2, k * s, k * c, centre_y - k * (s + c) * SIZE / 2 } };
    nn_warp (&(nn_plane) { whole, H, W, W }, &map, expected, SIZE, SIZE);
    require (run (&crop, &image, (fer_box) { x, y, side, side }, roll, tensor));
    for (int j = 0; j < SIZE * SIZE; j++)
      check_near (tensor[j], expected[j], 2e-2);
  }
}

/* Eyes drawn on a line that falls to the right by roll end up level. */
static void
roll_turns_the_eye_line_level (void)
{
  static uint8_t face[200][200];
  const double roll = 0.35, eye_x = 40 * cos (roll), eye_y = 40 * sin (roll);
  memset (face, 200, sizeof face);
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 200; x++)
      if (hypot (x + 0.5 - 100 - eye_x, y + 0.5 - 100 - eye_y) < 10 || hypot (x + 0.5 - 100 + eye_x, y + 0.5 - 100 + eye_y) < 10)
        face[y][x] = 0;
  fer_image image;
  fer_image_from_rgb (&image, &face[0][0], 200, 200, 200, 1);
  fer_crop crop = plain;
  float tensor[SIZE * SIZE];
  for (int upright = 0; upright < 2; upright++) {
    crop.roll = upright;
    require (run (&crop, &image, (fer_box) { 28, 28, 144, 144 }, (float) roll, tensor));
    double row[2] = { 0 }, mass[2] = { 0 };
    for (int i = 0; i < SIZE * SIZE; i++) {
      int side = i % SIZE >= SIZE / 2;
      row[side] += (200 - (double) tensor[i]) * (i / SIZE);
      mass[side] += 200 - (double) tensor[i];
    }
    double fall = row[1] / mass[1] - row[0] / mass[0];
    if (upright)
      check_near (fall, 0, 0.1);
    else
      check_near (fall, 2 * eye_y / 3, 0.3);
  }
}

static void
edges_repeat_far_outside (void)
{
  fer_image image = plane ();
  float tensor[SIZE * SIZE];
  require (run (&plain, &image, (fer_box) { -5000, -5000, 100, 100 }, 0, tensor));
  for (int i = 0; i < SIZE * SIZE; i++)
    check (tensor[i] == (float) grey[0][0]);
  require (run (&plain, &image, (fer_box) { 1e30f, 1e30f, 100, 100 }, 0, tensor));
  for (int i = 0; i < SIZE * SIZE; i++)
    check (tensor[i] == (float) grey[H - 1][W - 1]);
}

static void
standardises_each_picture (void)
{
  fer_image image = plane ();
  fer_crop crop = plain;
  crop.per_image = true;
  crop.sd_floor = 10;
  float tensor[SIZE * SIZE];
  require (run (&crop, &image, (fer_box) { 20, 20, 80, 80 }, 0, tensor));
  double sum = 0, squares = 0;
  for (int i = 0; i < SIZE * SIZE; i++) {
    sum += (double) tensor[i];
    squares += (double) tensor[i] * (double) tensor[i];
  }
  check_near (sum / (SIZE * SIZE), 0, 1e-4);
  check_near (squares / (SIZE * SIZE), 1, 1e-4);
}

int
main (void)
{
  draw ();
  int status = test_run ((test_case[]) { TEST (squares_the_box_with_margin),
                                         TEST (takes_the_middle_of_a_frame),
                                         TEST (whole_pixels_stay_exactly),
                                         TEST (frame_of_the_network_s_size_is_what_it_sees),
                                         TEST (formats_agree),
                                         TEST (window_is_enough),
                                         TEST (roll_turns_the_eye_line_level),
                                         TEST (edges_repeat_far_outside),
                                         TEST (standardises_each_picture),
                                         { 0 } });
  free (scratch);
  return status;
}
