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

/* Red, green and blue at equal steps of the value; lightness rises evenly. */
static const float heat[][3] = { { 40, 10, 90 }, { 110, 20, 110 }, { 180, 40, 90 }, { 230, 90, 40 }, { 250, 160, 30 }, { 252, 250, 170 } };
#define N_HEAT ((int) (sizeof heat / sizeof *heat))

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
    float at = (float) i / 255 * (N_HEAT - 1), alpha = fminf (fmaxf (opacity, 0), 1) * density ((float) i / 255);
    int low = at < N_HEAT - 1 ? (int) at : N_HEAT - 2;
    uint32_t argb = (uint32_t) lrintf (255 * alpha);
    for (int j = 0; j < 3; j++)
      argb = argb << 8 | (uint32_t) lrintf (alpha * (heat[low][j] + (at - (float) low) * (heat[low + 1][j] - heat[low][j])));
    ramp[i] = argb;
  }
}
