/* SPDX-License-Identifier: MIT */
#include "histogram.h"

#include <math.h>

#define BINS (HISTOGRAM_OCTAVES * HISTOGRAM_PARTS)

static int
bin_of (double ms)
{
  double us = ms * 1e3;
  return us < 1 ? 0 : (int) MIN (log2 (us) * HISTOGRAM_PARTS, BINS - 1);
}

void
histogram_add (histogram *h, double ms)
{
  h->n++;
  h->sum += ms;
  h->largest = MAX (h->largest, ms);
  h->counts[bin_of (ms)]++;
}

double
histogram_mean (const histogram *h)
{
  return h->n ? h->sum / (double) h->n : 0;
}

/* The geometric middle of the bin in which it is. */
double
histogram_quantile (const histogram *h, double share)
{
  double wanted = share * (double) h->n, seen = 0;
  for (int i = 0; i < BINS && h->n; i++) {
    seen += (double) h->counts[i];
    if (seen > 0 && seen >= wanted)
      return MIN (exp2 ((i + 0.5) / HISTOGRAM_PARTS) / 1e3, h->largest);
  }
  return h->largest;
}
