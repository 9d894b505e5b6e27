/* SPDX-License-Identifier: MIT */
#include "publisher.h"

#include "anonymize.h"
#include "stopwatch.h"
#include "writer.h"

void
publisher_prepare (publisher *p, overlay_choice choice)
{
  nn_error error;
  if (!painter_prepare (&p->painter, choice, &error))
    GST_ELEMENT_WARNING (p->base, LIBRARY, INIT, ("Not everything can be drawn: %s", error.text), (NULL));
}

void
publisher_clear (publisher *p)
{
  painter_clear (&p->painter);
}

static void
post_update (publisher *p, GstBuffer *buffer, updates_choice updates, gboolean changed, const fer_result *result)
{
  if (updates == UPDATES_EVERY_FRAME || (updates == UPDATES_ON_FACE && result->n_faces > 0) || (updates == UPDATES_ON_CHANGE && changed))
    gst_element_post_message (GST_ELEMENT (p->base), writer_message (p->base, buffer, result));
}

void
publisher_post (publisher *p, const settings *s, report *r)
{
  GstBuffer *frame = gst_buffer_new ();
  GST_BUFFER_PTS (frame) = r->result.pts;
  GST_BUFFER_DURATION (frame) = r->duration;
  post_update (p, frame, s->updates, news_in (&p->news, &r->result), &r->result);
  gst_buffer_unref (frame);
}

gboolean
publisher_cover (publisher *p, GstBuffer *buffer, const GstVideoInfo *info, const settings *s, const report *r)
{
  if (anonymize (buffer, info, s->anonymize, &r->covers, r->x, r->y))
    return TRUE;
  GST_ELEMENT_ERROR (p->base, STREAM, FAILED, ("Faces cannot be covered in a frame: its memory cannot be written."), ("%" GST_PTR_FORMAT, buffer));
  return FALSE;
}

/* Compositions count from the visible picture, blending from the first pixel in memory. */
static gboolean
draw (publisher *p, GstBuffer *buffer, const GstVideoInfo *info, const settings *s, const report *r)
{
  gboolean attach = p->canvas.attached;
  GstVideoOverlayComposition *composition = painter_draw (&p->painter, s, r, attach ? 0 : r->x, attach ? 0 : r->y);
  if (!composition || canvas_draw (&p->canvas, buffer, info, composition))
    return TRUE;
  GST_ELEMENT_ERROR (p->base, STREAM, FAILED, ("Labels cannot be drawn into a frame: its memory cannot be written."), ("%" GST_PTR_FORMAT, buffer));
  return FALSE;
}

gboolean
publisher_run (publisher *p, GstBuffer *buffer, const GstVideoInfo *info, const settings *s, report *r)
{
  gint64 clock = g_get_monotonic_time ();
  gboolean changed = news_in (&p->news, &r->result);
  writer_attach (buffer, s->formats, &r->found, s->roi_type, reader_model_name (r->reader), &r->result);
  post_update (p, buffer, s->updates, changed, &r->result);
  r->ms[STAGE_ATTACH] = lap (&clock);
  r->ms[STAGE_DRAW] = 0;
  if (s->anonymize == ANONYMIZE_NONE && s->overlay == OVERLAY_NONE)
    return TRUE;
  gboolean drawn = publisher_cover (p, buffer, info, s, r) && (s->overlay == OVERLAY_NONE || draw (p, buffer, info, s, r));
  r->ms[STAGE_DRAW] = lap (&clock);
  return drawn;
}
