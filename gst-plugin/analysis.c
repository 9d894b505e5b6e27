/* SPDX-License-Identifier: MIT */
#include "analysis.h"

#include "debug.h"
#include "frame.h"
#include "modelerror.h"
#include "seeker.h"

struct analysis {
  GstElement *element;
  seeker *seeker;
  reader *reader;
};

analysis *
analysis_new (GstElement *element, const char *model, const char *finder, const settings *s)
{
  nn_error error;
  analysis *a = g_new0 (analysis, 1);
  a->element = element;
  if (!(a->reader = reader_new (model, s->precision, &error)))
    model_error_post (element, model, &error);
  else if (!(a->seeker = seeker_new (finder, &error)) || !seeker_load (a->seeker, s, &error))
    model_error_post (element, finder, &error);
  else
    return a;
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
  g_free (a);
}

static void
post_finder_error (const analysis *a, const nn_error *error)
{
  GST_ELEMENT_ERROR (a->element, LIBRARY, SETTINGS, ("No faces can be found: %s", error->text), (NULL));
}

gboolean
analysis_prepare (analysis *a, const settings *s, const GstVideoInfo *info)
{
  nn_error error;
  if (seeker_prepare (a->seeker, s, GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info), &error))
    return TRUE;
  post_finder_error (a, &error);
  return FALSE;
}

gboolean
analysis_prepare_heatmaps (analysis *a, nn_error *error)
{
  return reader_prepare_heatmaps (a->reader, error);
}

void
analysis_forget (analysis *a)
{
  seeker_forget (a->seeker);
  reader_forget (a->reader);
}

GstStructure *
analysis_info (const analysis *a)
{
  return reader_info (a->reader);
}

static void
begin (const analysis *a, const job *j, const frame *f, report *r)
{
  fer_result *result = &r->result;
  report_clear (r);
  r->reader = reader_ref (a->reader);
  r->x = f->x;
  r->y = f->y;
  result->file = NULL;
  result->width = f->image.width;
  result->height = f->image.height;
  result->pts = GST_BUFFER_PTS (j->buffer); /* GST_CLOCK_TIME_NONE is FER_TIME_NONE */
  result->running_time = j->running_time;
  result->time_us = j->time_us;
  faces_begin (&r->found, a->element, f->image.width, f->image.height, j->settings.max_faces);
}

static gboolean
find_and_read (analysis *a, const job *j, const fer_image *image, report *r)
{
  nn_error error;
  const settings *s = &j->settings;
  if (!seeker_run (a->seeker, s, j->buffer, image, j->running_time, reader_crop (a->reader), &r->found, &error)) {
    post_finder_error (a, &error);
    return FALSE;
  }
  if (!reader_read (a->reader, image, &r->found, s, seeker_time (a->seeker), &r->result, r->heats)) {
    GST_ELEMENT_ERROR (a->element, RESOURCE, NO_SPACE_LEFT, ("Out of memory for %d faces.", r->found.n), (NULL));
    return FALSE;
  }
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
  begin (a, j, &f, r);
  gboolean read = find_and_read (a, j, &f.image, r);
  frame_close (&f);
  return read;
}
