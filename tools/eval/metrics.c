/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include <math.h>

eval_share
eval_share_of (int count, int n)
{
  if (n == 0)
    return (eval_share) { 0, 0, (double) NAN, (double) NAN, (double) NAN };
  double p = (double) count / n, scale = 1 + EVAL_Z * EVAL_Z / n, middle = (p + EVAL_Z * EVAL_Z / (2.0 * n)) / scale;
  double half = EVAL_Z / scale * sqrt (p * (1 - p) / n + EVAL_Z * EVAL_Z / (4.0 * n * n));
  return (eval_share) { n, count, p, fmax (middle - half, 0), fmin (middle + half, 1) };
}

static double
ratio (int part, int whole)
{
  return whole ? (double) part / whole : (double) NAN;
}

static void
measure_class (eval_class *c)
{
  c->precision = ratio (c->hits, c->predicted);
  c->recall = ratio (c->hits, c->n);
  c->f1 = ratio (2 * c->hits, c->n + c->predicted);
}

void
eval_measure (int n, int n_classes, const uint8_t *truth, const uint8_t *predicted, const bool *twins, eval_metrics *metrics)
{
  *metrics = (eval_metrics) { .n_classes = n_classes };
  int hits = 0, plain = 0, plain_hits = 0;
  for (int i = 0; i < n; i++) {
    bool hit = truth[i] == predicted[i];
    metrics->confusion[truth[i]][predicted[i]]++;
    metrics->classes[truth[i]].n++;
    metrics->classes[predicted[i]].predicted++;
    metrics->classes[truth[i]].hits += hit;
    hits += hit;
    plain += !twins[i];
    plain_hits += hit && !twins[i];
  }
  metrics->all = eval_share_of (hits, n);
  metrics->no_twins = eval_share_of (plain_hits, plain);

  double sum = 0;
  int occurring = 0;
  for (int c = 0; c < n_classes; c++) {
    measure_class (&metrics->classes[c]);
    if (isnan (metrics->classes[c].f1))
      continue;
    sum += metrics->classes[c].f1;
    occurring++;
  }
  metrics->macro_f1 = occurring ? sum / occurring : (double) NAN;
}
