/* SPDX-License-Identifier: MIT */
#include "fer/palette.h"
#include "picture.h"
#include "test.h"

#include <cairo.h>

static void
is_where_the_map_is (void)
{
  const float map[9] = { 0, 0, 0, 0, 0, 8, 0, 0, 0 }; /* middle of the right edge */
  const fer_box box = { 10, 20, 90, 90 };
  fer_picture picture;
  require (fer_draw_heatmap (map, 3, 3, &box, 0, 0.5f, 200, 200, &picture));
  check (is_inside (&picture, 200, 200) && is_premultiplied (&picture));
  check (picture.x == 10 && picture.y == 20 && picture.width == 90 && picture.height == 90);
  check (pixel (&picture, 95, 65) >> 24 == 128); /* the largest value has all the opacity */
  check (pixel (&picture, 15, 25) == 0 && pixel (&picture, 15, 105) == 0);
  for (int y = 0; y < 45; y++)
    check (pixel (&picture, 90, 20 + y) == pixel (&picture, 90, 109 - y)); /* as symmetric as the map */
  g_free (picture.pixels);
}

static void
is_relative_and_transparent_without_any (void)
{
  const float weak[4] = { 0x1p-20f, 0, 0, 0x1p-19f }, strong[4] = { 0x1p20f, 0, 0, 0x1p21f }, none[4] = { 0, NAN, -1, 0 };
  const fer_box box = { 0, 0, 32, 32 };
  fer_picture a, b, c;
  require (fer_draw_heatmap (weak, 2, 2, &box, 0, 1, 32, 32, &a) && fer_draw_heatmap (strong, 2, 2, &box, 0, 1, 32, 32, &b)
           && fer_draw_heatmap (none, 2, 2, &box, 0, 1, 32, 32, &c));
  check (!memcmp (a.pixels, b.pixels, 32 * 32 * 4));
  check (count (&a, 0) < 32 * 32);
  check (count (&c, 0) == 32 * 32);
  g_free (a.pixels);
  g_free (b.pixels);
  g_free (c.pixels);
}

static void
is_clipped_to_the_frame (void)
{
  const float map[1] = { 1 };
  fer_picture picture;
  require (fer_draw_heatmap (map, 1, 1, &(fer_box) { -20, 90, 50, 50 }, 0, 1, 100, 100, &picture));
  check (picture.x == 0 && picture.y == 90 && picture.width == 30 && picture.height == 10);
  g_free (picture.pixels);
  check (!fer_draw_heatmap (map, 1, 1, &(fer_box) { 200, 0, 50, 50 }, 0, 1, 100, 100, &picture));
  check (!fer_draw_heatmap (map, 1, 1, &(fer_box) { 0, 0, NAN, 50 }, 0, 1, 100, 100, &picture));
}

/* What the crop turns upright, drawing turns back: the crop of a drawn map is the map, whatever the face's roll. */
static void
lies_as_the_face_lies (void)
{
  enum { SIDE = 200, CROP = 48 };
  const float map[16] = { 0, 9, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 6, 0, 0, 0 };
  const fer_box square = { 60, 50, 90, 90 };
  const fer_crop crop = { .size = CROP, .mean = 0, .sd = 1, .scale = 1, .roll = true };
  float upright[CROP * CROP];
  for (int turn = 0; turn < 8; turn++) {
    const float roll = (float) turn * 0.8f;
    uint8_t alphas[SIDE * SIDE] = { 0 };
    float *scratch = NULL, tensor[CROP * CROP];
    size_t scratch_size = 0;
    fer_image image;
    fer_picture picture;
    require (fer_draw_heatmap (map, 4, 4, &square, roll, 1, SIDE, SIDE, &picture));
    check (is_inside (&picture, SIDE, SIDE) && is_premultiplied (&picture));
    for (int y = 0; y < picture.height; y++)
      for (int x = 0; x < picture.width; x++)
        alphas[(picture.y + y) * SIDE + picture.x + x] = (uint8_t) (pixel (&picture, picture.x + x, picture.y + y) >> 24);
    g_free (picture.pixels);
    fer_image_from_rgb (&image, alphas, SIDE, SIDE, SIDE, 1);
    require (fer_crop_run (&crop, &image, &square, roll, &scratch, &scratch_size, NULL, tensor));
    free (scratch);
    double error = 0;
    for (int i = 0; i < CROP * CROP && turn; i++)
      error += fabs ((double) (tensor[i] - upright[i])) / (CROP * CROP);
    if (!turn)
      memcpy (upright, tensor, sizeof upright);
    check (error < 2); /* of 255 */
  }
}

