/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "allocations.h"
#include "test.h"
#include "toy.h"

#include <string.h>

#define W 640
#define H 480

static uint8_t grey[H][W], doubled[H][W + 5][2], rgb[H][W][3];

static fer_finder *
finder_of (const nn_model *model, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_model_write (model, &bytes, &size, error))
    return NULL;
  fer_finder *finder = fer_finder_parse (bytes, size, error);
  free (bytes);
  return finder;
}

static fer_finder *
toy (const char *text)
{
  nn_error error = { "" };
  nn_model *model = toy_finder (text);
  fer_finder *finder = finder_of (model, &error);
  if (!finder)
    test_note ("%s", error.text);
  nn_model_free (model);
  return finder;
}

/* A white square with this middle, turned by roll, on black. */
static void
draw (double x, double y, double side, double roll, bool clear)
{
  for (int i = 0; i < H; i++)
    for (int j = 0; j < W; j++) {
      const double dx = j + 0.5 - x, dy = i + 0.5 - y, a = dx * cos (roll) + dy * sin (roll), b = dy * cos (roll) - dx * sin (roll);
      const bool inside = fabs (a) < side / 2 && fabs (b) < side / 2;
      grey[i][j] = inside ? 255 : clear ? 0 : grey[i][j];
    }
}

static fer_image
plane (int w, int h)
{
  return (fer_image) { .width = w, .height = h, .luma = &grey[0][0], .stride = W, .step = 1, .scale = 1 };
}

static void
check_face (const fer_found *found, double x, double y, double side, double roll, double tolerance)
{
  check_near (found->box.x + found->box.w / 2, x, tolerance);
  check_near (found->box.y + found->box.h / 2, y, tolerance);
  check_near (found->box.w, side, 2e-3 * side);
  check_near (found->box.h, side, 2e-3 * side);
  check (found->score > 0.5f && found->score <= 1 && found->has_points);
  for (int i = 0; i < FER_N_POINTS; i++) {
    const double a = side * (double) toy_points[i][0], b = side * (double) toy_points[i][1];
    check_near (found->points[i].x, x + a * cos (roll) - b * sin (roll), tolerance);
    check_near (found->points[i].y, y + a * sin (roll) + b * cos (roll), tolerance);
  }
}

/* Pictures of 640x480 become 299x224 by default: 32 pixels there are 68.5 here. */
static const double side = 32 * 640.0 / 299;

static void
finds_what_is_there (void)
{
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (toy_finder_text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error));
  const fer_image image = plane (W, H);
  static const double places[][2] = { { 240, 240 }, { 247, 231 }, { 103, 170 }, { 520.5, 308.25 } };
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    draw (places[i][0], places[i][1], side, 0, true);
    require (fer_finder_run (finder, &image, 0.5f, found, 4) == 1);
    check_face (&found[0], places[i][0], places[i][1], side, 0, 0.6); /* pixels of the picture are drawn whole */
  }
  check (fer_finder_run (finder, &image, 0.5f, found, 0) == 0);
  check (fer_finder_run (finder, &image, 1.1f, found, 4) == 0);
  fer_finder_free (finder);
}

static void
finds_several_best_first (void)
{
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (toy_finder_text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error));
  const fer_image image = plane (W, H);
  draw (247, 231, side, 0, true);
  draw (445.25, 239.75, side, 0, false); /* in the very middle of a cell: 32 * 6.5 * 640 / 299 */
  require (fer_finder_run (finder, &image, 0.5f, found, 4) == 2);
  check (found[0].score > found[1].score);
  check_face (&found[0], 445.25, 239.75, side, 0, 0.6);
  check_face (&found[1], 247, 231, side, 0, 0.6);
  require (fer_finder_run (finder, &image, 0.5f, found, 1) == 1);
  check_near (found[0].box.x + found[0].box.w / 2, 445.25, 0.6);
  fer_finder_free (finder);
}

