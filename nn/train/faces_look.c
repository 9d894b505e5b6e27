/* SPDX-License-Identifier: MIT */
#include "faces_look.h"

#include "../workers.h"
#include "faces_loss.h"

#include <stdlib.h>
#include <string.h>

#define SIDE NN_FACES_LOOK_SIDE
#define OVERLAP 0.45f   /* above which the worse of two detections goes */
#define LEAST_SCORE 0.05f
#define MATCH 0.4f

typedef struct look {
  const nn_input *input;
  const nn_scenes *scenes;
  const int *which;
  float threshold;
  nn_faces_seen seen;
  void *user;
  int threads;
  nn_workers *workers;
  nn_plan *plan;
  nn_runner **runners; /* [threads] */
  float **images;      /* [threads]: (SIDE, SIDE), and the largest scene */
} look;

static void
look_free (look *l)
{
  for (int i = 0; i < l->threads; i++) {
    if (l->runners)
      nn_runner_free (l->runners[i]);
    if (l->images)
      free (l->images[i]);
  }
  free (l->runners);
  free (l->images);
  nn_plan_free (l->plan);
  nn_workers_free (l->workers);
}

static size_t
largest (const nn_scenes *scenes, const int *which, int n)
{
  size_t most = 0;
  for (int i = 0; i < n; i++) {
    const nn_scene *s = &scenes->scenes[which[i]];
    const size_t pixels = (size_t) s->h * (size_t) s->w;
    most = pixels > most ? pixels : most;
  }
  return most;
}

static bool
prepare (look *l, const nn_graph *graph, const nn_real *weights, size_t pixels, nn_error *error)
{
  l->runners = calloc ((size_t) l->threads, sizeof *l->runners);
  l->images = calloc ((size_t) l->threads, sizeof *l->images);
  if (!l->runners || !l->images)
    return nn_fail (error, "out of memory for %d threads", l->threads);
  if (!(l->workers = nn_workers_new (l->threads, error))
      || !(l->plan = nn_plan_new (graph, weights, &(nn_plan_options) { .h = SIDE, .w = SIDE }, error)))
    return false;
  for (int i = 0; i < l->threads; i++) {
    if (!(l->runners[i] = nn_runner_new (l->plan, &(nn_runner_options) { .h = SIDE, .w = SIDE, .batch = 1 }, error)))
      return false;
    if (!(l->images[i] = calloc (SIDE * SIDE + pixels, sizeof *l->images[i])))
      return nn_fail (error, "out of memory for a scene of %zu pixels", pixels);
  }
  return true;
}

/* Scaled into the upper left corner; mean grey around it. Returns pixels of the scene a pixel. */
static float
make_image (const look *l, const nn_scene *scene, float *image)
{
  const int longer = scene->h > scene->w ? scene->h : scene->w;
  const double step = (double) longer / SIDE;
  const int h = (int) (scene->h / step + 0.5), w = (int) (scene->w / step + 0.5);
  float *pixels = image + SIDE * SIDE;
  for (int i = 0; i < scene->h * scene->w; i++)
    pixels[i] = ((float) scene->pixels[i] - l->input->mean) / l->input->sd;
  nn_warp (&(nn_plane) { pixels, scene->h, scene->w, scene->w }, &(nn_affine) { { step, 0, 0, 0, step, 0 } }, image, h, w);
  for (int y = SIDE - 1; y >= 0; y--) { /* from dense rows to rows of the side, from the last on */
    const int inside = y < h ? w : 0;
    memmove (image + y * SIDE, image + y * w, (size_t) inside * sizeof *image);
    memset (image + y * SIDE + inside, 0, (size_t) (SIDE - inside) * sizeof *image);
  }
  return (float) step;
}