/* A map is found again at the middle of each of its positions, and nowhere is more than there. */
static void
passes_through_the_map_s_values (void)
{
  const float map[9] = { 5, 2, 7, 1, 10, 3, 4, 6, 8 };
  fer_picture picture;
  uint32_t ramp[256];
  fer_palette_heat (1, ramp);
  require (fer_draw_heatmap (map, 3, 3, &(fer_box) { 0, 0, 90, 90 }, 0, 1, 90, 90, &picture));
  for (int i = 0; i < 9; i++) {
    const uint32_t wanted = ramp[(int) (25.5f * map[i])], found = pixel (&picture, 15 + 30 * (i % 3), 15 + 30 * (i / 3));
    for (int shift = 0; shift < 32; shift += 8)
      check_near (found >> shift & 255, wanted >> shift & 255, 6);
  }
  g_free (picture.pixels);
}

/* ---- the golden picture ---------------------------------------------------------------------------------------------------- */

enum { GOLDEN = 96 };

/* A tilted map over a grey ramp. */
static cairo_surface_t *
draw_golden (void)
{
  const float map[12] = { 0, 1, 3, 0, 2, 9, 5, 1, 0, 4, 7, 2 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, GOLDEN, GOLDEN);
  fer_picture picture;
  cairo_surface_flush (surface);
  for (int y = 0; y < GOLDEN; y++)
    for (int x = 0; x < GOLDEN; x++)
      ((uint32_t *) (void *) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface)))[x] = 0x010101U * (unsigned) (60 + x + y / 2);
  cairo_surface_mark_dirty (surface);
  if (!fer_draw_heatmap (map, 3, 4, &(fer_box) { 17.5f, 12, 60, 60 }, 0.5f, 0.6f, GOLDEN, GOLDEN, &picture))
    return surface;
  cairo_surface_t *heat =
      cairo_image_surface_create_for_data (picture.pixels, CAIRO_FORMAT_ARGB32, picture.width, picture.height, picture.stride);
  cairo_t *cairo = cairo_create (surface);
  cairo_set_source_surface (cairo, heat, picture.x, picture.y);
  cairo_paint (cairo);
  cairo_destroy (cairo);
  cairo_surface_destroy (heat);
  g_free (picture.pixels);
  return surface;
}

/* Made by this program: heatmap record. Looked at by people. */
static void
looks_like_the_golden_picture (void)
{
  cairo_surface_t *golden = cairo_image_surface_create_from_png (TEST_GOLDEN), *now = draw_golden ();
  require (cairo_surface_status (golden) == CAIRO_STATUS_SUCCESS && cairo_image_surface_get_width (golden) == GOLDEN
           && cairo_image_surface_get_height (golden) == GOLDEN);
  int worst = 0;
  for (int y = 0; y < GOLDEN; y++)
    for (int i = 0; i < 4 * GOLDEN; i++)
      if (i % 4 != 3)
        worst = MAX (worst, abs (cairo_image_surface_get_data (golden)[y * cairo_image_surface_get_stride (golden) + i]
                                 - cairo_image_surface_get_data (now)[y * cairo_image_surface_get_stride (now) + i]));
  check (worst <= 2);
  cairo_surface_destroy (golden);
  cairo_surface_destroy (now);
}

int
main (int argc, char **argv)
{
  if (argc == 2 && !strcmp (argv[1], "record")) {
    cairo_surface_t *surface = draw_golden ();
    const int status = cairo_surface_write_to_png (surface, TEST_GOLDEN);
    cairo_surface_destroy (surface);
    return status;
  }
  return test_run ((test_case[]) { TEST (is_where_the_map_is),
                                   TEST (is_relative_and_transparent_without_any),
                                   TEST (is_clipped_to_the_frame),
                                   TEST (lies_as_the_face_lies),
                                   TEST (passes_through_the_map_s_values),
                                   TEST (looks_like_the_golden_picture),
                                   { 0 } });
}
