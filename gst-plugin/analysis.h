/* SPDX-License-Identifier: MIT
 * How a frame becomes a report: who seeks the faces and who reads them, behind one call. One thread at a time. */
#ifndef ANALYSIS_H
#define ANALYSIS_H

#include "report.h"
#include "settings.h"

typedef struct analysis analysis;

/* A frame, its times, and what was wanted when it came. */
typedef struct job {
  GstBuffer *buffer;
  GstVideoInfo info;
  GstClockTime running_time; /* or none */
  gint64 time_us;            /* fer_result's */
  settings settings;
} job;

/* Paths NULL: the embedded models. NULL: an error was posted for element, which is borrowed. */
analysis *analysis_new (GstElement *element, const char *model, const char *finder, const settings *settings);
void analysis_free (analysis *analysis);

/* Plans everything for frames of info, so that none has to wait for it. FALSE: an error was posted. */
gboolean analysis_prepare (analysis *analysis, const settings *settings, const GstVideoInfo *info);

/* Makes heat maps ready. FALSE, once: *error says why there will be none. */
gboolean analysis_prepare_heatmaps (analysis *analysis, nn_error *error);

/* Another stream, or another place in it. */
void analysis_forget (analysis *analysis);

/* Replaces what report said. The buffer is only read. FALSE: an error was posted. */
gboolean analysis_run (analysis *analysis, const job *job, report *report);

/* reader_info of the model in use. */
GstStructure *analysis_info (const analysis *analysis);

#endif
