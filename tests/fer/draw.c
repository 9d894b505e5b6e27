/* SPDX-License-Identifier: MIT */
#include "fer/ferdraw.h"
#include "fer/palette.h"
#include "test.h"

#include <glib.h>
#include <string.h>

static fer_drawer *drawer;

static fer_result
make (int width, int height, int n_faces)
{
  fer_result result = { .width = width, .height = height, .n_labels = 7, .labels = fer_labels7, .n_faces = n_faces };
  for (int i = 0; i < n_faces; i++) {
    fer_face *face = &result.faces[i];
    face->box = (fer_box) { 0.3f * (float) width, 0.3f * (float) height, 0.2f * (float) width, 0.3f * (float) height };
    for (int j = 0; j < 7; j++)
      face->probabilities[j] = j == i % 7 ? 0.7f : 0.05f;
    fer_face_decide (face, 7, (fer_limits) { 0 });
  }
  return result;
}

static uint32_t
pixel (const fer_picture *picture, int x, int y)
{
  uint32_t argb;
  memcpy (&argb, picture->pixels + (y - picture->y) * picture->stride + (x - picture->x) * 4, sizeof argb);
  return argb;
}

static int
count (const fer_picture *picture, uint32_t argb)
{
  int n = 0;
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      n += pixel (picture, picture->x + x, picture->y + y) == argb;
  return n;
}

static bool
is_premultiplied (const fer_picture *picture)
{
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++) {
      uint32_t p = pixel (picture, picture->x + x, picture->y + y), a = p >> 24;
      if ((p >> 16 & 255) > a || (p >> 8 & 255) > a || (p & 255) > a)
        return false;
    }
  return true;
}

static bool
is_inside (const fer_picture *picture, int width, int height)
{
  return picture->x >= 0 && picture->y >= 0 && picture->width > 0 && picture->height > 0 && picture->x + picture->width <= width
         && picture->y + picture->height <= height && picture->stride >= 4 * picture->width;
}

static void
stays_inside_every_frame (void)
{
  static const int sizes[][2] = { { 16, 16 }, { 64, 48 }, { 320, 240 }, { 1280, 720 }, { 241, 427 } };
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (int i = 0; i < 40; i++) {
    int width = sizes[i % 5][0], height = sizes[i % 5][1];
    fer_result result = make (width, height, 1 + i % 6);
    fer_box box = { 0 };
    do {
      float side = 12 + nn_random_uniform (&random) * (float) height;
      box = (fer_box) { nn_random_uniform (&random) * (float) width * 1.2f - 0.2f * (float) width,
                        nn_random_uniform (&random) * (float) height * 1.2f - 0.2f * (float) height, side, side };
    } while (fer_box_clip (&box, width, height));
    result.faces[0].box = box;
    fer_picture picture;
    require (fer_draw_face (drawer, &result, 0, &picture));
    check (is_inside (&picture, width, height));
    check (is_premultiplied (&picture));
    g_free (picture.pixels);
  }
}

static void
draws_the_box_in_the_expression_s_colour (void)
{
  for (int label = 0; label < 7; label++) {
    fer_result result = make (640, 480, 7);
    fer_picture picture;
    require (fer_draw_face (drawer, &result, label, &picture));
    int x = 192 + 64, y = 144 + 144; /* middle of the lower edge */
    check (pixel (&picture, x, y) == (0xff000000 | fer_palette_label (fer_labels7[label], label)));
    check (pixel (&picture, x, y - 40) == 0);
    g_free (picture.pixels);
  }
}

static void
marks_an_unsure_face (void)
{
  fer_result result = make (640, 480, 1);
  fer_face_decide (&result.faces[0], 7, (fer_limits) { .threshold = 0.9f });
  fer_picture picture;
  require (fer_draw_face (drawer, &result, 0, &picture));
  check (count (&picture, 0xff000000 | FER_PALETTE_UNSURE) > 100);
  g_free (picture.pixels);
}

/* The bar of a class grows with its probability, in the panel and in the strip of a crowd. */
static void
bars_show_the_probabilities (void)
{
  for (int n_faces = 1; n_faces <= 8; n_faces += 7) {
    int before = -1;
    for (int i = 0; i < 5; i++) {
      fer_result result = make (1280, 720, n_faces);
      result.faces[0].probabilities[4] = 0.1f + 0.1f * (float) i;
      fer_picture picture;
      require (fer_draw_face (drawer, &result, 0, &picture));
      int now = count (&picture, 0xff000000 | fer_palette_label ("sad", 4));
      check (now > before);
      before = now;
      g_free (picture.pixels);
    }
  }
}

static void
panels_leave_the_other_faces_free (void)
{
  fer_result result = make (640, 480, 2);
  result.faces[1].box.x = 330; /* where the first one's panel would go */
  fer_picture picture;
  require (fer_draw_face (drawer, &result, 0, &picture));
  check (picture.x + picture.width <= 330);
  g_free (picture.pixels);
}

static void
letters_grow_with_the_frame (void)
{
  int before = 0;
  for (int height = 480; height <= 2160; height += 560) {
    fer_result result = make (height * 16 / 9, height, 1);
    result.faces[0].box = (fer_box) { 20, (float) height / 2, 60, 60 };
    fer_picture picture;
    require (fer_draw_face (drawer, &result, 0, &picture));
    check (picture.height > before);
    before = picture.height;
    g_free (picture.pixels);
  }
}

