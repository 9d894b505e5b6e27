/* SPDX-License-Identifier: MIT */
#include "foreign.h"

/* Three strides of class, objectness, box and points; only the coarsest one says anything. */
static const char text[] =
    "input 96 96 3 as x / conv 1 8x8 stride 8 bias as c8 output / from x / conv 1 16x16 stride 16 bias as c16 output / "
    "from x / conv 1 32x32 stride 32 bias as c32 output / from x / conv 1 8x8 stride 8 bias as o8 output / "
    "from x / conv 1 16x16 stride 16 bias as o16 output / from x / conv 1 32x32 stride 32 bias as o32 output / "
    "from x / conv 4 8x8 stride 8 bias as b8 output / from x / conv 4 16x16 stride 16 bias as b16 output / "
    "from x / conv 4 32x32 stride 32 bias as b32 output / from x / conv 10 8x8 stride 8 bias as p8 output / "
    "from x / conv 10 16x16 stride 16 bias as p16 output / from x / conv 10 32x32 stride 32 bias as p32 output";

static uint8_t grey[96][96];

static void
decodes_a_cell (void)
{
  nn_error error;
  fer_found found[4];
  nn_model *model = foreign_network (text);
  foreign_mean (model, "c32", 0, 1 / 255.0f); /* 1 where it is white, and more than 1 counts as 1 */
  foreign_bias (model, "c32")[0] = 0.5f;
  foreign_bias (model, "o32")[0] = 0.64f;
  memcpy (foreign_bias (model, "b32"), (float[]) { 0.25f, -0.5f, 0, (float) M_LN2 }, 4 * sizeof (float));
  for (int i = 0; i < 10; i++)
    foreign_bias (model, "p32")[i] = 0.1f * (float) i;
  fer_finder *finder = foreign_finder (model, &error);
  require (finder && fer_finder_resize (finder, 96, 96, 0, &error));
  const fer_finder_info *info = fer_finder_about (finder);
  check (!strcmp (info->family, "YuNet") && info->channels == 3 && info->width == 96 && info->height == 96 && !info->trained);
  for (int y = 32; y < 64; y++)
    memset (&grey[y][64], 255, 32); /* cell (1, 2) */
  const fer_image image = { .width = 96, .height = 96, .luma = &grey[0][0], .stride = 96, .step = 1, .scale = 1 };
  require (fer_finder_run (finder, &image, 0.6f, found, 4) == 1); /* elsewhere the score is sqrt (0.5 * 0.64) */
  check_near (found[0].score, 0.8, 1e-5);
  check_near (found[0].box.x + found[0].box.w / 2, 32 * 2.25, 1e-3);
  check_near (found[0].box.y + found[0].box.h / 2, 32 * 0.5, 1e-3);
  check_near (found[0].box.w, 32, 1e-3);
  check_near (found[0].box.h, 64, 1e-3);
  check (found[0].has_points);
  for (int k = 0; k < 5; k++) {
    check_near (found[0].points[k].x, 32 * (2 + 0.2 * k), 1e-3);
    check_near (found[0].points[k].y, 32 * (1 + 0.1 + 0.2 * k), 1e-3);
  }
  check (fer_finder_run (finder, &image, 0.5f, found, 4) > 1);
  fer_finder_free (finder);
}

/* 192x128 become 96x64, in the corner; a network of one size has that for squares, too. */
static void
pictures_are_reduced_to_the_one_size (void)
{
  static uint8_t large[128][192];
  nn_error error;
  fer_found found[4];
  nn_model *model = foreign_network (text);
  foreign_mean (model, "c32", 0, 1 / 255.0f);
  foreign_bias (model, "o32")[0] = 1;
  memcpy (foreign_bias (model, "b32"), (float[]) { 0.5f, 0.5f, 0, 0 }, 4 * sizeof (float));
  fer_finder *finder = foreign_finder (model, &error);
  require (finder && fer_finder_resize (finder, 192, 128, 5000, &error));
  for (int y = 64; y < 128; y++)
    memset (&large[y][128], 255, 64);
  const fer_image image = { .width = 192, .height = 128, .luma = &large[0][0], .stride = 192, .step = 1, .scale = 1 };
  require (fer_finder_run (finder, &image, 0.6f, found, 4) == 1);
  check_near (found[0].box.x, 128, 0.1);
  check_near (found[0].box.y, 64, 0.1);
  check_near (found[0].box.w, 64, 0.1);
  require (fer_finder_look (finder, &image, &(fer_box) { 64, 0, 192, 192 }, 0, 0.9f, found, 4) == 1);
  check_near (found[0].box.x, 128, 0.1);
  check_near (found[0].box.w, 64, 0.1);
  fer_finder_free (finder);
}

static void
what_is_no_number_is_no_face (void)
{
  nn_error error;
  fer_found found[4];
  nn_model *model = foreign_network (text);
  foreign_bias (model, "c32")[0] = foreign_bias (model, "o32")[0] = 1;
  foreign_bias (model, "b32")[2] = 1e6f; /* e to that is too much */
  fer_finder *finder = foreign_finder (model, &error);
  require (finder && fer_finder_resize (finder, 96, 96, 0, &error));
  const fer_image image = { .width = 96, .height = 96, .luma = &grey[0][0], .stride = 96, .step = 1, .scale = 1 };
  check (fer_finder_run (finder, &image, 0.5f, found, 4) == 0);
  fer_finder_free (finder);
}

static void
the_real_one_finds_faces (void)
{
  foreign_file_finds_hopper ("yunet_n_640_640.onnx", "YuNet", true);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (decodes_a_cell), TEST (pictures_are_reduced_to_the_one_size), TEST (what_is_no_number_is_no_face),
                                   TEST (the_real_one_finds_faces), { 0 } });
}
