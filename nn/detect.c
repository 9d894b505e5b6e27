/* SPDX-License-Identifier: MIT */
#include "nn_detect.h"

#include <math.h>
#include <stdlib.h>

#define MOST_INSIDE 0.95f    /* of a face that lies in a better one: more than that is a part of it */
#define MAX_LOG_SIZE 6.0f /* of a box, in strides: e^6 = 403 */

const char *const nn_detect_point_names[NN_DETECT_POINTS] = { "right_eye", "left_eye", "nose", "mouth_right", "mouth_left" };

/* A cell may be without bounds where its detection is not: sizes are clamped. */
static bool
cell_finite (const nn_real *cell)
{
  nn_real sum = 0;
  for (int i = 0; i < NN_DETECT_CHANNELS; i++)
    sum += cell[i] * 0;
  return sum == 0;
}

static nn_detection
decode_cell (const nn_real *cell, int i, int j, int stride)
{
  const float s = (float) stride, x = ((float) j + 0.5f) * s, y = ((float) i + 0.5f) * s;
  const float w = s * expf (fminf ((float) cell[3], MAX_LOG_SIZE)), h = s * expf (fminf ((float) cell[4], MAX_LOG_SIZE));
  nn_detection d = { .w = w, .h = h, .score = 1 / (1 + expf (-(float) cell[NN_DETECT_SCORE])) };
  d.x = x + s * (float) cell[1] - w / 2;
  d.y = y + s * (float) cell[2] - h / 2;
  for (int k = 0; k < NN_DETECT_POINTS; k++) {
    d.points[k][0] = x + s * (float) cell[NN_DETECT_POINT + 2 * k];
    d.points[k][1] = y + s * (float) cell[NN_DETECT_POINT + 2 * k + 1];
  }
  return d;
}

/* The better one first; one order, whatever came first, for equal scores. */
static bool
before (const nn_detection *a, const nn_detection *b)
{
  return a->score != b->score ? a->score > b->score : a->y != b->y ? a->y < b->y : a->x < b->x;
}

static int
last_of (const nn_detection *found, int n)
{
  int last = 0;
  for (int i = 1; i < n; i++)
    if (before (&found[last], &found[i]))
      last = i;
  return last;
}

static bool
detection_finite (const nn_detection *d)
{
  float sum = 0 * (d->x + d->y + d->w + d->h + d->score);
  for (int i = 0; i < NN_DETECT_POINTS; i++)
    sum += 0 * (d->points[i][0] + d->points[i][1]);
  return sum == 0;
}

int
nn_detect_add (nn_detection *found, int n, int max, const nn_detection *detection)
{
  if (max < 1 || !detection_finite (detection))
    return n;
  if (n < max)
    found[n++] = *detection;
  else if (before (detection, &found[last_of (found, n)]))
    found[last_of (found, n)] = *detection;
  return n;
}

int
nn_detect_decode (const nn_real *map, nn_shape shape, int stride, float threshold, nn_detection *found, int n, int max)
{
  const float t = fminf (fmaxf (threshold, 1e-6f), 1 - 1e-6f);
  const nn_real least = (nn_real) logf (t / (1 - t)); /* of the logit: most cells need no exponential */
  for (int i = 0; i < shape.h; i++)
    for (int j = 0; j < shape.w; j++, map += shape.c) {
      if (!(map[NN_DETECT_SCORE] >= least) || !cell_finite (map))
        continue;
      const nn_detection d = decode_cell (map, i, j, stride);
      n = nn_detect_add (found, n, max, &d);
    }
  return n;
}

float
nn_detect_iou (const nn_detection *a, const nn_detection *b)
{
  const float w = fminf (a->x + a->w, b->x + b->w) - fmaxf (a->x, b->x), h = fminf (a->y + a->h, b->y + b->h) - fmaxf (a->y, b->y);
  const float both = w > 0 && h > 0 ? w * h : 0, either = a->w * a->h + b->w * b->h - both;
  return both > 0 && either > 0 ? both / either : 0;
}

