/* SPDX-License-Identifier: MIT
 * How a frame becomes a report: who seeks the faces and who reads them, behind one call. One thread at a time. */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "report.h"
#include "settings.h"
#include "stats.h"

typedef struct analysis analysis;

/* A frame, its times, and what was wanted when it came. */
typedef struct job {
  GstBuffer *buffer;
  GstVideoInfo info;
  GstClockTime running_time; /* or none */
  gint64 time_us;            /* fer_result's */
  settings settings;
  gint64 start;    /* of the time that counts for max-latency, monotonic; some of it goes on writing and drawing: ... */
  double reserved; /* ... ms */
  stats *stats;    /* what is done is noted there */
  int level;       /* kinds of work to leave out anyway: budget.h */
} job;

/* Paths NULL: the embedded models. NULL: an error was posted for element, which is borrowed. */
analysis *analysis_new (GstElement *element, const char *model, const char *finder, nn_precision precision, const settings *settings);
void analysis_free (analysis *analysis);

/* Plans everything for frames of info, so that none has to wait for it. FALSE: an error was posted. */
gboolean analysis_prepare (analysis *analysis, const settings *settings, const GstVideoInfo *info);

/* Another stream, or another place in it. */
void analysis_forget (analysis *analysis);

/* Replaces what report said. The buffer is only read. FALSE: an error was posted. */
gboolean analysis_run (analysis *analysis, const job *job, report *report);

/* reader_info of the model in use. */
GstStructure *analysis_info (const analysis *analysis);

/* From another thread, one at a time, while frames are analysed: another model, loaded and verified here, reads from the next frame on; *info is
 * its reader_info. FALSE: *error, and the old one stays. */
gboolean analysis_change_model (analysis *analysis, const char *path, nn_precision precision, const settings *settings, GstStructure **info,
                                nn_error *error);
gboolean analysis_change_finder (analysis *analysis, const char *path, const settings *settings, nn_error *error);

/* From that thread as well: loads finder (a path) if settings, which frames will have, are the first to need it. If that fails the next frame says
 * so. */
void analysis_foresee (analysis *analysis, const char *finder, const settings *settings);

#endif