static void
order_of_outputs_is_free (void)
{
  static const char text[] = "input any any 1 as x / conv 15 8x8 stride 8 bias as a output / "
                             "from x / conv 15 64x64 stride 32 pad 16 bias as b output / "
                             "from x / conv 15 16x16 stride 16 bias as c output";
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error));
  const fer_image image = plane (W, H);
  draw (247, 231, side, 0, true);
  require (fer_finder_run (finder, &image, 0.5f, found, 4) == 1);
  check_face (&found[0], 247, 231, side, 0, 0.6);
  fer_finder_free (finder);
}

/* The same picture as a plane, as every second byte in video range, and as rows of RGB. */
static void
every_layout_gives_the_same (void)
{
  nn_error error;
  fer_found found[3][4], looked[3][4];
  fer_finder *finder = toy (toy_finder_text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error));
  draw (247, 231, side, 0, true);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      doubled[y][x][1] = (uint8_t) lrint (16 + grey[y][x] * 219.0 / 255);
      memset (rgb[y][x], grey[y][x], 3);
    }
  fer_image images[3] = { plane (W, H), { .width = W, .height = H, .luma = &doubled[0][0][1], .stride = sizeof doubled[0], .step = 2, .offset = 16,
                                          .scale = 255.0f / 219 } };
  fer_image_from_rgb (&images[2], &rgb[0][0][0], W, H, sizeof rgb[0], 3);
  for (int i = 0; i < 3; i++) {
    require (fer_finder_run (finder, &images[i], 0.5f, found[i], 4) == 1);
    check_near (found[i][0].box.x, found[0][0].box.x, 1e-2);
    check_near (found[i][0].points[4].y, found[0][0].points[4].y, 1e-2);
    check_near (found[i][0].score, found[0][0].score, 1e-4);
    const fer_box square = { 147, 131, 200, 200 };
    require (fer_finder_look (finder, &images[i], &square, 0.1f, 0.5f, looked[i], 4) == 1);
    check_near (looked[i][0].points[4].y, looked[0][0].points[4].y, 1e-2);
  }
  fer_finder_free (finder);
}

/* A square of the picture whose 96 pixels show the white one at 32 of them, turned by any angle. */
static void
looks_at_turned_squares (void)
{
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (toy_finder_text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error));
  const fer_image image = plane (W, H);
  for (int size = 40; size <= 120; size += 40)
    for (int degrees = -75; degrees <= 75; degrees += 25) {
      const double roll = degrees * M_PI / 180, x = 301, y = 255;
      draw (x, y, size, roll, true);
      const fer_box square = { (float) (x + 5 - 1.5 * size), (float) (y - 4 - 1.5 * size), 3 * (float) size, 3 * (float) size };
      require (fer_finder_look (finder, &image, &square, (float) roll, 0.5f, found, 4) == 1);
      check_face (&found[0], x, y, size, roll, 0.03 * size);
    }
  fer_finder_free (finder);
}

/* Beyond the edges of the picture, the square goes on. */
static void
looks_at_the_edge (void)
{
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (toy_finder_text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error));
  const fer_image image = plane (W, H);
  draw (40, 37, 60, 0, true);
  require (fer_finder_look (finder, &image, &(fer_box) { -50, -53, 180, 180 }, 0, 0.5f, found, 4) == 1);
  check_face (&found[0], 40, 37, 60, 0, 1.5);
  memset (grey, 0, sizeof grey);
  static const fer_box odd[] = { { -9e5f, 40, 100, 100 }, { 0, 0, 1e9f, 1e9f }, { 3, 3, 1e-6f, 1e-6f }, { 0, 0, 0, 5 }, { 0, 0, -5, 5 },
                                 { NAN, 0, 5, 5 }, { 0, 0, INFINITY, 5 } };
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
    check (fer_finder_look (finder, &image, &odd[i], 0.5f, 0.5f, found, 4) == 0);
  check (fer_finder_look (finder, &image, &(fer_box) { 9, 9, 90, 90 }, NAN, 0.5f, found, 4) == 0);
  fer_finder_free (finder);
}

