/* SPDX-License-Identifier: MIT
 * Frames analysed by a thread of their own, one at a time: of those that come meanwhile the newest waits. What comes of them is taken by the thread that
 * gave them, so that whatever is written or posted keeps its order. */
#ifndef WORKER_H
#define WORKER_H

#include "analysis.h"

typedef struct worker worker;

/* Until worker_free analysis is the worker's. NULL: there is no thread to be had. */
worker *worker_new (analysis *analysis);
/* Waits for the frame at work; what came of it, and the one that waits, are dropped. */
void worker_free (worker *worker);

/* References job's buffer, which from now on is read by the worker. */
void worker_give (worker *worker, const job *job);

/* The oldest report that was not taken yet, or NULL; report_free it. */
report *worker_take (worker *worker);

/* Waits until no frame is at work or waits. */
void worker_finish (worker *worker);

/* An error was posted. */
gboolean worker_failed (worker *worker);

#endif
