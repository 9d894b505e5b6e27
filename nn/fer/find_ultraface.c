/* SPDX-License-Identifier: MIT
 * UltraFace (Linzaer, "Ultra-Light-Fast-Generic-Face-Detector-1MB"): scores (N, 2) of background and face, behind a softmax, and boxes (N, 4)
 * relative to N anchors. For strides s of 8, 16, 32 and 64, cells (i, j) of the ceil (h / s) by ceil (w / s) map row by row, and each of the sides a
 * below, an anchor is the square of side a around ((j + 0.5) s, (i + 0.5) s), which is kept inside the input. With it:
 *   centre = anchor's centre + 0.1 a (box[0], box[1]), size = a (exp (0.2 box[2]), exp (0.2 box[3]))
 * There are no points. The input is red, green, blue, (x - 127) / 128 of 0 to 255. */
#include "find.h"

#include <math.h>

enum { N_STRIDES = 4, MAX_SIDES = 3 };
static const struct {
  int stride, n_sides;
  float sides[MAX_SIDES];
} levels[N_STRIDES] = { { 8, 3, { 10, 16, 24 } }, { 16, 2, { 32, 48 } }, { 32, 2, { 64, 96 } }, { 64, 3, { 128, 192, 256 } } };

static int
cells_along (int size, int stride)
{
  return (size + stride - 1) / stride;
}

static bool
fits (const nn_shape *shapes, int n, int h, int w, int *which)
{
  static const int channels[2] = { 2, 4 };
  int64_t anchors = 0;
  for (int i = 0; i < N_STRIDES; i++)
    anchors += (int64_t) cells_along (h, levels[i].stride) * cells_along (w, levels[i].stride) * levels[i].n_sides;
  for (int i = 0; i < 2; i++) {
    which[i] = -1;
    for (int j = 0; j < n; j++)
      if (shapes[j].c == channels[i] && (int64_t) shapes[j].h * shapes[j].w == anchors)
        which[i] = j;
    if (which[i] < 0)
      return false;
  }
  return n == 2;
}

static int
decode (const nn_runner *runner, const int *which, int h, int w, float threshold, nn_detection *found, int max)
{
  const nn_real *scores = nn_runner_output (runner, which[0], NULL), *box = nn_runner_output (runner, which[1], NULL);
  int n = 0;
  for (int level = 0; level < N_STRIDES; level++) {
    const int stride = levels[level].stride, rows = cells_along (h, stride), columns = cells_along (w, stride), sides = levels[level].n_sides;
    for (int i = 0; i < rows * columns * sides; i++, scores += 2, box += 4) {
      if (!(scores[1] >= threshold))
        continue;
      const int cell = i / sides;
      const float a = levels[level].sides[i % sides], s = (float) stride;
      const float x = fminf (((float) (cell % columns) + 0.5f) * s, (float) w) + 0.1f * a * (float) box[0];
      const float y = fminf (((float) (cell / columns) + 0.5f) * s, (float) h) + 0.1f * a * (float) box[1];
      const float width = a * expf (0.2f * (float) box[2]), height = a * expf (0.2f * (float) box[3]);
      const nn_detection d = { .x = x - width / 2, .y = y - height / 2, .w = width, .h = height, .score = fminf ((float) scores[1], 1) };
      n = nn_detect_add (found, n, max, &d);
    }
  }
  return n;
}

const fer_decoding fer_decoding_ultraface = { .name = "UltraFace", .outputs = "UltraFace's scores and boxes of its anchors", .channels = 3,
                                              .mean = 127, .sd = 128, .fits = fits, .decode = decode };