static void
size_is_what_is_asked_for (void)
{
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (toy_finder_text);
  require (finder);
  const fer_image image = plane (W, H);
  for (int size = 160; size <= 2000; size *= 2) { /* never enlarged: from 640 on 32 pixels are 32 */
    const double here = 32 * 640.0 / (size < 640 ? size : 640);
    require (fer_finder_resize (finder, W, H, size, &error));
    draw (300, 222, here, 0, true);
    require (fer_finder_run (finder, &image, 0.5f, found, 4) >= 1);
    check_face (&found[0], 300, 222, here, 0, 0.6);
  }
  check (fer_finder_resize (finder, W, H, 5, &error)); /* as 32 */
  check (!fer_finder_resize (finder, W, H, 8193, &error) && strstr (error.text, "8193 pixels"));
  check (!fer_finder_resize (finder, W, H, -1, &error) && !fer_finder_resize (finder, W, H, 1 << 20, &error));
  check (!fer_finder_resize (finder, 0, H, 0, &error) && strstr (error.text, "0x480"));
  check (fer_finder_run (finder, &image, 0.5f, found, 4) == 0); /* nothing is planned now */
  fer_finder_free (finder);
}

/* One side of the input is given, the other is any. */
static void
half_open_inputs_are_kept_to (void)
{
  static const char text[] = "input 128 any 1 as x / conv 15 64x64 stride 32 pad 16 bias output / from x / conv 15 8x8 stride 8 bias output / "
                             "from x / conv 15 16x16 stride 16 bias output";
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error)); /* 171x128 */
  const fer_image image = plane (W, H);
  draw (301, 180, 32 * 640.0 / 171, 0, true);
  require (fer_finder_run (finder, &image, 0.5f, found, 4) == 1);
  check_face (&found[0], 301, 180, 32 * 640.0 / 171, 0, 0.6);
  fer_finder_free (finder);
}

static void
allocates_nothing_per_frame (void)
{
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (toy_finder_text);
  require (finder && fer_finder_resize (finder, W, H, 0, &error));
  const fer_image image = plane (W, H);
  draw (247, 231, side, 0.2, true);
  const int before = n_allocations;
  for (int i = 0; i < 3; i++) {
    fer_finder_run (finder, &image, 0.5f, found, 4);
    fer_finder_look (finder, &image, &(fer_box) { 100, 100, 90.0f + 200 * (float) i, 90.0f + 200 * (float) i }, 0.7f, 0.5f, found, 4);
  }
  check (n_allocations == before);
  fer_finder_free (finder);
}

/* Lines, pictures smaller than a face, and the largest that cameras make. */
static void
any_size_is_searched (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 640 }, { 640, 1 }, { 7, 5 }, { 31, 33 }, { 8000, 1 }, { 1, 8000 }, { 7680, 4320 } };
  nn_error error;
  fer_found found[4];
  fer_finder *finder = toy (toy_finder_text);
  uint8_t *black = calloc (7680, 4320);
  require (finder && black);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    const fer_image image = { .width = sizes[i][0], .height = sizes[i][1], .luma = black, .stride = sizes[i][0], .step = 1, .scale = 1 };
    require (fer_finder_resize (finder, image.width, image.height, 0, &error));
    check (fer_finder_run (finder, &image, 0.5f, found, 4) == 0);
    check (fer_finder_look (finder, &image, &(fer_box) { 0, 0, 50, 50 }, 0.3f, 0.5f, found, 4) == 0);
  }
  const fer_image other = plane (W, H);
  draw (247, 231, side, 0, true);
  check (fer_finder_run (finder, &other, 0.5f, found, 4) == 0); /* not the size that was planned */
  free (black);
  fer_finder_free (finder);
}

/* ---- models -------------------------------------------------------------------------------------------------------------- */

static void
check_refused (const nn_model *model, const char *word, const char *other)
{
  nn_error error = { "" };
  fer_finder *finder = finder_of (model, &error);
  check (!finder && strstr (error.text, word) && strstr (error.text, other));
  if (!strstr (error.text, word) || !strstr (error.text, other))
    test_note ("%s, %s: not in \"%s\"", word, other, error.text);
  fer_finder_free (finder);
}

