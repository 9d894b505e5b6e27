/* SPDX-License-Identifier: MIT
 * By how much frames are delayed, as LATENCY queries are answered: the longest time that one took lately, rounded up to whole milliseconds. */
#ifndef LATENCY_H
#define LATENCY_H

#include <gst/gst.h>

typedef struct latency {
  double peak;       /* ms, forgotten by and by */
  GstClockTime told; /* what answers say; under the element's object lock */
} latency;

/* What to tell after a frame that took ms: latency->told for as long as it is nearly right. */
GstClockTime latency_estimate (latency *latency, double ms);

/* A frame of element took ms: what is told may change, and live pipelines hear of it. */
void latency_note (latency *latency, GstElement *element, double ms, gboolean live);

/* Adds what is told to the answer of a query to element. */
void latency_add (const latency *latency, GstElement *element, GstQuery *query);

#endif
