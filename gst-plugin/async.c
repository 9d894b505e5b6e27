/* SPDX-License-Identifier: MIT */
#include "async.h"

#include "debug.h"

/* The newest report becomes the last; those before it are posted. */
static void
take_reports (async *a)
{
  gboolean carried = TRUE;
  for (report *r; (r = worker_take (a->worker)); carried = FALSE) {
    if (!carried)
      a->post (a->element, a->last);
    report_free (a->last);
    a->last = r;
  }
}

/* For a frame that buffer is, at j's times. */
static void
bring_up_to_date (report *r, const job *j, GstBuffer *buffer)
{
  report_go_on (r, j->running_time);
  report_meet (r, buffer, &j->settings);
  r->result.pts = GST_BUFFER_PTS (buffer);
  r->result.running_time = j->running_time;
  r->result.time_us = j->time_us;
  r->duration = GST_BUFFER_DURATION (buffer);
}

gboolean
async_run (async *a, analysis *an, const job *j, GstBuffer *buffer, report *r)
{
  if (!a->worker && !(a->worker = worker_new (an))) {
    GST_WARNING_OBJECT (a->element, "there is no thread to be had, frames wait");
    return analysis_run (an, j, r);
  }
  take_reports (a);
  worker_give (a->worker, j);
  report_clear (r);
  if (a->last) {
    report_copy (r, a->last);
    bring_up_to_date (r, j, buffer);
  }
  return !worker_failed (a->worker);
}

void
async_end (async *a)
{
  if (!a->worker)
    return;
  worker_finish (a->worker);
  for (report *r; (r = worker_take (a->worker)); report_free (r))
    a->post (a->element, r);
  async_drop (a);
}

void
async_drop (async *a)
{
  g_clear_pointer (&a->worker, worker_free);
  g_clear_pointer (&a->last, report_free);
}
