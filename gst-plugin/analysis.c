/* SPDX-License-Identifier: MIT */
#include "analysis.h"

#include <math.h>
#include <string.h>

#include "debug.h"
#include "frame.h"
#include "modelerror.h"
#include "seeker.h"
#include "stopwatch.h"

struct analysis {
  GstElement *element;
  seeker *seeker;
  reader *reader;
  budget budget;
  gboolean has_finder; /* that of the path that was asked for: for who changes models */

  GMutex lock;         /* for what follows */
  reader *next_reader; /* NULL: none; from the next frame on */
  fer_finder *next_finder;
  char *next_path;   /* its */
  int width, height; /* of frames */
};

analysis *
analysis_new (GstElement *element, const char *model, const char *finder, nn_precision precision, const settings *s)
{
  nn_error error;
  analysis *a = g_new0 (analysis, 1);
  g_mutex_init (&a->lock);
  budget_init (&a->budget);
  a->element = element;
  if (!(a->reader = reader_new (model, precision, &error)))
    model_error_post (element, GST_MESSAGE_ERROR, model, &error);
  else if (!(a->seeker = seeker_new (finder, &error)) || !seeker_load (a->seeker, s, &error))
    model_error_post (element, GST_MESSAGE_ERROR, finder, &error);
  else {
    a->has_finder = seeker_may_search (s);
    return a;
  }
  analysis_free (a);
  return NULL;
}

void
analysis_free (analysis *a)
{
  if (!a)
    return;
  reader_unref (a->reader);
  seeker_free (a->seeker);
  reader_unref (a->next_reader);
  fer_finder_free (a->next_finder);
  g_free (a->next_path);
  g_mutex_clear (&a->lock);
  g_free (a);
}

static void
post_finder_error (const analysis *a, const nn_error *error)
{
  GST_ELEMENT_ERROR (a->element, LIBRARY, SETTINGS, ("No faces can be found: %s", error->text), (NULL));
}

static void
prepare_heatmaps (const analysis *a, reader *r, const settings *s)
{
  nn_error error;
  if ((s->overlay & OVERLAY_HEATMAP) && !reader_prepare_heatmaps (r, s, &error))
    GST_ELEMENT_WARNING (a->element, LIBRARY, INIT, ("Not everything can be drawn: %s", error.text), (NULL));
}

gboolean
analysis_prepare (analysis *a, const settings *s, const GstVideoInfo *info)
{
  nn_error error;
  int width = GST_VIDEO_INFO_WIDTH (info), height = GST_VIDEO_INFO_HEIGHT (info);
  g_mutex_lock (&a->lock);
  a->width = width;
  a->height = height;
  g_mutex_unlock (&a->lock);
  prepare_heatmaps (a, a->reader, s);
  if (seeker_prepare (a->seeker, s, width, height, &error))
    return TRUE;
  post_finder_error (a, &error);
  return FALSE;
}

void
analysis_forget (analysis *a)
{
  seeker_forget (a->seeker);
  budget_forget (&a->budget);
  reader_forget (a->reader);
}

GstStructure *
analysis_info (const analysis *a)
{
  return reader_info (a->reader);
}

/* ---- other models ---------------------------------------------------------------------------------------------------------- */

gboolean
analysis_change_model (analysis *a, const char *path, nn_precision precision, const settings *s, GstStructure **info, nn_error *error)
{
  reader *next = reader_new (path, precision, error);
  if (!next)
    return FALSE;
  *info = reader_info (next);
  prepare_heatmaps (a, next, s);
  g_mutex_lock (&a->lock);
  reader *unused = a->next_reader;
  a->next_reader = next;
  g_mutex_unlock (&a->lock);
  reader_unref (unused);
  return TRUE;
}

gboolean
analysis_change_finder (analysis *a, const char *path, const settings *s, nn_error *error)
{
  g_mutex_lock (&a->lock);
  int width = a->width, height = a->height;
  g_mutex_unlock (&a->lock);
  fer_finder *next = fer_finder_load (path, error);
  if (!next || (width && !fer_finder_resize (next, width, height, s->finder_size, error))) {
    fer_finder_free (next);
    return FALSE;
  }
  char *next_path = g_strdup (path);
  g_mutex_lock (&a->lock);
  fer_finder *unused = a->next_finder;
  char *unused_path = a->next_path;
  a->next_finder = next;
  a->next_path = next_path;
  g_mutex_unlock (&a->lock);
  fer_finder_free (unused);
  g_free (unused_path);
  a->has_finder = TRUE;
  return TRUE;
}

void
analysis_foresee (analysis *a, const char *finder, const settings *s)
{
  nn_error error;
  if (seeker_may_search (s) && !a->has_finder && !analysis_change_finder (a, finder, s, &error))
    GST_DEBUG_OBJECT (a->element, "frames will find out: %s", error.text);
}

static void
take_changes (analysis *a)
{
  g_mutex_lock (&a->lock);
  reader *next = g_steal_pointer (&a->next_reader);
  fer_finder *finder = g_steal_pointer (&a->next_finder);
  char *path = g_steal_pointer (&a->next_path);
  g_mutex_unlock (&a->lock);
  if (next) {
    reader_unref (a->reader);
    a->reader = next;
  }
  if (finder)
    seeker_change (a->seeker, finder, path);
  g_free (path);
}

