/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include <math.h>
#include <string.h>

#include "image.h"

#define CELLS (SCENE_ROWS * SCENE_COLUMNS)

/* Each cell the mean of a piece of one row of the picture: to read all rows took as long as the rest of a frame. */
static void
reduce (const fer_image *image, float *rows, float *cells)
{
  float *luma = rows + image->width;
  for (int i = 0; i < SCENE_ROWS; i++) {
    int y = (int) ((2 * (int64_t) i + 1) * image->height / (2 * SCENE_ROWS));
    fer_image_read (image, 0, y, image->width, rows, luma);
    for (int j = 0; j < SCENE_COLUMNS; j++) {
      int64_t left = (int64_t) j * image->width / SCENE_COLUMNS, right = (int64_t) (j + 1) * image->width / SCENE_COLUMNS;
      float sum = 0;
      right = right > left ? right : left + 1;
      for (int64_t x = left; x < right; x++)
        sum += luma[x];
      cells[i * SCENE_COLUMNS + j] = sum / (float) (right - left);
    }
  }
}

/* Brightness and contrast may change within a scene, what lies where does not: Pearson's correlation. In nine clips it was 0.87 and more from frame
 * to frame and 0.67 over 200 ms; of pairs of unrelated pictures 95 in 100 stay under 0.46. */
#define LEAST_CORRELATION 0.5
#define LEAST_DIFFERENCE 10.0 /* mean of a cell, 0-255: the noise of a dark picture correlates with nothing */

static bool
differ (const float *a, const float *b)
{
  double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0, difference = 0;
  for (int i = 0; i < CELLS; i++) {
    sum_a += (double) a[i];
    sum_b += (double) b[i];
    difference += fabs ((double) a[i] - (double) b[i]);
  }
  for (int i = 0; i < CELLS; i++) {
    double x = (double) a[i] - sum_a / CELLS, y = (double) b[i] - sum_b / CELLS;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return difference / CELLS >= LEAST_DIFFERENCE && ab <= LEAST_CORRELATION * sqrt (aa * bb);
}

bool
fer_scene_cut (fer_scene *last, const fer_image *image, float *rows)
{
  float cells[CELLS];
  reduce (image, rows, cells);
  bool cut = last->known && differ (last->cells, cells);
  memcpy (last->cells, cells, sizeof cells);
  last->known = true;
  return cut;
}
