/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"
#include "warp_golden.h"

#include <string.h>

/* warp_golden.py draws the same. */
static void
draw_pattern (bool rough, float *pixels)
{
  for (int y = 0; y < GOLDEN_H; y++)
    for (int x = 0; x < GOLDEN_W; x++)
      pixels[y * GOLDEN_W + x] = rough ? (float) ((x * 37 + y * 59 + x * y * 11) % 256) : (float) (128 + 80 * sin (0.5 * x) * cos (0.4 * y) + 2 * x);
}

static nn_plane
make_plane (const float *pixels)
{
  return (nn_plane) { pixels, GOLDEN_H, GOLDEN_W, GOLDEN_W };
}

static void
agrees_with_pillow (void)
{
  for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
    const struct golden *golden = &goldens[i];
    float pixels[GOLDEN_W * GOLDEN_H], out[40 * 30];
    draw_pattern (golden->rough, pixels);
    nn_plane plane = make_plane (pixels);
    nn_warp (&plane, &golden->map, out, golden->h, golden->w);
    double worst = 0;
    int compared = 0;
    for (int j = 0; j < golden->w * golden->h; j++) {
      if (golden->out[j] < 0)
        continue;
      worst = test_worse (worst, fabs ((double) out[j] - (double) golden->out[j]));
      compared++;
    }
    test_note ("%dx%d -> %dx%d: %d pixels, largest difference %.4f of 255", GOLDEN_W, GOLDEN_H, golden->w, golden->h, compared, worst);
    check (worst <= golden->tolerance);
    check (2 * compared > golden->w * golden->h);
  }
}

static void
identity_and_mirror_are_exact (void)
{
  float pixels[GOLDEN_W * GOLDEN_H], same[GOLDEN_W * GOLDEN_H], mirrored[GOLDEN_W * GOLDEN_H];
  draw_pattern (true, pixels);
  nn_plane plane = make_plane (pixels);
  nn_warp (&plane, &(nn_affine) { { 1, 0, 0, 0, 1, 0 } }, same, GOLDEN_H, GOLDEN_W);
  check (!memcmp (same, pixels, sizeof same));
  nn_warp (&plane, &(nn_affine) { { -1, 0, GOLDEN_W, 0, 1, 0 } }, mirrored, GOLDEN_H, GOLDEN_W);
  for (int y = 0; y < GOLDEN_H; y++)
    for (int x = 0; x < GOLDEN_W; x++)
      check (mirrored[y * GOLDEN_W + x] == pixels[y * GOLDEN_W + GOLDEN_W - 1 - x]);
}

/* Four quarter turns around the centre of a picture with fourfold symmetry, and any turn of rings. */
static void
turning_keeps_symmetric_pictures (void)
{
  enum { N = 33 };
  float pixels[N * N], out[N * N];
  for (int y = 0; y < N; y++)
    for (int x = 0; x < N; x++)
      pixels[y * N + x] = (float) (128 + 100 * cos (0.3 * hypot (x - N / 2, y - N / 2)));
  nn_plane plane = { pixels, N, N, N };
  for (int degrees = 0; degrees < 360; degrees += 15) {
    double c = cos (degrees * M_PI / 180), s = sin (degrees * M_PI / 180), centre = N / 2.0, tolerance = degrees % 90 ? 3.0 : 1e-3;
    nn_warp (&plane, &(nn_affine) { { c, -s, centre - c * centre + s * centre, s, c, centre - s * centre - c * centre } }, out, N, N);
    for (int y = 0; y < N; y++)
      for (int x = 0; x < N; x++)
        if (hypot (x - N / 2, y - N / 2) < N / 2 - 1)
          check_near (out[y * N + x], pixels[y * N + x], tolerance);
  }
}

static void
add_row (const void *user, int y, int x, int n, float weight, float *sum)
{
  const nn_plane *plane = user;
  for (int i = 0; i < n; i++)
    sum[i] += weight * plane->data[y * plane->stride + x + i];
}

/* More columns than are dealt with at once, enlarged, shrunk, mirrored, and beyond the edges. */
static void
rows_first_is_the_same (void)
{
  static const struct {
    nn_affine map;
    int h, w;
  } cases[] = { { { { 1, 0, 0, 0, 1, 0 } }, GOLDEN_H, GOLDEN_W }, { { { 2.3, 0, -1.5, 0, 3.1, 0.7 } }, 9, 17 }, { { { -1.7, 0, 30, 0, 0.4, 2 } }, 25, 20 },
                { { { 0.02, 0, -3, 0, 5, -20 } }, 12, 2500 }, { { { 1e6, 0, 0, 0, 1e6, 0 } }, 2, 2 }, { { { NAN, 0, 0, 0, 1, 0 } }, 3, 3 } };
  float pixels[GOLDEN_W * GOLDEN_H], line[GOLDEN_W], *expected = malloc (12 * 2500 * sizeof *expected), *out = malloc (12 * 2500 * sizeof *out);
  require (expected && out);
  draw_pattern (true, pixels);
  nn_plane plane = make_plane (pixels);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nn_warp (&plane, &cases[i].map, expected, cases[i].h, cases[i].w);
    nn_warp_rows (&(nn_rows) { GOLDEN_H, GOLDEN_W, add_row, &plane }, &cases[i].map, line, out, cases[i].h, cases[i].w);
    double worst = 0;
    for (int j = 0; j < cases[i].h * cases[i].w; j++)
      worst = test_worse (worst, fabs ((double) out[j] - (double) expected[j]));
    check (worst < 1e-3);
  }
  free (expected);
  free (out);
}