/* ---- frames ---------------------------------------------------------------------------------------------------------------- */

static void
begin (const analysis *a, const job *j, const frame *f, report *r)
{
  fer_result *result = &r->result;
  report_clear (r);
  memset (r->ms, 0, sizeof r->ms);
  r->reader = reader_ref (a->reader);
  r->x = f->x;
  r->y = f->y;
  result->file = NULL;
  result->width = f->image.width;
  result->height = f->image.height;
  r->duration = GST_BUFFER_DURATION (j->buffer);
  result->pts = GST_BUFFER_PTS (j->buffer); /* GST_CLOCK_TIME_NONE is FER_TIME_NONE */
  result->running_time = j->running_time;
  result->time_us = j->time_us;
  faces_begin (&r->found, a->element, f->image.width, f->image.height, j->settings.max_faces);
}

static double
time_left (const job *j)
{
  gint64 start = j->start;
  return j->settings.max_latency ? j->settings.max_latency - j->reserved - lap (&start) : HUGE_VAL;
}

/* What is not found is not covered: then finding is never left out. */
static gboolean
must_find (const job *j)
{
  return j->settings.anonymize != ANONYMIZE_NONE;
}

static gboolean
find (analysis *a, const job *j, const fer_image *image, report *r)
{
  nn_error error;
  gint64 clock = g_get_monotonic_time ();
  double left = must_find (j) ? HUGE_VAL : time_left (j);
  if (!seeker_run (a->seeker, &j->settings, j->buffer, image, j->running_time, reader_crop (a->reader), &a->budget, left, &r->found, &error)) {
    post_finder_error (a, &error);
    return FALSE;
  }
  if (must_find (j))
    seeker_cover (a->seeker, &j->settings, j->buffer, image, &r->covers);
  r->ms[STAGE_FIND] = lap (&clock);
  return TRUE;
}

/* Known faces come first when time is short, though not in due. */
static int
choose (analysis *a, const job *j, const report *r, int *due)
{
  guint64 time = seeker_time (a->seeker);
  double left = time_left (j);
  int n_new, n = reader_due (a->reader, &r->found, &j->settings, time, due, &n_new);
  int again = budget_allot (&a->budget, WORK_AGAIN, n - n_new, time, &left);
  int new = budget_allot (&a->budget, WORK_NEW, n_new, time, &left);
  memmove (due + new, due + n_new, (gsize) again * sizeof *due);
  return new + again;
}

static gboolean
read_faces (analysis *a, const job *j, const fer_image *image, report *r)
{
  int due[FER_MAX_FACES], n = choose (a, j, r, due);
  gint64 clock = g_get_monotonic_time ();
  if (!reader_read (a->reader, image, &r->found, due, n, &j->settings, seeker_time (a->seeker), &r->result)) {
    GST_ELEMENT_ERROR (a->element, RESOURCE, NO_SPACE_LEFT, ("Out of memory for %d faces.", r->found.n), (NULL));
    return FALSE;
  }
  if (!n)
    return TRUE;
  r->ms[STAGE_READ] = lap (&clock);
  budget_learn (&a->budget, WORK_NEW, n, r->ms[STAGE_READ]);
  a->budget.ms[WORK_AGAIN] = a->budget.ms[WORK_NEW];
  return TRUE;
}

static void
look (analysis *a, const job *j, report *r)
{
  double left = time_left (j);
  gint64 clock = g_get_monotonic_time ();
  guint64 time = seeker_time (a->seeker);
  int n = budget_allot (&a->budget, WORK_HEATMAP, reader_heats_due (a->reader, &j->settings, time), time, &left);
  reader_look (a->reader, n, time);
  if (n) {
    r->ms[STAGE_HEATMAP] = lap (&clock);
    budget_learn (&a->budget, WORK_HEATMAP, n, r->ms[STAGE_HEATMAP]);
  }
  reader_heats (a->reader, &r->result, r->heats);
}

static gboolean
find_and_read (analysis *a, const job *j, const fer_image *image, report *r)
{
  budget_begin (&a->budget, must_find (j) ? MIN (j->level, WORK_SEARCH) : j->level);
  if (!find (a, j, image, r) || !read_faces (a, j, image, r))
    return FALSE;
  if ((j->settings.overlay & OVERLAY_HEATMAP) && reader_has_heatmaps (a->reader))
    look (a, j, r);
  memcpy (r->done, a->budget.done, sizeof r->done);
  memcpy (r->shed, a->budget.shed, sizeof r->shed);
  stats_analysed (j->stats, r);
  return TRUE;
}

gboolean
analysis_run (analysis *a, const job *j, report *r)
{
  frame f;
  if (!frame_open (&f, j->buffer, &j->info)) {
    GST_ELEMENT_ERROR (a->element, STREAM, FAILED, ("A frame cannot be read: its memory is smaller than its caps say, or cannot be mapped."),
                       ("%" GST_PTR_FORMAT, j->buffer));
    return FALSE;
  }
  take_changes (a);
  prepare_heatmaps (a, a->reader, &j->settings);
  begin (a, j, &f, r);
  gboolean read = find_and_read (a, j, &f.image, r);
  frame_close (&f);
  return read;
}
