/* SPDX-License-Identifier: MIT
 * YuNet (Wu et al. 2023, "YuNet: A Tiny Millisecond-level Face Detector"), as OpenCV's model zoo has it. For each stride s of 8, 16 and 32 and
 * each of the N = (h / s) (w / s) cells, row by row, four lists: class (N, 1), objectness (N, 1), box (N, 4), points (N, 10). With cell (i, j):
 *   score = sqrt (class * objectness), both clamped to 0 ... 1
 *   centre = (s (j + box[0]), s (i + box[1])), size = (s exp (box[2]), s exp (box[3]))
 *   point k = (s (j + points[2 k]), s (i + points[2 k + 1])), in the order of nn_detect.h
 * The input is blue, green, red of 0 to 255. */
#include "find.h"

#include <math.h>

enum { N_STRIDES = 3, SCORE = 0, OTHER_SCORE, BOX, POINTS, N_LISTS };
static const int strides[N_STRIDES] = { 8, 16, 32 }, channels[N_LISTS] = { 1, 1, 4, 10 };

/* The two factors of a score are told apart by nothing but their order, which does not matter. */
static bool
fits (const nn_shape *shapes, int n, int h, int w, int *which)
{
  bool used[NN_MAX_OUTPUTS] = { false };
  for (int i = 0; i < N_STRIDES * N_LISTS; i++) {
    const int s = strides[i / N_LISTS], cells = (h / s) * (w / s);
    which[i] = -1;
    for (int j = 0; j < n && which[i] < 0; j++)
      if (!used[j] && shapes[j].c == channels[i % N_LISTS] && (int64_t) shapes[j].h * shapes[j].w == cells)
        which[i] = j;
    if (which[i] < 0)
      return false;
    used[which[i]] = true;
  }
  return n == N_STRIDES * N_LISTS;
}

static nn_detection
decode_cell (const nn_real *box, const nn_real *points, float score, int i, int j, int stride)
{
  const float s = (float) stride, x = s * ((float) j + (float) box[0]), y = s * ((float) i + (float) box[1]);
  const float w = s * expf ((float) box[2]), h = s * expf ((float) box[3]);
  nn_detection d = { .x = x - w / 2, .y = y - h / 2, .w = w, .h = h, .score = score };
  for (int k = 0; k < NN_DETECT_POINTS; k++) {
    d.points[k][0] = s * ((float) j + (float) points[2 * k]);
    d.points[k][1] = s * ((float) i + (float) points[2 * k + 1]);
  }
  return d;
}

static float
probability (nn_real x)
{
  return x > 0 ? x < 1 ? (float) x : 1 : 0; /* NaN: 0 */
}

static int
decode (const nn_runner *runner, const int *which, int h, int w, float threshold, nn_detection *found, int max)
{
  int n = 0;
  for (int k = 0; k < N_STRIDES; k++) {
    const nn_real *lists[N_LISTS];
    for (int l = 0; l < N_LISTS; l++)
      lists[l] = nn_runner_output (runner, which[k * N_LISTS + l], NULL);
    const int rows = h / strides[k], columns = w / strides[k];
    for (int cell = 0; cell < rows * columns; cell++) {
      const float score = sqrtf (probability (lists[SCORE][cell]) * probability (lists[OTHER_SCORE][cell]));
      if (!(score >= threshold))
        continue;
      const nn_detection d = decode_cell (lists[BOX] + 4 * cell, lists[POINTS] + 10 * cell, score, cell / columns, cell % columns, strides[k]);
      n = nn_detect_add (found, n, max, &d);
    }
  }
  return n;
}

const fer_decoding fer_decoding_yunet = { .name = "YuNet", .outputs = "YuNet's class, objectness, box and points for strides 8, 16 and 32",
                                          .channels = 3, .mean = 0, .sd = 1, .points = true, .fits = fits, .decode = decode };
