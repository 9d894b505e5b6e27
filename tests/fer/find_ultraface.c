/* SPDX-License-Identifier: MIT */
#include "foreign.h"

/* 96x64 pixels: 12 x 8 x 3 + 6 x 4 x 2 + 3 x 2 x 2 + 2 x 1 x 3 = 354 anchors. */
static const char text[] =
    "input 64 96 3 as x / conv 6 8x8 stride 8 bias / reshape 1 1 576 as a / from x / conv 4 16x16 stride 16 bias / reshape 1 1 96 as b / "
    "from x / conv 4 32x32 stride 32 bias as s32 / reshape 1 1 24 as c / from x / conv 6 32x32 stride 64 bias as s64 / reshape 1 1 12 as d / "
    "from a / concat b c d / reshape 1 354 2 output / "
    "from x / conv 12 8x8 stride 8 bias / reshape 1 1 1152 as e / from x / conv 8 16x16 stride 16 bias / reshape 1 1 192 as f / "
    "from x / conv 8 32x32 stride 32 bias as b32 / reshape 1 1 48 as g / from x / conv 12 32x32 stride 64 bias as b64 / reshape 1 1 24 as h / "
    "from e / concat f g h / reshape 1 354 4 output";

static uint8_t grey[64][96];

static fer_image
white_cell (int i, int j)
{
  memset (grey, 0, sizeof grey);
  for (int y = 0; y < 32; y++)
    memset (&grey[32 * i + y][32 * j], 255, 32);
  return (fer_image) { .width = 96, .height = 64, .luma = &grey[0][0], .stride = 96, .step = 1, .scale = 1 };
}

static void
decodes_an_anchor (void)
{
  nn_error error;
  fer_found found[4];
  nn_model *model = foreign_network (text);
  foreign_mean (model, "s32", 3, 0.9f); /* the face of the second anchor, of 96 pixels; white is (255 - 127) / 128 */
  memcpy (foreign_bias (model, "b32") + 4, (float[]) { 1, -1, 5, -5 }, 4 * sizeof (float));
  fer_finder *finder = foreign_finder (model, &error);
  require (finder && fer_finder_resize (finder, 96, 64, 0, &error));
  const fer_finder_info *info = fer_finder_about (finder);
  check (!strcmp (info->family, "UltraFace") && info->channels == 3 && info->width == 96 && info->height == 64);
  const fer_image image = white_cell (1, 2);
  require (fer_finder_run (finder, &image, 0.5f, found, 4) == 1);
  check_near (found[0].score, 0.9, 1e-5);
  check_near (found[0].box.x + found[0].box.w / 2, 2.5 * 32 + 9.6, 1e-3);
  check_near (found[0].box.y + found[0].box.h / 2, 1.5 * 32 - 9.6, 1e-3);
  check_near (found[0].box.w, 96 * M_E, 1e-2);
  check_near (found[0].box.h, 96 / M_E, 1e-2);
  check (!found[0].has_points);
  /* A square of 64 pixels is what fits: of these the white ones are 32 x 32 again, of cell (1, 1). */
  require (fer_finder_look (finder, &image, &(fer_box) { 32, 0, 64, 64 }, 0, 0.5f, found, 4) == 1);
  check_near (found[0].box.x + found[0].box.w / 2, 32 + 1.5 * 32 + 9.6, 1e-3);
  fer_finder_free (finder);
}

/* The map of stride 64 has a second column, whose middle lies at the input's edge. */
static void
anchors_stay_in_the_input (void)
{
  nn_error error;
  fer_found found[4];
  nn_model *model = foreign_network (text);
  foreign_mean (model, "s64", 1, 1); /* the face of the first anchor, of 128 pixels */
  fer_finder *finder = foreign_finder (model, &error);
  require (finder && fer_finder_resize (finder, 96, 64, 0, &error));
  const fer_image image = white_cell (0, 2);
  require (fer_finder_run (finder, &image, 0.5f, found, 4) == 1);
  check_near (found[0].box.x + found[0].box.w / 2, 96, 1e-3);
  check_near (found[0].box.y + found[0].box.h / 2, 32, 1e-3);
  check_near (found[0].box.w, 128, 1e-3);
  fer_finder_free (finder);
}

static void
the_real_one_finds_faces (void)
{
  foreign_file_finds_hopper ("ultraface_rfb_320.onnx", "UltraFace", false);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (decodes_an_anchor), TEST (anchors_stay_in_the_input), TEST (the_real_one_finds_faces), { 0 } });
}
