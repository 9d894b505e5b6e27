/* SPDX-License-Identifier: MIT
 * How long something took, for ever, in constant memory: mean and largest exactly, percentiles within 5 %. All zero: nothing yet. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <glib.h>

#define HISTOGRAM_OCTAVES 24 /* from 1 us to 16 s */
#define HISTOGRAM_PARTS 8    /* of an octave */

typedef struct histogram {
  guint64 n;
  double sum, largest; /* ms */
  guint64 counts[HISTOGRAM_OCTAVES * HISTOGRAM_PARTS];
} histogram;

void histogram_add (histogram *histogram, double ms);

double histogram_mean (const histogram *histogram); /* 0 of nothing */
/* What share (0 to 1) of all did not exceed; 0 of nothing. */
double histogram_quantile (const histogram *histogram, double share);

#endif
