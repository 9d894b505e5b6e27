/* SPDX-License-Identifier: MIT
 * How much a face's picture can tell. The parts of size, sharpness and light follow the seed model's accuracy on FER-2013's PublicTest, made
 * small, blurred, and dark step by step: 0 where it reads no better than one who always says "happy" (25 %), 1 where it reads as well as ever (67 %), and between
 * the two the share of these 42 points that is left (docs/evaluation.md has the table). */
#include "fer.h"

#include <math.h>

#define LEAST_SIDE 8.0f    /* pixels under the crop: reads as by chance ... */
#define FULL_SIDE 28.0f    /* ... and as well as ever */
#define LEAST_EDGES 0.006f /* variance of the Laplacian by the picture's own */
#define FULL_EDGES 0.1f
#define LEAST_CONTRAST 7.0f /* standard deviation in grey levels, of which a sensor's noise is 3 */
#define FULL_CONTRAST 40.0f
#define PROTRUSION 0.35f /* of the nose from the plane of eyes and mouth, in eye distances */
#define FULL_YAW 30.0f   /* degrees: both halves of the face are seen ... */
#define LEAST_YAW 65.0f  /* ... and only one */
#define LEAST_SCORE 0.2f /* a face that is followed is looked for down to 0.3 */
#define FULL_SCORE 0.6f

const char *const fer_quality_names[FER_N_QUALITIES] = { "size", "sharp", "light", "frontal", "score" };

/* 0 at low, 1 at high and beyond; NaN: 0. */
static float
ramp (float x, float low, float high)
{
  const float share = (x - low) / (high - low);
  return share > 0 ? fminf (share, 1) : 0;
}

static double
variance (double sum, double squares, double n)
{
  return fmax (squares / n - sum / n * (sum / n), 0);
}

/* Variances of a picture (size, size) and of its Laplacian, up + down + left + right - 4 middle. */
static void
measure_edges (const float *p, int size, double *of_picture, double *of_edges)
{
  double sum = 0, squares = 0, edges = 0, edge_squares = 0;
  for (int i = 0; i < size * size; i++) {
    sum += (double) p[i];
    squares += (double) p[i] * (double) p[i];
  }
  for (int y = 1; y < size - 1; y++)
    for (int x = 1; x < size - 1; x++) {
      const float *q = p + y * size + x;
      const double l = (double) (q[-size] + q[size] + q[-1] + q[1] - 4 * q[0]);
      edges += l;
      edge_squares += l * l;
    }
  *of_picture = variance (sum, squares, (double) size * size);
  *of_edges = variance (edges, edge_squares, fmax ((double) (size - 2) * (size - 2), 1));
}

/* Yaw in degrees, 0 to 90: where the nose stands between the middles of eyes and mouth, along the eye line, tells how far the head is turned:
 * nose - middle = PROTRUSION eyes sin (yaw) while the eyes appear at eyes cos (yaw). */
static float
yaw_of (const fer_point *p)
{
  const float ex = p[1].x - p[0].x, ey = p[1].y - p[0].y, eyes = ex * ex + ey * ey;
  const float mx = (p[0].x + p[1].x + p[3].x + p[4].x) / 4, my = (p[0].y + p[1].y + p[3].y + p[4].y) / 4;
  const float t = ((p[2].x - mx) * ex + (p[2].y - my) * ey) / eyes;
  return isfinite (t) ? atanf (fabsf (t) / PROTRUSION) * (float) (180 / M_PI) : 90;
}

fer_quality
fer_quality_of (const fer_box *square, const fer_point *points, float score, const float *pixels, int size)
{
  double contrast, edges;
  measure_edges (pixels, size, &contrast, &edges);
  fer_quality q = { .value = 1, .skip = FER_SKIP_NONE };
  q.parts[FER_QUALITY_SIZE] = ramp (square->w, LEAST_SIDE, FULL_SIDE);
  q.parts[FER_QUALITY_SHARP] = contrast > 0 ? ramp (logf ((float) (edges / contrast)), logf (LEAST_EDGES), logf (FULL_EDGES)) : 0;
  q.parts[FER_QUALITY_LIGHT] = contrast > 0 ? ramp (0.5f * logf ((float) contrast), logf (LEAST_CONTRAST), logf (FULL_CONTRAST)) : 0;
  q.parts[FER_QUALITY_FRONTAL] = points ? ramp (-yaw_of (points), -LEAST_YAW, -FULL_YAW) : 1;
  q.parts[FER_QUALITY_SCORE] = ramp (score, LEAST_SCORE, FULL_SCORE);
  static const fer_skip skips[FER_N_QUALITIES] = { FER_SKIP_COARSE, FER_SKIP_BLURRED, FER_SKIP_DARK, FER_SKIP_TURNED, FER_SKIP_DOUBTFUL };
  for (int i = 0; i < FER_N_QUALITIES; i++)
    if (q.parts[i] < q.value) {
      q.value = q.parts[i];
      q.skip = skips[i];
    }
  return q;
}