/* Share of a that lies in b. */
static float
share_inside (const nn_detection *a, const nn_detection *b)
{
  const float iou = nn_detect_iou (a, b), areas = a->w * a->h + b->w * b->h, own = a->w * a->h;
  return own > 0 ? iou * areas / (1 + iou) / own : 0;
}

static void
swap (nn_detection *a, nn_detection *b)
{
  const nn_detection other = *a;
  *a = *b;
  *b = other;
}

int
nn_detect_suppress (nn_detection *found, int n, float iou)
{
  int kept = 0;
  while (kept < n) {
    for (int i = kept + 1; i < n; i++)
      if (before (&found[i], &found[kept]))
        swap (&found[i], &found[kept]);
    for (int i = kept + 1; i < n;)
      if (nn_detect_iou (&found[kept], &found[i]) > iou || share_inside (&found[i], &found[kept]) > MOST_INSIDE)
        found[i] = found[--n];
      else
        i++;
    kept++;
  }
  return kept;
}

static void
map_point (const nn_affine *map, float x, float y, float *to_x, float *to_y)
{
  *to_x = (float) (map->m[0] * (double) x + map->m[1] * (double) y + map->m[2]);
  *to_y = (float) (map->m[3] * (double) x + map->m[4] * (double) y + map->m[5]);
}

/* The ellipse's half axes (a, b) go to columns a (m0, m3) and b (m1, m4); its extent along an axis is the length of that row. */
nn_detection
nn_detect_transform (const nn_detection *d, const nn_affine *map)
{
  nn_detection to = { .score = d->score };
  float x, y;
  map_point (map, d->x + d->w / 2, d->y + d->h / 2, &x, &y);
  to.w = (float) hypot (map->m[0] * (double) d->w, map->m[1] * (double) d->h);
  to.h = (float) hypot (map->m[3] * (double) d->w, map->m[4] * (double) d->h);
  to.x = x - to.w / 2;
  to.y = y - to.h / 2;
  for (int i = 0; i < NN_DETECT_POINTS; i++)
    map_point (map, d->points[i][0], d->points[i][1], &to.points[i][0], &to.points[i][1]);
  return to;
}

/* ---- average precision --------------------------------------------------------------------------------------------------- */

static bool
taken (const int *matches, int n, int truth)
{
  for (int i = 0; i < n; i++)
    if (matches[i] == truth)
      return true;
  return false;
}

void
nn_detect_match (const nn_detection *found, int n, const nn_truth *truths, int n_truths, float iou, int *matches)
{
  for (int i = 0; i < n; i++) {
    float best = iou;
    bool ignored = false;
    matches[i] = NN_DETECT_MISSED;
    for (int j = 0; j < n_truths; j++) {
      const float overlap = nn_detect_iou (&found[i], &truths[j].box);
      if (truths[j].ignore)
        ignored |= overlap >= iou || share_inside (&found[i], &truths[j].box) >= 0.5f;
      else if (overlap >= best && !taken (matches, i, j)) {
        best = overlap;
        matches[i] = j;
      }
    }
    if (matches[i] == NN_DETECT_MISSED && ignored)
      matches[i] = NN_DETECT_IGNORED;
  }
}

static int
by_point_score (const void *a, const void *b)
{
  const nn_precision_point *p = a, *q = b;
  return p->score != q->score ? (p->score < q->score ? 1 : -1) : (int) p->hit - (int) q->hit; /* misses first: the lower curve */
}

double
nn_average_precision (nn_precision_point *points, int n, int n_faces)
{
  int hits = 0;
  double area = 0, best = 0;
  if (n_faces < 1 || n < 1)
    return 0;
  qsort (points, (size_t) n, sizeof *points, by_point_score);
  for (int i = 0; i < n; i++)
    hits += points[i].hit;
  for (int i = n - 1; i >= 0; i--) { /* from the right: the best precision at this recall or a higher one */
    best = fmax (best, (double) hits / (i + 1));
    if (points[i].hit) {
      area += best;
      hits--;
    }
  }
  return area / n_faces;
}
