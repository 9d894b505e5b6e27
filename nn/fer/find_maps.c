/* SPDX-License-Identifier: MIT
 * Networks of our own: three maps (h / s, w / s, 15) for strides s of 8, 16 and 32, as nn_detect.h has them. */
#include "find.h"

enum { N_MAPS = 3 };
static const int strides[N_MAPS] = { 8, 16, 32 };

static bool
fits (const nn_shape *shapes, int n, int h, int w, int *which)
{
  for (int i = 0; i < N_MAPS; i++) {
    which[i] = -1;
    for (int j = 0; j < n; j++)
      if (shapes[j].c == NN_DETECT_CHANNELS && shapes[j].h == h / strides[i] && shapes[j].w == w / strides[i])
        which[i] = j;
    if (which[i] < 0)
      return false;
  }
  return n == N_MAPS;
}

static int
decode (const nn_runner *runner, const int *which, int h, int w, float threshold, nn_detection *found, int max)
{
  (void) h, (void) w;
  int n = 0;
  for (int i = 0; i < N_MAPS; i++) {
    nn_shape shape;
    const nn_real *map = nn_runner_output (runner, which[i], &shape);
    n = nn_detect_decode (map, shape, strides[i], threshold, found, n, max);
  }
  return n;
}

const fer_decoding fer_decoding_maps = { .name = "feremotion", .outputs = "maps of 15 channels for strides 8, 16 and 32", .channels = 1,
                                         .described = true, .points = true, .confirmed = true, .largest = 240, .fits = fits, .decode = decode };