static void
other_models_are_refused_by_name (void)
{
  nn_error error;
  nn_model *model = toy_model ();
  check_refused (model, "fer.task is expression", "expected faces");
  nn_model_free (model);
  model = toy_network (toy_text); /* without metadata */
  check_refused (model, "outputs", "YuNet");
  nn_model_free (model);
  model = toy_network (toy_finder_text);
  check_refused (model, "fer.task", "fer-info --set");
  nn_model_set (model, "fer.task", "faces");
  check_refused (model, "fer.input", "fer-info --set");
  nn_model_free (model);
  model = toy_finder (toy_finder_text);
  model->weights[3] += 1;
  check_refused (model, "fer.weights_crc32", "damaged");
  nn_model_free (model);
  model = toy_network ("input any any 1 as x / conv 15 8x8 stride 8 output / from x / conv 15 16x16 stride 16 output / "
                       "from x / conv 14 32x32 stride 32 output");
  require (fer_finder_describe (model, 128, 64, NULL, &error));
  check_refused (model, "outputs (3, the first is 12x12x15)", "15 channels");
  nn_model_free (model);
  check (!fer_finder_load ("/does/not/exist.onnx", &error) && strstr (error.text, "/does/not/exist.onnx"));
  check (!fer_finder_load (NULL, &error) && strstr (error.text, "no face finder is embedded")); /* this program links libfer alone */
}

static void
says_what_it_is (void)
{
  fer_finder *finder = toy (toy_finder_text);
  require (finder);
  const fer_finder_info *info = fer_finder_about (finder);
  check (!strcmp (info->family, "feremotion") && info->mean == 128 && info->sd == 64 && info->channels == 1 && !info->width && !info->height);
  check (!strcmp (info->trained, "{\"data\":\"none\"}"));
  fer_finder_free (finder);
}

/* The toy's squares as if they were faces four times as large: 128 pixels. Larger than 240 they are found in the halved picture alone. */
static fer_finder *
large_toy (void)
{
  nn_error error;
  nn_model *model = toy_finder (toy_finder_text);
  const nn_node *node = &model->graph->nodes[nn_graph_find (model->graph, "map32")];
  nn_real *bias = model->weights + node->weights + node->n_weights - 15;
  bias[3] = bias[4] = (nn_real) log (4);
  fer_finder *finder = fer_finder_describe (model, 128, 64, "{}", &error) ? finder_of (model, &error) : NULL;
  nn_model_free (model);
  return finder;
}

static void
finds_the_largest_in_halves (void)
{
  nn_error error;
  fer_found found[4];
  fer_finder *finder = large_toy ();
  require (finder && fer_finder_resize (finder, W, H, W, &error));
  const fer_image image = plane (W, H);
  draw (304, 240, 32, 0, true);
  require (fer_finder_run (finder, &image, 0.5f, found, 4) == 1);
  check_near (found[0].box.w, 128, 0.1);
  draw (352, 224, 64, 0, true); /* 32 in the halved picture, in the middle of a cell there */
  require (fer_finder_run (finder, &image, 0.5f, found, 4) >= 1); /* at full size its corners look a little like squares */
  check_near (found[0].box.w, 256, 0.1);
  check_near (found[0].box.h, 256, 0.1);
  check_near (found[0].box.x + found[0].box.w / 2, 352, 0.6);
  fer_finder_free (finder);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (finds_what_is_there), TEST (finds_several_best_first), TEST (order_of_outputs_is_free),
                                   TEST (every_layout_gives_the_same), TEST (looks_at_turned_squares), TEST (looks_at_the_edge),
                                   TEST (size_is_what_is_asked_for), TEST (finds_the_largest_in_halves), TEST (half_open_inputs_are_kept_to),
                                   TEST (allocates_nothing_per_frame), TEST (any_size_is_searched), TEST (other_models_are_refused_by_name),
                                   TEST (says_what_it_is), { 0 } });
}
