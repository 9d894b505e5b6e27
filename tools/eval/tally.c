/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <glib.h>
#include <math.h>

const int eval_sizes[EVAL_N_SIZES] = { 0, 12, 20, 32, 48, 80 };
const char *const eval_parts[EVAL_N_PARTS] = { "eyes", "nose", "mouth" };

typedef struct count {
  int n, hits;
} count;

struct eval_tally {
  float threshold;
  int n_pictures, false_positives;
  GArray *curves[2]; /* nn_precision_point at IoU 0.4 and 0.5 */
  count all, large, by_size[EVAL_N_SIZES];
  GArray *distances[EVAL_N_PARTS]; /* double */
};

eval_tally *
eval_tally_new (float threshold)
{
  eval_tally *t = g_new0 (eval_tally, 1);
  t->threshold = threshold;
  for (int i = 0; i < 2; i++)
    t->curves[i] = g_array_new (FALSE, FALSE, sizeof (nn_precision_point));
  for (int i = 0; i < EVAL_N_PARTS; i++)
    t->distances[i] = g_array_new (FALSE, FALSE, sizeof (double));
  return t;
}

void
eval_tally_free (eval_tally *t)
{
  if (!t)
    return;
  for (int i = 0; i < 2; i++)
    g_array_unref (t->curves[i]);
  for (int i = 0; i < EVAL_N_PARTS; i++)
    g_array_unref (t->distances[i]);
  g_free (t);
}

static double
size_of (const nn_detection *box)
{
  return sqrt ((double) box->w * (double) box->h);
}

static int
bin_of (double size)
{
  int bin = EVAL_N_SIZES - 1;
  while (bin > 0 && size < eval_sizes[bin])
    bin--;
  return bin;
}

static double
between (const float a[2], const float b[2])
{
  return hypot ((double) a[0] - (double) b[0], (double) a[1] - (double) b[1]);
}

static void
add_points (eval_tally *t, const nn_detection *found, const nn_detection *truth)
{
  const double eyes = between (truth->points[0], truth->points[1]);
  double off[NN_DETECT_POINTS];
  if (!(eyes >= (double) (EVAL_MIN_EYES * truth->w)))
    return;
  for (int k = 0; k < NN_DETECT_POINTS; k++)
    off[k] = between (found->points[k], truth->points[k]) / eyes;
  const double parts[EVAL_N_PARTS] = { (off[0] + off[1]) / 2, off[2], (off[3] + off[4]) / 2 };
  for (int i = 0; i < EVAL_N_PARTS; i++)
    g_array_append_val (t->distances[i], parts[i]);
}

static void
add_curve (GArray *curve, const nn_detection *found, int n, const int *matches)
{
  for (int i = 0; i < n; i++) {
    const nn_precision_point point = { found[i].score, matches[i] >= 0 };
    if (matches[i] != NN_DETECT_IGNORED)
      g_array_append_val (curve, point);
  }
}

static void
count_face (count *c, bool hit)
{
  c->n++;
  c->hits += hit;
}

static void
count_faces (eval_tally *t, const nn_scene_face *faces, int n_faces, const bool *hit)
{
  for (int j = 0; j < n_faces; j++) {
    const double size = size_of (&faces[j].truth.box);
    if (faces[j].truth.ignore)
      continue;
    count_face (&t->all, hit[j]);
    count_face (&t->by_size[bin_of (size)], hit[j]);
    if (size >= EVAL_LARGE)
      count_face (&t->large, hit[j]);
  }
}

int
eval_tally_add (eval_tally *t, const nn_detection *found, bool have_points, int n, const nn_scene_face *faces, int n_faces)
{
  nn_truth *truths = g_new (nn_truth, (size_t) n_faces);
  int *matches = g_new (int, (size_t) n), wrong = 0;
  bool *hit = g_new0 (bool, (size_t) n_faces);
  for (int j = 0; j < n_faces; j++)
    truths[j] = faces[j].truth;
  nn_detect_match (found, n, truths, n_faces, 0.5f, matches);
  add_curve (t->curves[1], found, n, matches);
  nn_detect_match (found, n, truths, n_faces, EVAL_IOU, matches);
  add_curve (t->curves[0], found, n, matches);
  for (int i = 0; i < n && found[i].score >= t->threshold; i++) {
    const int face = matches[i];
    wrong += face == NN_DETECT_MISSED;
    if (face < 0)
      continue;
    hit[face] = true;
    if (have_points && faces[face].has_points)
      add_points (t, &found[i], &truths[face].box);
  }
  count_faces (t, faces, n_faces, hit);
  t->n_pictures++;
  t->false_positives += wrong;
  g_free (truths);
  g_free (matches);
  g_free (hit);
  return wrong;
}

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static eval_distance
measure_distance (GArray *values)
{
  const int n = (int) values->len;
  const double *v = (const double *) (void *) values->data;
  double sum = 0;
  g_array_sort (values, compare);
  for (int i = 0; i < n; i++)
    sum += v[i];
  return (eval_distance) { n, n ? sum / n : (double) NAN, n ? (v[(n - 1) / 2] + v[n / 2]) / 2 : (double) NAN };
}

static double
measure_curve (const GArray *curve, int n_faces)
{
  return n_faces ? nn_average_precision ((nn_precision_point *) (void *) curve->data, (int) curve->len, n_faces) : (double) NAN;
}

void
eval_tally_measure (const eval_tally *t, eval_found *result)
{
  *result = (eval_found) { .n_pictures = t->n_pictures, .n_faces = t->all.n, .false_positives = t->false_positives };
  result->ap40 = measure_curve (t->curves[0], t->all.n);
  result->ap50 = measure_curve (t->curves[1], t->all.n);
  result->recall = eval_share_of (t->all.hits, t->all.n);
  result->recall_large = eval_share_of (t->large.hits, t->large.n);
  for (int i = 0; i < EVAL_N_SIZES; i++)
    result->by_size[i] = eval_share_of (t->by_size[i].hits, t->by_size[i].n);
  for (int i = 0; i < EVAL_N_PARTS; i++)
    result->points[i] = measure_distance (t->distances[i]);
}
