/* SPDX-License-Identifier: MIT
 * What the element did since it started, for property stats. Any thread. */
#ifndef STATS_H
#define STATS_H

#include "histogram.h"
#include "report.h"

enum { STATS_FRAME = N_STAGES, STATS_N_TIMES }; /* all of a frame's time here */

typedef struct stats {
  GMutex lock; /* for what follows */
  guint64 frames, analysed, faces, done[N_WORKS], shed[N_WORKS];
  histogram times[STATS_N_TIMES];
} stats;

void stats_init (stats *stats);
void stats_clear (stats *stats);
void stats_forget (stats *stats);

/* A frame was analysed; one leaves after ms. */
void stats_analysed (stats *stats, const report *report);
void stats_left (stats *stats, const report *report, double ms);

/* ms in which that stage was done in 95 of 100 cases. */
double stats_usual (stats *stats, stage which);
guint64 stats_frames (stats *stats);

/* Structure "feremotion-stats": frames, analysed, faces, inferences, searches, heat-maps (uint64); shed (structure of heat-maps, new-faces, readings, searches,
 * looks: uint64); ms (structure of find, read, heat-map, attach, draw, frame: structures of n: uint64, mean, p50, p95, p99, max: double). */
GstStructure *stats_structure (stats *stats);

#endif