/* The two ways through the code meet: a turn by next to nothing is the upright map. */
static void
upright_and_turned_agree (void)
{
  float pixels[GOLDEN_W * GOLDEN_H], upright[9 * 7], turned[9 * 7];
  draw_pattern (true, pixels);
  nn_plane plane = make_plane (pixels);
  static const double scales[] = { 0.3, 0.99, 1, 1.01, 1.5, 2, 2.7, 4.2 };
  for (int i = 0; i < 8; i++) {
    nn_affine map = { { scales[i], 0, 1.3, 0, scales[i] * 0.9, -2.1 } };
    nn_warp (&plane, &map, upright, 7, 9);
    map.m[1] = map.m[3] = 1e-9;
    nn_warp (&plane, &map, turned, 7, 9);
    for (int j = 0; j < 9 * 7; j++)
      check_near (upright[j], turned[j], 0.01);
  }
}

/* Maps that leave the picture, planes of one pixel, and numbers that are none: the nearest pixel, never a byte outside (the sanitizers look). */
static void
edges_repeat (void)
{
  static const nn_affine maps[] = { { { 1, 0, -1e6, 0, 1, -1e6 } },
                                    { { 1, 0, 1e6, 0, 1, 1e6 } },
                                    { { 1e30, 0, 0, 0, 1e30, 0 } },
                                    { { 1, 0.5, 1e9, -0.5, 1, 1e9 } },
                                    { { 1e30, 1e30, -1e30, -1e30, 1e30, 0 } },
                                    { { 0, 0, 1, 0, 0, 1 } },
                                    { { (double) NAN, 0, 0, 0, 1, 0 } },
                                    { { 1, (double) NAN, 0, 0, 1, 0 } },
                                    { { 0, 1e-30, 1, 1e-30, 0, 1 } } };
  float *pixels = malloc (2 * 3 * sizeof *pixels), *one = malloc (sizeof *one), out[25];
  require (pixels && one);
  for (int i = 0; i < 6; i++)
    pixels[i] = (float) i;
  *one = 7;
  nn_plane plane = { pixels, 2, 3, 3 }, point = { one, 1, 1, 1 };
  for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
    nn_warp (&plane, &maps[i], out, 5, 5);
    for (int j = 0; j < 25; j++)
      check (isnan (maps[i].m[0]) || isnan (maps[i].m[1]) || (out[j] >= 0 && out[j] <= 5.0001f));
    nn_warp (&point, &maps[i], out, 5, 5);
    for (int j = 0; j < 25; j++)
      check (isnan (maps[i].m[0]) || isnan (maps[i].m[1]) || fabsf (out[j] - 7) < 1e-4f);
  }
  nn_warp (&plane, &maps[0], out, 5, 5);
  check (out[0] == 0);
  nn_warp (&plane, &maps[1], out, 5, 5);
  check (out[0] == 5);
  nn_warp (&plane, &(nn_affine) { { 0, 1, 0.5, 0, 1, 0.5 } }, out, 5, 5); /* a map onto a line */
  check (out[0] == 2 && out[4] == 2);
  free (pixels);
  free (one);
}

/* A window of a larger picture, rows upside down: stride is honoured, nothing else is touched. */
static void
honours_stride (void)
{
  enum { W = 10, H = 6 };
  float pixels[W * H], out[4];
  for (int i = 0; i < W * H; i++)
    pixels[i] = (float) i;
  nn_plane window = { pixels + 4 * W + 3, 2, 2, -W };
  nn_warp (&window, &(nn_affine) { { 1, 0, 0, 0, 1, 0 } }, out, 2, 2);
  check (out[0] == 43 && out[1] == 44 && out[2] == 33 && out[3] == 34);
}

static void
standardises (void)
{
  float x[1000], flat[10];
  for (int i = 0; i < 1000; i++)
    x[i] = (float) (i % 250);
  nn_standardise (x, 1000, 1);
  double sum = 0, squares = 0;
  for (int i = 0; i < 1000; i++)
    sum += (double) x[i], squares += (double) x[i] * (double) x[i];
  check_near (sum / 1000, 0, 1e-5);
  check_near (squares / 1000, 1, 1e-5);
  check_near (x[250], -124.5 / sqrt ((250.0 * 250 - 1) / 12), 1e-5);
  for (int i = 0; i < 10; i++)
    flat[i] = (float) (100 + (i & 1));
  nn_standardise (flat, 10, 5);
  check_near (flat[1], 0.1, 1e-6);
  for (int i = 0; i < 10; i++)
    flat[i] = 3;
  nn_standardise (flat, 10, 0);
  check (flat[0] == 0 && flat[9] == 0);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (agrees_with_pillow),
                                   TEST (identity_and_mirror_are_exact),
                                   TEST (rows_first_is_the_same),
                                   TEST (turning_keeps_symmetric_pictures),
                                   TEST (upright_and_turned_agree),
                                   TEST (edges_repeat),
                                   TEST (honours_stride),
                                   TEST (standardises),
                                   { 0 } });
}
