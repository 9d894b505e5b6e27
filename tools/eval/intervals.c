/* SPDX-License-Identifier: MIT */
#include "intervals.h"
#include "calibration.h"

#include <glib.h>
#include <math.h>

enum { ACCURACY, MACRO_F1, ECE, RECALL, N_FIGURES = RECALL + FER_MAX_LABELS };

typedef struct rows {
  const uint8_t *truth, *predicted, *bin;
  const double *confidence;
} rows;

/* eval_measure and eval_calibration_of in one pass without intervals, which thousands of resamples have no use for. */
static void
measure (const void *user, int n, const int *drawn, double *figures)
{
  const rows *r = user;
  int labelled[FER_MAX_LABELS] = { 0 }, read[FER_MAX_LABELS] = { 0 }, hits[FER_MAX_LABELS] = { 0 }, right = 0, occurring = 0;
  double surplus[EVAL_BINS] = { 0 }, f1 = 0, ece = 0;
  for (int i = 0; i < n; i++) {
    const int row = drawn[i], truth = r->truth[row], hit = truth == r->predicted[row];
    labelled[truth]++;
    read[r->predicted[row]]++;
    hits[truth] += hit;
    right += hit;
    surplus[r->bin[row]] += hit - r->confidence[row];
  }
  for (int c = 0; c < FER_MAX_LABELS; c++) {
    figures[RECALL + c] = labelled[c] ? (double) hits[c] / labelled[c] : (double) NAN;
    if (labelled[c] + read[c] == 0)
      continue;
    f1 += 2.0 * hits[c] / (labelled[c] + read[c]);
    occurring++;
  }
  for (int b = 0; b < EVAL_BINS; b++)
    ece += fabs (surplus[b]);
  figures[ACCURACY] = (double) right / n;
  figures[MACRO_F1] = f1 / occurring;
  figures[ECE] = ece / n;
}

void
eval_intervals_of (int n, int classes, const uint8_t *truth, const uint8_t *predicted, const float *p, uint64_t seed, eval_intervals *intervals)
{
  const eval_range unknown = { (double) NAN, (double) NAN };
  eval_range ranges[N_FIGURES];
  uint8_t *bin = g_new (uint8_t, (size_t) n);
  double *confidence = g_new (double, (size_t) n);
  for (int i = 0; i < n; i++) {
    confidence[i] = (double) p[(size_t) i * (size_t) classes + predicted[i]];
    bin[i] = (uint8_t) eval_bin_of (confidence[i]);
  }
  for (int f = 0; f < N_FIGURES; f++)
    ranges[f] = unknown;
  if (n > 0)
    eval_bootstrap (n, N_FIGURES, measure, &(rows) { truth, predicted, bin, confidence }, EVAL_REPEATS, seed, ranges);
  *intervals = (eval_intervals) { EVAL_REPEATS, seed, ranges[ACCURACY], ranges[MACRO_F1], ranges[ECE], { { 0, 0 } } };
  for (int c = 0; c < FER_MAX_LABELS; c++)
    intervals->recall[c] = ranges[RECALL + c];
  g_free (bin);
  g_free (confidence);
}
