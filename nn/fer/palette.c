/* SPDX-License-Identifier: MIT */
#include "palette.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* After Okabe and Ito's set; grey for neutral. */
static const struct {
  const char *label;
  uint32_t rgb;
} labels[] = {
  { "angry", 0xd55e00 }, { "disgust", 0x009e73 }, { "fear", 0xcc79a7 }, { "happy", 0xf0e442 },
  { "sad", 0x56b4e9 }, { "surprise", 0xe69f00 }, { "neutral", 0xdcdcdc }, { "contempt", 0x0072b2 },
};
#define N_LABELS ((int) (sizeof labels / sizeof *labels))

uint32_t
fer_palette_label (const char *label, int index)
{
  for (int i = 0; i < N_LABELS; i++)
    if (!strcmp (label, labels[i].label))
      return labels[i].rgb;
  return labels[index % N_LABELS].rgb;
}

/* Oklab (Ottosson 2020) to linear sRGB. */
static void
linear_of (const float lab[3], float rgb[3])
{
  float l = lab[0] + 0.3963377774f * lab[1] + 0.2158037573f * lab[2], m = lab[0] - 0.1055613458f * lab[1] - 0.0638541728f * lab[2];
  float s = lab[0] - 0.0894841775f * lab[1] - 1.2914855480f * lab[2];
  l = l * l * l, m = m * m * m, s = s * s * s;
  rgb[0] = 4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s;
  rgb[1] = -1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s;
  rgb[2] = -0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s;
}

/* A helix in Oklab: lightness and hue rise evenly with t (0-1), chroma stays, so that equal steps of t look equally large. From dark violet over red to
 * pale yellow: who sees no hue still sees the lightness. 0-255. */
static void
heat_of (float t, float rgb[3])
{
  const float lightness = 0.32f + 0.62f * t, hue = (290 + 175 * t) * (float) M_PI / 180, chroma = 0.14f;
  linear_of ((const float[3]) { lightness, chroma * cosf (hue), chroma * sinf (hue) }, rgb);
  for (int i = 0; i < 3; i++) /* sRGB's curve, IEC 61966-2-1 */
    rgb[i] = 255 * (rgb[i] <= 0.0031308f ? 12.92f * rgb[i] : 1.055f * powf (rgb[i], 1 / 2.4f) - 0.055f);
}

/* Density of a value: nothing below a tenth, all of it from six tenths. */
static float
density (float value)
{
  float t = fminf (fmaxf ((value - 0.1f) / 0.5f, 0), 1);
  return t * t * (3 - 2 * t);
}

void
fer_palette_heat (float opacity, uint32_t ramp[256])
{
  for (int i = 0; i < 256; i++) {
    float rgb[3], alpha = fminf (fmaxf (opacity, 0), 1) * density ((float) i / 255);
    uint32_t argb = (uint32_t) lrintf (255 * alpha);
    heat_of ((float) i / 255, rgb);
    for (int j = 0; j < 3; j++)
      argb = argb << 8 | (uint32_t) lrintf (alpha * rgb[j]);
    ramp[i] = argb;
  }
}
