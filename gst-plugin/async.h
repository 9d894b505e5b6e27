/* SPDX-License-Identifier: MIT
 * Frames that do not wait for their analysis: each leaves with the last report there is, brought up to its time. */
#ifndef ASYNC_H
#define ASYNC_H

#include "worker.h"

typedef struct async {
  worker *worker; /* NULL: not at work */
  report *last;   /* that frames carry; NULL: none yet */
  /* Called for each report that is not carried by a frame, in their order, so that none is lost. */
  void (*post) (gpointer element, report *report);
  gpointer element;
} async;

/* Has analysis, which stays async's until async_end or async_drop, take job some time, and fills report for buffer, which is job's but may be written. report->reader NULL:
 * nothing is known yet. FALSE: an error was posted. */
gboolean async_run (async *async, analysis *analysis, const job *job, GstBuffer *buffer, report *report);

/* No more frames: waits for what is still to come, and posts it. */
void async_end (async *async);
/* What is still to come is of no interest. */
void async_drop (async *async);

#endif
