/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <string.h>

void
stats_init (stats *s)
{
  memset (s, 0, sizeof *s);
  g_mutex_init (&s->lock);
}

void
stats_clear (stats *s)
{
  g_mutex_clear (&s->lock);
}

void
stats_forget (stats *s)
{
  g_mutex_lock (&s->lock);
  s->frames = s->analysed = s->faces = 0;
  memset (s->done, 0, sizeof s->done);
  memset (s->shed, 0, sizeof s->shed);
  memset (s->times, 0, sizeof s->times);
  g_mutex_unlock (&s->lock);
}

/* A stage that did not take place took no time. */
static void
note_stages (stats *s, const report *r, stage first, stage last)
{
  for (int i = (int) first; i <= (int) last; i++)
    if (r->ms[i] > 0)
      histogram_add (&s->times[i], r->ms[i]);
}

void
stats_analysed (stats *s, const report *r)
{
  g_mutex_lock (&s->lock);
  s->analysed++;
  s->faces += (guint64) r->result.n_faces;
  for (int i = 0; i < N_WORKS; i++) {
    s->done[i] += (guint64) r->done[i];
    s->shed[i] += (guint64) r->shed[i];
  }
  note_stages (s, r, STAGE_FIND, STAGE_HEATMAP);
  g_mutex_unlock (&s->lock);
}

void
stats_left (stats *s, const report *r, double ms)
{
  g_mutex_lock (&s->lock);
  s->frames++;
  if (r->reader)
    note_stages (s, r, STAGE_ATTACH, STAGE_DRAW);
  histogram_add (&s->times[STATS_FRAME], ms);
  g_mutex_unlock (&s->lock);
}

double
stats_usual (stats *s, stage which)
{
  g_mutex_lock (&s->lock);
  double ms = histogram_quantile (&s->times[which], 0.95);
  g_mutex_unlock (&s->lock);
  return ms;
}

guint64
stats_frames (stats *s)
{
  g_mutex_lock (&s->lock);
  guint64 n = s->frames;
  g_mutex_unlock (&s->lock);
  return n;
}

/* Takes inner. */
static void
take_structure (GstStructure *outer, const char *name, GstStructure *inner)
{
  gst_structure_set (outer, name, GST_TYPE_STRUCTURE, inner, NULL);
  gst_structure_free (inner);
}

static GstStructure *
shed_structure (const stats *s)
{
  return gst_structure_new ("shed", "heat-maps", G_TYPE_UINT64, s->shed[WORK_HEATMAP], "new-faces", G_TYPE_UINT64, s->shed[WORK_NEW], "readings",
                            G_TYPE_UINT64, s->shed[WORK_AGAIN], "searches", G_TYPE_UINT64, s->shed[WORK_SEARCH], "looks", G_TYPE_UINT64,
                            s->shed[WORK_LOOK], NULL);
}

static GstStructure *
times_structure (const stats *s)
{
  static const char *const names[STATS_N_TIMES] = { [STAGE_FIND] = "find",     [STAGE_READ] = "read", [STAGE_HEATMAP] = "heat-map",
                                                    [STAGE_ATTACH] = "attach", [STAGE_DRAW] = "draw", [STATS_FRAME] = "frame" };
  GstStructure *times = gst_structure_new_empty ("ms");
  for (int i = 0; i < STATS_N_TIMES; i++) {
    const histogram *h = &s->times[i];
    take_structure (times, names[i],
                    gst_structure_new (names[i], "n", G_TYPE_UINT64, h->n, "mean", G_TYPE_DOUBLE, histogram_mean (h), "p50", G_TYPE_DOUBLE,
                                       histogram_quantile (h, 0.5), "p95", G_TYPE_DOUBLE, histogram_quantile (h, 0.95), "p99", G_TYPE_DOUBLE,
                                       histogram_quantile (h, 0.99), "max", G_TYPE_DOUBLE, h->largest, NULL));
  }
  return times;
}

GstStructure *
stats_structure (stats *s)
{
  g_mutex_lock (&s->lock);
  GstStructure *all = gst_structure_new ("feremotion-stats", "frames", G_TYPE_UINT64, s->frames, "analysed", G_TYPE_UINT64, s->analysed, "faces",
                                         G_TYPE_UINT64, s->faces, "inferences", G_TYPE_UINT64, s->done[WORK_NEW] + s->done[WORK_AGAIN], "searches",
                                         G_TYPE_UINT64, s->done[WORK_SEARCH], "heat-maps", G_TYPE_UINT64, s->done[WORK_HEATMAP], NULL);
  take_structure (all, "shed", shed_structure (s));
  take_structure (all, "ms", times_structure (s));
  g_mutex_unlock (&s->lock);
  return all;
}
