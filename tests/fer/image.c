/* SPDX-License-Identifier: MIT */
#include "fer/image.h"
#include "test.h"

static void
keeps_grey_in_rgb_exactly (void)
{
  uint8_t rgb[256 * 4];
  float row[256], luma[256];
  for (int channels = 3; channels <= 4; channels++) {
    for (int i = 0; i < 256 * channels; i++)
      rgb[i] = (uint8_t) (i % channels == 3 ? 7 : i / channels);
    fer_image image;
    fer_image_from_rgb (&image, rgb, 256, 1, 256 * channels, channels);
    fer_image_read (&image, 0, 0, 256, row, luma);
    for (int i = 0; i < 256; i++)
      check (luma[i] == (float) i);
  }
}

static void
weighs_colours_as_bt601 (void)
{
  const uint8_t rgb[] = { 255, 0, 0, 0, 255, 0, 0, 0, 255 };
  float row[3], luma[3];
  fer_image image;
  fer_image_from_rgb (&image, rgb, 3, 1, 9, 3);
  fer_image_read (&image, 0, 0, 3, row, luma);
  check_near (luma[0], 255 * 0.299, 0.01);
  check_near (luma[1], 255 * 0.587, 0.01);
  check_near (luma[2], 255 * 0.114, 0.01);
}

static void
reads_a_part_of_a_plane_with_stride_and_step (void)
{
  uint8_t bytes[4 * 20];
  for (int i = 0; i < 80; i++)
    bytes[i] = (uint8_t) i;
  const fer_image image = { .width = 9, .height = 4, .luma = bytes + 1, .stride = 20, .step = 2, .offset = 0, .scale = 1 };
  float luma[3];
  fer_image_read (&image, 5, 2, 3, NULL, luma);
  for (int i = 0; i < 3; i++)
    check (luma[i] == (float) (40 + 1 + 2 * (5 + i)));
}

static void
widens_video_range_and_clamps (void)
{
  const uint8_t bytes[] = { 0, 16, 126, 235, 255 };
  const float expected[] = { 0, 0, (126 - 16) * 255.0f / 219, 255, 255 };
  const fer_image image = { .width = 5, .height = 1, .luma = bytes, .stride = 5, .step = 1, .offset = 16, .scale = 255.0f / 219 };
  float luma[5];
  fer_image_read (&image, 0, 0, 5, NULL, luma);
  for (int i = 0; i < 5; i++)
    check_near (luma[i], expected[i], 1e-4);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (keeps_grey_in_rgb_exactly),
                                   TEST (weighs_colours_as_bt601),
                                   TEST (reads_a_part_of_a_plane_with_stride_and_step),
                                   TEST (widens_video_range_and_clamps),
                                   { 0 } });
}
