/* SPDX-License-Identifier: MIT */
#include "fer/palette.h"
#include "picture.h"
#include "test.h"

static fer_drawer *drawer;

static void
lies_in_the_lower_left_corner (void)
{
  static const int sizes[][2] = { { 320, 240 }, { 640, 480 }, { 1920, 1080 }, { 480, 854 } };
  for (int i = 0; i < 4; i++) {
    fer_picture picture;
    require (fer_draw_legend (drawer, "evidence for happy", sizes[i][0], sizes[i][1], &picture));
    check (is_inside (&picture, sizes[i][0], sizes[i][1]) && is_premultiplied (&picture));
    check (picture.x < sizes[i][0] / 10 && picture.y + picture.height > sizes[i][1] * 9 / 10);
    check (picture.height < sizes[i][1] / 3);
    g_free (picture.pixels);
  }
}

/* The bar goes through the colours that maps have, in their order. */
static void
shows_the_colours_of_maps (void)
{
  fer_picture picture;
  uint32_t ramp[256];
  int last = 0, found = 0;
  fer_palette_heat (1, ramp);
  require (fer_draw_legend (drawer, "evidence for happy", 1920, 1080, &picture));
  for (int i = 160; i < 256; i += 5)
    for (int x = picture.x + last; x < picture.x + picture.width; x++) {
      int distance = 0;
      const uint32_t p = pixel (&picture, x, picture.y + picture.height * 6 / 10);
      for (int shift = 0; shift < 24; shift += 8)
        distance += abs ((int) (p >> shift & 255) - (int) (ramp[i] >> shift & 255));
      if (distance < 12) {
        last = x - picture.x;
        found++;
        break;
      }
    }
  check (found == 20);
  g_free (picture.pixels);
}

static void
leaves_small_frames_alone (void)
{
  fer_picture picture;
  check (!fer_draw_legend (drawer, "evidence for happy", 48, 48, &picture));
  check (!fer_draw_legend (drawer, "evidence for a class with quite a long name", 200, 400, &picture));
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
  int status = test_run (
      (test_case[]) { TEST (lies_in_the_lower_left_corner), TEST (shows_the_colours_of_maps), TEST (leaves_small_frames_alone), { 0 } });
  fer_drawer_free (drawer);
  return status;
}