static void
look_at (void *user, int worker, int i)
{
  const look *l = user;
  nn_runner *runner = l->runners[worker];
  nn_detection found[8 * NN_FACES_LOOK_MAX];
  const float step = make_image (l, &l->scenes->scenes[l->which[i]], l->images[worker]);
  int n = 0;
  nn_run (runner, 1, l->images[worker]);
  for (int level = 0; level < NN_FACES_LEVELS; level++) {
    nn_shape shape;
    const nn_real *map = nn_runner_output (runner, level, &shape);
    n = nn_detect_decode (map, shape, nn_faces_strides[level], l->threshold, found, n, 8 * NN_FACES_LOOK_MAX);
  }
  n = nn_detect_suppress (found, n, OVERLAP);
  n = n < NN_FACES_LOOK_MAX ? n : NN_FACES_LOOK_MAX;
  for (int k = 0; k < n; k++)
    found[k] = nn_detect_transform (&found[k], &(nn_affine) { { (double) step, 0, 0, 0, (double) step, 0 } });
  l->seen (l->user, i, found, n);
}

bool
nn_faces_look (const nn_graph *graph, const nn_real *weights, const nn_input *input, const nn_scenes *scenes, const int *which, int n, int threads,
               float threshold, nn_faces_seen seen, void *user, nn_error *error)
{
  look l = { input, scenes, which, threshold, seen, user, threads < 1 ? 1 : threads, NULL, NULL, NULL, NULL };
  const bool ready = prepare (&l, graph, weights, largest (scenes, which, n), error);
  if (ready)
    nn_workers_run (l.workers, look_at, &l, n);
  look_free (&l);
  return ready;
}

/* ---- average precision --------------------------------------------------------------------------------------------------- */

typedef struct scoring {
  const nn_scenes *scenes;
  const int *which;
  int *n_points;              /* [n] */
  nn_precision_point *points; /* (n, NN_FACES_LOOK_MAX) */
} scoring;

#define MAX_TRUTHS 256

static void
count (void *user, int i, const nn_detection *found, int n)
{
  const scoring *s = user;
  const nn_scene *scene = &s->scenes->scenes[s->which[i]];
  nn_truth truths[MAX_TRUTHS];
  int matches[NN_FACES_LOOK_MAX];
  const int n_truths = scene->n_faces < MAX_TRUTHS ? scene->n_faces : MAX_TRUTHS;
  for (int k = 0; k < n_truths; k++)
    truths[k] = s->scenes->faces[scene->first + k].truth;
  nn_detect_match (found, n, truths, n_truths, MATCH, matches);
  nn_precision_point *points = s->points + (size_t) i * NN_FACES_LOOK_MAX;
  for (int k = 0; k < n; k++)
    if (matches[k] != NN_DETECT_IGNORED)
      points[s->n_points[i]++] = (nn_precision_point) { found[k].score, matches[k] >= 0 };
}

bool
nn_faces_score (const nn_graph *graph, const nn_real *weights, const nn_input *input, const nn_scenes *scenes, const int *which, int n, int threads,
                double *score, nn_error *error)
{
  scoring s = { scenes, which, calloc ((size_t) n, sizeof *s.n_points), calloc ((size_t) n * NN_FACES_LOOK_MAX, sizeof *s.points) };
  bool good = (s.n_points && s.points) || nn_fail (error, "out of memory for detections in %d scenes", n);
  good = good && nn_faces_look (graph, weights, input, scenes, which, n, threads, LEAST_SCORE, count, &s, error);
  if (good) {
    int n_points = 0, n_faces = 0;
    for (int i = 0; i < n; i++) {
      const nn_scene *scene = &scenes->scenes[which[i]];
      for (int k = 0; k < scene->n_faces; k++)
        n_faces += !scenes->faces[scene->first + k].truth.ignore;
      memmove (s.points + n_points, s.points + (size_t) i * NN_FACES_LOOK_MAX, (size_t) s.n_points[i] * sizeof *s.points);
      n_points += s.n_points[i];
    }
    *score = nn_average_precision (s.points, n_points, n_faces);
  }
  free (s.n_points);
  free (s.points);
  return good;
}
