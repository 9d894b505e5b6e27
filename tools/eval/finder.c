/* SPDX-License-Identifier: MIT */
#include "finder.h"
#include "common/progress.h"
#include "detections.h"

#include <errno.h>
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEAST_SCORE 0.02f /* far below every threshold: the curve's right end */
#define MAX_FOUND 256

struct eval_finder {
  fer_finder *model;
  float threshold; /* at which its time is taken */
  int w, h; /* that model is planned for */
  bool has_points;
  GArray *ms; /* double */
  nn_detection found[MAX_FOUND];
  eval_detections *table;
  FILE *out;
  const char *path;
};

eval_finder *
eval_finder_model (const char *path, float threshold, nn_error *error)
{
  fer_finder *model = fer_finder_load (path, error);
  if (!model)
    return NULL;
  eval_finder *f = g_new0 (eval_finder, 1);
  f->model = model;
  f->threshold = threshold;
  f->ms = g_array_new (FALSE, FALSE, sizeof (double));
  return f;
}

eval_finder *
eval_finder_table (const char *path, nn_error *error)
{
  eval_detections *table = eval_detections_load (path, error);
  if (!table)
    return NULL;
  eval_finder *f = g_new0 (eval_finder, 1);
  f->table = table;
  f->has_points = eval_detections_have_points (table);
  return f;
}

eval_finder *
eval_finder_writer (const char *path, nn_error *error)
{
  FILE *out = strcmp (path, "-") ? fopen (path, "wb") : stdout;
  if (!out) {
    nn_fail (error, "%s: %s", path, g_strerror (errno));
    return NULL;
  }
  eval_finder *f = g_new0 (eval_finder, 1);
  f->out = out;
  f->path = path;
  return f;
}

bool
eval_finder_end (eval_finder *f, nn_error *error)
{
  if (!f->out)
    return true;
  const bool bad = fflush (f->out) != 0 || ferror (f->out);
  const bool closed = f->out == stdout || !fclose (f->out);
  f->out = NULL;
  return (!bad && closed) || nn_fail (error, "%s: cannot be written: %s", f->path, g_strerror (errno));
}

void
eval_finder_free (eval_finder *f)
{
  if (!f)
    return;
  if (f->out && f->out != stdout)
    fclose (f->out);
  if (f->ms)
    g_array_unref (f->ms);
  fer_finder_free (f->model);
  eval_detections_free (f->table);
  g_free (f);
}

static nn_detection
detection_of (const fer_found *found)
{
  nn_detection d = { .x = found->box.x, .y = found->box.y, .w = found->box.w, .h = found->box.h, .score = found->score };
  for (int k = 0; found->has_points && k < NN_DETECT_POINTS; k++) {
    d.points[k][0] = found->points[k].x;
    d.points[k][1] = found->points[k].y;
  }
  return d;
}

static bool
ask_model (eval_finder *f, const eval_shown *shown, int *n, nn_error *error)
{
  fer_found found[MAX_FOUND];
  fer_image image;
  if ((f->w != shown->w || f->h != shown->h) && !fer_finder_resize (f->model, shown->w, shown->h, MAX (shown->w, shown->h), error))
    return false;
  f->w = shown->w;
  f->h = shown->h;
  fer_image_from_rgb (&image, shown->rgb, shown->w, shown->h, 3 * (ptrdiff_t) shown->w, 3);
  const double start = tool_seconds ();
  fer_finder_run (f->model, &image, f->threshold, found, MAX_FOUND);
  const double ms = 1000 * (tool_seconds () - start);
  g_array_append_val (f->ms, ms);
  *n = fer_finder_run (f->model, &image, LEAST_SCORE, found, MAX_FOUND);
  for (int i = 0; i < *n; i++) {
    f->found[i] = detection_of (&found[i]);
    f->has_points |= found[i].has_points;
  }
  return true;
}

static bool
write_picture (eval_finder *f, const eval_view *view, const char *file, const eval_shown *shown, nn_error *error)
{
  const size_t size = 3 * (size_t) shown->w * (size_t) shown->h;
  if (fprintf (f->out, "P6\n# %s %s\n%d %d\n255\n", view->name, file, shown->w, shown->h) > 0 && fwrite (shown->rgb, 1, size, f->out) == size)
    return true;
  return nn_fail (error, "%s: cannot be written: %s", f->path, g_strerror (errno));
}

bool
eval_finder_run (eval_finder *f, const eval_view *view, const char *file, const eval_shown *shown, const nn_detection **found, int *n,
                 nn_error *error)
{
  *found = f->found;
  *n = 0;
  if (f->model)
    return ask_model (f, shown, n, error);
  if (f->out)
    return write_picture (f, view, file, shown, error);
  *n = eval_detections_of (f->table, view->name, file, found);
  return true;
}

bool
eval_finder_needs_pixels (const eval_finder *f)
{
  return !f->table;
}

bool
eval_finder_has_points (const eval_finder *f)
{
  return f->has_points;
}

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

double
eval_finder_ms (const eval_finder *f)
{
  const guint n = f->ms ? f->ms->len : 0;
  if (n == 0)
    return (double) NAN;
  g_array_sort (f->ms, compare);
  return (g_array_index (f->ms, double, (n - 1) / 2) + g_array_index (f->ms, double, n / 2)) / 2;
}
