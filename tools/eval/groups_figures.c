/* SPDX-License-Identifier: MIT */
#include "groups_figures.h"

#include <math.h>
#include <string.h>

static bool
is_negative (int expression)
{
  static const char *const negative[] = { "angry", "disgust", "fear", "sad", "contempt" };
  for (size_t i = 0; i < sizeof negative / sizeof *negative; i++)
    if (expression >= 0 && !strcmp (eval_expressions[expression], negative[i]))
      return true;
  return false;
}

groups_labels
groups_labels_of (const char *const *names, int n)
{
  groups_labels labels = { .all = { .n = n } };
  for (int c = 0; c < n; c++) {
    labels.all.names[c] = names[c];
    labels.negative[c] = is_negative (eval_expression_of (names[c]));
  }
  labels.neutral = eval_class_of (&labels.all, "neutral");
  return labels;
}

void
groups_counts_add (groups_counts *counts, const groups_reading *r)
{
  counts->pictures++;
  counts->found += r->found;
  if (!r->read)
    return;
  counts->read++;
  counts->predicted[r->predicted]++;
  if (r->truth < 0)
    return;
  counts->confusion[r->truth][r->predicted]++;
  eval_bin *bin = &counts->bins[eval_bin_of (r->confidence)];
  bin->n++;
  bin->hits += r->truth == r->predicted;
  bin->confidence += r->confidence;
}

static groups_figure
share (int count, int n)
{
  return (groups_figure) { n, count, n ? (double) count / n : (double) NAN };
}

static groups_figure
mean (double sum, int n_terms, int n)
{
  return (groups_figure) { n, -1, n_terms ? sum / n_terms : (double) NAN };
}

static int
negative_of (const int *predicted, const groups_labels *k)
{
  int sum = 0;
  for (int c = 0; c < k->all.n; c++)
    sum += k->negative[c] ? predicted[c] : 0;
  return sum;
}

/* Rates of each class, and what is a mean over classes. */
static void
add_classes (const groups_counts *counts, const groups_labels *k, int n, groups_figure *figures)
{
  double recalls = 0, scores = 0;
  int n_recalls = 0, n_scores = 0, labelled[FER_MAX_LABELS] = { 0 }, read[FER_MAX_LABELS] = { 0 };
  for (int truth = 0; truth < k->all.n; truth++)
    for (int c = 0; c < k->all.n; c++) {
      labelled[truth] += counts->confusion[truth][c];
      read[c] += counts->confusion[truth][c];
    }
  for (int c = 0; c < k->all.n; c++) {
    const int hits = counts->confusion[c][c];
    figures[GROUPS_TPR + c] = share (hits, labelled[c]);
    figures[GROUPS_FPR + c] = share (read[c] - hits, n - labelled[c]);
    figures[GROUPS_PREDICTED + c] = share (counts->predicted[c], counts->read);
    if (labelled[c])
      recalls += figures[GROUPS_TPR + c].value, n_recalls++;
    if (labelled[c] + read[c])
      scores += 2.0 * hits / (labelled[c] + read[c]), n_scores++;
  }
  figures[GROUPS_BALANCED] = mean (recalls, n_recalls, n);
  figures[GROUPS_MACRO_F1] = mean (scores, n_scores, n);
}

void
groups_figures_of (const groups_counts *counts, const groups_labels *k, groups_figure figures[GROUPS_N_FIGURES])
{
  int hits = 0, n = 0;
  double off = 0;
  for (int i = 0; i < GROUPS_N_FIGURES; i++)
    figures[i] = share (0, 0);
  for (int i = 0; i < EVAL_BINS; i++) {
    n += counts->bins[i].n;
    hits += counts->bins[i].hits;
    off += fabs (counts->bins[i].hits - counts->bins[i].confidence);
  }
  figures[GROUPS_DETECTION] = share (counts->found, counts->pictures);
  figures[GROUPS_REFUSAL] = share (counts->found - counts->read, counts->found);
  figures[GROUPS_NEGATIVE] = share (negative_of (counts->predicted, k), counts->read);
  figures[GROUPS_ACCURACY] = share (hits, n);
  figures[GROUPS_CALIBRATION] = (groups_figure) { n, -1, n ? off / n : (double) NAN };
  add_classes (counts, k, n, figures);
  if (k->neutral >= 0)
    figures[GROUPS_NEGATIVE_ON_NEUTRAL] = share (negative_of (counts->confusion[k->neutral], k), figures[GROUPS_TPR + k->neutral].n);
}
