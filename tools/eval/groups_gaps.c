/* SPDX-License-Identifier: MIT */
#include "groups_gaps.h"

#include <math.h>
#include <string.h>

static const groups_about wholes[GROUPS_TPR] = {
  [GROUPS_DETECTION] = { "detection", "faces found", -1, 1, GROUPS_AMONG_PICTURES },
  [GROUPS_REFUSAL] = { "refusal", "found but too poor to be read", -1, -1, GROUPS_AMONG_FOUND },
  [GROUPS_NEGATIVE] = { "negative", "read as negative", -1, 0, GROUPS_AMONG_READ },
  [GROUPS_ACCURACY] = { "accuracy", "accuracy", -1, 1, GROUPS_WITHIN_LABELS },
  [GROUPS_BALANCED] = { "balanced_accuracy", "balanced accuracy", -1, 1, GROUPS_WITHIN_LABELS },
  [GROUPS_MACRO_F1] = { "macro_f1", "macro F1", -1, 1, GROUPS_WITHIN_LABELS },
  [GROUPS_CALIBRATION] = { "calibration_error", "calibration error", -1, -1, GROUPS_WITHIN_LABELS },
  [GROUPS_NEGATIVE_ON_NEUTRAL] = { "negative_on_neutral", "neutral read as negative", -1, -1, GROUPS_WITHIN_LABELS },
};

/* Of each class; index: where they begin. */
static const struct {
  int first;
  groups_about about;
} of_classes[] = {
  { GROUPS_TPR, { "tpr", "true positives", 0, 1, GROUPS_WITHIN_LABELS } },
  { GROUPS_FPR, { "fpr", "false positives", 0, -1, GROUPS_WITHIN_LABELS } },
  { GROUPS_PREDICTED, { "predicted", "predicted", 0, 0, GROUPS_AMONG_READ } },
  { GROUPS_ODDS, { "odds", "equalised odds", 0, 0, GROUPS_WITHIN_LABELS } },
};

static const groups_about greatest[] = {
  { "equal_opportunity", "equal opportunity", -1, 0, GROUPS_WITHIN_LABELS },
  { "equalised_odds", "equalised odds", -1, 0, GROUPS_WITHIN_LABELS },
  { "demographic_parity", "demographic parity", -1, 0, GROUPS_AMONG_READ },
};

groups_about
groups_about_of (int i)
{
  if (i < GROUPS_TPR)
    return wholes[i];
  if (i >= GROUPS_EQUAL_OPPORTUNITY)
    return greatest[i - GROUPS_EQUAL_OPPORTUNITY];
  size_t kind = sizeof of_classes / sizeof *of_classes - 1;
  while (i < of_classes[kind].first)
    kind--;
  groups_about about = of_classes[kind].about;
  about.label = i - of_classes[kind].first;
  return about;
}

int
groups_gap_of_key (const char *key)
{
  for (int i = 0; i < GROUPS_N_GAPS; i++) {
    const groups_about about = groups_about_of (i);
    if (about.label < 0 && !strcmp (about.key, key))
      return i;
  }
  return -1;
}

groups_known
groups_known_of (const groups_figure figures[GROUPS_N_FIGURES])
{
  groups_known known;
  for (int i = 0; i < GROUPS_N_FIGURES; i++)
    known.of[i] = figures[i].n >= GROUPS_MIN_GROUP;
  return known;
}

static groups_gap
no_gap (int source)
{
  return (groups_gap) { (double) NAN, (double) NAN, 0, -1, -1, source };
}

static groups_gap
gap_of (const groups_figure (*groups)[GROUPS_N_FIGURES], const groups_known *known, int n_groups, int figure)
{
  groups_gap gap = no_gap (figure);
  for (int g = 0; g < n_groups; g++) {
    const double value = groups[g][figure].value;
    if (!known[g].of[figure] || isnan (value))
      continue;
    gap.n_groups++;
    if (gap.lowest < 0 || value < groups[gap.lowest][figure].value)
      gap.lowest = g;
    if (gap.highest < 0 || value > groups[gap.highest][figure].value)
      gap.highest = g;
  }
  if (gap.n_groups < 2)
    return no_gap (figure);
  const double low = groups[gap.lowest][figure].value, high = groups[gap.highest][figure].value;
  gap.gap = high - low;
  gap.ratio = low / high;
  return gap;
}

/* The greatest of the gaps of n classes from first on; those without a value do not count. */
static groups_gap
greatest_of (const groups_gap *gaps, int first, int n)
{
  groups_gap worst = no_gap (first);
  for (int c = 0; c < n; c++)
    if (!isnan (gaps[first + c].gap) && (isnan (worst.gap) || gaps[first + c].gap > worst.gap))
      worst = gaps[first + c];
  return worst;
}

void
groups_gaps_of (const groups_figure (*groups)[GROUPS_N_FIGURES], const groups_known *known, int n_groups, int n_classes,
                groups_gap gaps[GROUPS_N_GAPS])
{
  for (int i = 0; i < GROUPS_N_GAPS; i++)
    gaps[i] = i < GROUPS_N_FIGURES ? gap_of (groups, known, n_groups, i) : no_gap (i);
  for (int c = 0; c < n_classes; c++) {
    const groups_gap *tpr = &gaps[GROUPS_TPR + c], *fpr = &gaps[GROUPS_FPR + c];
    if (!isnan (tpr->gap) && !isnan (fpr->gap))
      gaps[GROUPS_ODDS + c] = fpr->gap > tpr->gap ? *fpr : *tpr;
  }
  gaps[GROUPS_EQUAL_OPPORTUNITY] = greatest_of (gaps, GROUPS_TPR, n_classes);
  gaps[GROUPS_EQUALISED_ODDS] = greatest_of (gaps, GROUPS_ODDS, n_classes);
  gaps[GROUPS_PARITY] = greatest_of (gaps, GROUPS_PREDICTED, n_classes);
}
