/* SPDX-License-Identifier: MIT
 * One line at the foot of a terminal that says how far a long job is. On anything but a terminal it is silent. */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

typedef struct tool_progress {
  FILE *file;
  bool terminal, shown;
  double drawn; /* when, in seconds */
} tool_progress;

void tool_progress_init (tool_progress *progress, FILE *file);

/* before [=====>    ] after; share 0-1. Drawn at most ten times a second. */
void tool_progress_draw (tool_progress *progress, const char *before, double share, const char *after);

/* Takes the line away, for other text. */
void tool_progress_clear (tool_progress *progress);

/* Of a clock that only runs forward. */
double tool_seconds (void);

/* Seconds as "1:02:03" or "2:03". */
void tool_time_text (double seconds, char *text, size_t size);

#endif
