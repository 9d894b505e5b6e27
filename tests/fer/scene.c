/* SPDX-License-Identifier: MIT */
#include "fer/scene.h"
#include "test.h"

#define WIDTH 160
#define HEIGHT 120

typedef struct view {
  int seed;            /* what is seen */
  double x, y;         /* moved by, pixels */
  double light, noise; /* a factor; luma */
} view;

/* Blobs, as far apart as things in a room. */
static double
luma_at (int seed, double x, double y)
{
  double a = 0.02 + 0.013 * (seed % 3), b = 0.03 - 0.009 * (seed % 2);
  return 128 + 60 * sin (a * x + seed) * cos (b * y + 2 * seed) + 50 * sin (a * (x + y) + 3 * seed);
}

static void
draw (const view *v, int width, int height, uint8_t *luma)
{
  unsigned random = (unsigned) v->seed * 77 + (unsigned) (v->x + 3 * v->y);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      random = random * 1664525u + 1013904223u;
      double value = v->light * luma_at (v->seed, x + v->x, y + v->y) + v->noise * ((random >> 16 & 255) / 127.5 - 1);
      luma[y * width + x] = (uint8_t) (value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

static bool
cut_between (const view *a, const view *b, int width, int height)
{
  uint8_t *luma = calloc ((size_t) width, (size_t) height);
  float *rows = malloc (2 * (size_t) width * sizeof *rows);
  fer_scene s = { 0 };
  fer_image image;
  fer_image_from_rgb (&image, luma, width, height, width, 1);
  draw (a, width, height, luma);
  bool first = fer_scene_cut (&s, &image, rows);
  draw (b, width, height, luma);
  bool cut = fer_scene_cut (&s, &image, rows);
  free (luma);
  free (rows);
  return cut && !first;
}

static void
sees_cuts (void)
{
  for (int seed = 0; seed < 12; seed++) {
    view a = { seed, 0, 0, 1, 5 }, b = { seed + 1, 0, 0, 1, 5 }, black = { seed, 0, 0, 0, 0 };
    check (cut_between (&a, &b, WIDTH, HEIGHT));
    check (cut_between (&a, &black, WIDTH, HEIGHT) && cut_between (&black, &a, WIDTH, HEIGHT));
  }
}

static void
takes_nothing_else_for_one (void)
{
  for (int seed = 0; seed < 12; seed++) {
    view a = { seed, 0, 0, 1, 5 }, moved = { seed, 8, 5, 1, 5 }, dimmed = { seed, 0, 0, 0.5, 5 }, noisy = { seed, 0, 1, 1, 60 };
    view dark = { seed, 0, 0, 0.01, 8 }, as_dark = { seed + 1, 0, 0, 0.01, 8 };
    check (!cut_between (&a, &a, WIDTH, HEIGHT));
    check (!cut_between (&a, &moved, WIDTH, HEIGHT));
    check (!cut_between (&a, &dimmed, WIDTH, HEIGHT));
    check (!cut_between (&a, &noisy, WIDTH, HEIGHT));
    check (!cut_between (&dark, &as_dark, WIDTH, HEIGHT));
  }
}

static void
takes_any_size (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 500 }, { 500, 1 }, { 7, 3 }, { 33, 19 }, { 4000, 3 } };
  view a = { 1, 0, 0, 1, 5 };
  for (int i = 0; i < 6; i++)
    check (!cut_between (&a, &a, sizes[i][0], sizes[i][1]));
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (sees_cuts), TEST (takes_nothing_else_for_one), TEST (takes_any_size), { 0 } });
}
