/* SPDX-License-Identifier: MIT */
#include "worker.h"

struct worker {
  analysis *analysis;
  GThread *thread;
  GMutex lock; /* for what follows */
  GCond changed;
  gboolean stop, waits, works, failed;
  job job;         /* that waits */
  GQueue finished; /* reports; no more than two, as one gives and takes by turns */
};

/* Under the lock. */
static void
drop_job (worker *w)
{
  if (w->waits)
    gst_buffer_unref (w->job.buffer);
  w->waits = FALSE;
}

/* Under the lock, which it leaves while it works. */
static void
work_on_job (worker *w)
{
  job j = w->job;
  w->waits = FALSE;
  w->works = TRUE;
  g_mutex_unlock (&w->lock);

  report *r = g_new0 (report, 1);
  j.start = g_get_monotonic_time ();
  gboolean done = analysis_run (w->analysis, &j, r);
  gst_buffer_unref (j.buffer);

  g_mutex_lock (&w->lock);
  w->works = FALSE;
  w->failed |= !done;
  if (done)
    g_queue_push_tail (&w->finished, r);
  else
    report_free (r);
  g_cond_broadcast (&w->changed);
}

static gpointer
run (gpointer data)
{
  worker *w = data;
  g_mutex_lock (&w->lock);
  while (!w->stop) {
    if (w->waits)
      work_on_job (w);
    else
      g_cond_wait (&w->changed, &w->lock);
  }
  g_mutex_unlock (&w->lock);
  return NULL;
}

worker *
worker_new (analysis *a)
{
  worker *w = g_new0 (worker, 1);
  w->analysis = a;
  g_mutex_init (&w->lock);
  g_cond_init (&w->changed);
  g_queue_init (&w->finished);
  w->thread = g_thread_try_new ("feremotion", run, w, NULL);
  if (w->thread)
    return w;
  worker_free (w);
  return NULL;
}

void
worker_free (worker *w)
{
  if (!w)
    return;
  g_mutex_lock (&w->lock);
  w->stop = TRUE;
  drop_job (w);
  g_cond_broadcast (&w->changed);
  g_mutex_unlock (&w->lock);
  if (w->thread)
    g_thread_join (w->thread);
  g_queue_clear_full (&w->finished, (GDestroyNotify) report_free);
  g_cond_clear (&w->changed);
  g_mutex_clear (&w->lock);
  g_free (w);
}

void
worker_give (worker *w, const job *j)
{
  g_mutex_lock (&w->lock);
  drop_job (w);
  w->job = *j;
  gst_buffer_ref (j->buffer);
  w->waits = TRUE;
  g_cond_broadcast (&w->changed);
  g_mutex_unlock (&w->lock);
}

report *
worker_take (worker *w)
{
  g_mutex_lock (&w->lock);
  report *r = g_queue_pop_head (&w->finished);
  g_mutex_unlock (&w->lock);
  return r;
}

void
worker_finish (worker *w)
{
  g_mutex_lock (&w->lock);
  while (w->waits || w->works)
    g_cond_wait (&w->changed, &w->lock);
  g_mutex_unlock (&w->lock);
}

gboolean
worker_failed (worker *w)
{
  g_mutex_lock (&w->lock);
  gboolean failed = w->failed;
  g_mutex_unlock (&w->lock);
  return failed;
}