static void
heat_is_where_the_map_is (void)
{
  const float map[9] = { 0, 0, 0, 0, 0, 8, 0, 0, 0 }; /* middle of the right edge */
  const fer_box box = { 10, 20, 90, 90 };
  fer_picture picture;
  require (fer_draw_heatmap (map, 3, 3, &box, 0.5f, 200, 200, &picture));
  check (is_inside (&picture, 200, 200) && is_premultiplied (&picture));
  check (picture.x == 10 && picture.y == 20 && picture.width == 90 && picture.height == 90);
  check (pixel (&picture, 95, 65) >> 24 == 128); /* the largest value has all the opacity */
  check (pixel (&picture, 15, 25) == 0 && pixel (&picture, 15, 105) == 0);
  for (int y = 0; y < 45; y++)
    check (pixel (&picture, 90, 20 + y) == pixel (&picture, 90, 109 - y)); /* as symmetric as the map */
  g_free (picture.pixels);
}

static void
heat_is_relative_and_transparent_without_any (void)
{
  const float weak[4] = { 0x1p-20f, 0, 0, 0x1p-19f }, strong[4] = { 0x1p20f, 0, 0, 0x1p21f }, none[4] = { 0, NAN, -1, 0 };
  const fer_box box = { 0, 0, 32, 32 };
  fer_picture a, b, c;
  require (fer_draw_heatmap (weak, 2, 2, &box, 1, 32, 32, &a) && fer_draw_heatmap (strong, 2, 2, &box, 1, 32, 32, &b)
           && fer_draw_heatmap (none, 2, 2, &box, 1, 32, 32, &c));
  check (!memcmp (a.pixels, b.pixels, 32 * 32 * 4));
  check (count (&a, 0) < 32 * 32);
  check (count (&c, 0) == 32 * 32);
  g_free (a.pixels);
  g_free (b.pixels);
  g_free (c.pixels);
}

static void
heat_is_clipped_to_the_frame (void)
{
  const float map[1] = { 1 };
  fer_picture picture;
  require (fer_draw_heatmap (map, 1, 1, &(fer_box) { -20, 90, 50, 50 }, 1, 100, 100, &picture));
  check (picture.x == 0 && picture.y == 90 && picture.width == 30 && picture.height == 10);
  g_free (picture.pixels);
  check (!fer_draw_heatmap (map, 1, 1, &(fer_box) { 200, 0, 50, 50 }, 1, 100, 100, &picture));
  check (!fer_draw_heatmap (map, 1, 1, &(fer_box) { 0, 0, NAN, 50 }, 1, 100, 100, &picture));
}

static double
lightness (uint32_t argb)
{
  return 0.299 * (argb >> 16 & 255) + 0.587 * (argb >> 8 & 255) + 0.114 * (argb & 255);
}

/* Whoever sees no hue still reads the order. */
static void
heat_grows_ever_lighter (void)
{
  uint32_t ramp[256];
  fer_palette_heat (1, ramp);
  check (ramp[0] == 0 && ramp[255] >> 24 == 255);
  for (int i = 1; i < 256; i++)
    check (lightness (ramp[i]) >= lightness (ramp[i - 1]) && ramp[i] >> 24 >= ramp[i - 1] >> 24);
}

/* Linear sRGB as somebody without green (Vienot et al. 1999) or without red receptors sees it. */
static void
dim (uint32_t rgb, bool no_red, double out[3])
{
  double linear[3];
  for (int i = 0; i < 3; i++)
    linear[i] = pow ((rgb >> (16 - 8 * i) & 255) / 255.0, 2.2);
  double share = no_red ? 0.11238 : 0.29275;
  double yellow = share * linear[0] + (1 - share) * linear[1];
  double blue = (no_red ? 0.00401 : -0.02234) * (linear[0] - linear[1]) + linear[2];
  const double seen[3] = { yellow, yellow, blue };
  for (int i = 0; i < 3; i++)
    out[i] = 255 * pow (fmin (fmax (seen[i], 0), 1), 1 / 2.2);
}

static void
expressions_differ_for_every_eye (void)
{
  for (int eye = 0; eye < 2; eye++)
    for (int i = 0; i < 7; i++)
      for (int j = 0; j < i; j++) {
        double a[3], b[3];
        dim (fer_palette_label (fer_labels7[i], i), eye, a);
        dim (fer_palette_label (fer_labels7[j], j), eye, b);
        double distance = hypot (hypot (a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
        check (distance > 30);
        if (distance <= 30)
          test_note ("%s and %s: %.0f", fer_labels7[i], fer_labels7[j], distance);
      }
}

int
main (void)
{
  nn_error error;
  drawer = fer_drawer_new (&error);
  if (!drawer) {
    printf ("1..0 # SKIP %s\n", error.text);
    return 0;
  }
  int status = test_run ((test_case[]) { TEST (stays_inside_every_frame),
                                         TEST (draws_the_box_in_the_expression_s_colour),
                                         TEST (marks_an_unsure_face),
                                         TEST (bars_show_the_probabilities),
                                         TEST (panels_leave_the_other_faces_free),
                                         TEST (letters_grow_with_the_frame),
                                         TEST (heat_is_where_the_map_is),
                                         TEST (heat_is_relative_and_transparent_without_any),
                                         TEST (heat_is_clipped_to_the_frame),
                                         TEST (heat_grows_ever_lighter),
                                         TEST (expressions_differ_for_every_eye),
                                         { 0 } });
  fer_drawer_free (drawer);
  return status;
}
