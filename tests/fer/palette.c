/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "fer/palette.h"
#include "test.h"

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
heat_grows_ever_lighter_for_every_eye (void)
{
  uint32_t ramp[256];
  fer_palette_heat (1, ramp);
  for (int eye = 0; eye < 2; eye++) {
    double before = -1;
    for (int i = 154; i < 256; i++) { /* where the ramp is opaque */
      double seen[3];
      dim (ramp[i], eye, seen);
      check (seen[0] >= before);
      before = seen[0];
    }
  }
}

/* sRGB to Oklab by its published inverse. */
static void
oklab (uint32_t rgb, double lab[3])
{
  double c[3];
  for (int i = 0; i < 3; i++) {
    const double v = (rgb >> (16 - 8 * i) & 255) / 255.0;
    c[i] = v <= 0.04045 ? v / 12.92 : pow ((v + 0.055) / 1.055, 2.4);
  }
  const double l = cbrt (0.4122214708 * c[0] + 0.5363325363 * c[1] + 0.0514459929 * c[2]);
  const double m = cbrt (0.2119034982 * c[0] + 0.6806995451 * c[1] + 0.1073969566 * c[2]);
  const double s = cbrt (0.0883024619 * c[0] + 0.2817188376 * c[1] + 0.6299787005 * c[2]);
  lab[0] = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
  lab[1] = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
  lab[2] = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
}

/* Equal steps of the value are equally far apart to the eye; many at a time, as colours are rounded. */
static void
heat_is_perceptually_uniform (void)
{
  uint32_t ramp[256];
  double least = 1, most = 0;
  fer_palette_heat (1, ramp);
  for (int i = 171; i < 256; i += 17) {
    double a[3], b[3];
    oklab (ramp[i - 17], a);
    oklab (ramp[i], b);
    const double step = hypot (hypot (a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
    least = fmin (least, step);
    most = fmax (most, step);
  }
  check (most / least < 1.15);
  if (!(most / least < 1.15))
    test_note ("steps of %.4f to %.4f", least, most);
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
  return test_run ((test_case[]) { TEST (heat_grows_ever_lighter),
                                   TEST (heat_grows_ever_lighter_for_every_eye),
                                   TEST (heat_is_perceptually_uniform),
                                   TEST (expressions_differ_for_every_eye),
                                   { 0 } });
}
