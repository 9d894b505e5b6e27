/* SPDX-License-Identifier: MIT */
#include "eval/groups_figures.h"
#include "test.h"

static const char *const names[] = { "angry", "happy", "neutral" };

static groups_counts
count (const groups_reading *readings, int n)
{
  groups_counts counts = { 0 };
  for (int i = 0; i < n; i++)
    groups_counts_add (&counts, &readings[i]);
  return counts;
}

static void
labels_know_which_are_negative (void)
{
  const char *const all[] = { "neutral", "contempt", "sad", "surprise", "fear", "disgust" };
  const groups_labels labels = groups_labels_of (all, 6);
  check (labels.neutral == 0 && !labels.negative[0] && labels.negative[1] && labels.negative[2] && !labels.negative[3] && labels.negative[4]
         && labels.negative[5]);
  check (groups_labels_of (names + 1, 1).neutral == -1);
}

/* By hand: labelled (angry, angry, happy, happy, happy, neutral, neutral, neutral, neutral), one more without a label, one refused, two not found. */
static void
figures_are_as_counted_by_hand (void)
{
  const groups_reading readings[] = {
    { true, true, 0, 0, 0.9 }, { true, true, 0, 1, 0.5 }, { true, true, 1, 1, 0.8 },  { true, true, 1, 1, 0.8 }, { true, true, 1, 2, 0.6 },
    { true, true, 2, 2, 1.0 }, { true, true, 2, 2, 0.7 }, { true, true, 2, 0, 0.4 },  { true, true, 2, 2, 0.7 }, { true, true, -1, 1, 0.9 },
    { true, false, 1, 1, 0 },  { false, false, 0, 0, 0 }, { false, false, -1, 0, 0 },
  };
  const groups_counts c = count (readings, 13);
  const groups_labels labels = groups_labels_of (names, 3);
  groups_figure f[GROUPS_N_FIGURES];
  groups_figures_of (&c, &labels, f);
  check (c.pictures == 13 && c.found == 11 && c.read == 10 && c.confusion[2][0] == 1 && c.predicted[1] == 4);
  check_near (f[GROUPS_DETECTION].value, 11.0 / 13, 1e-12);
  check_near (f[GROUPS_REFUSAL].value, 1.0 / 11, 1e-12);
  check_near (f[GROUPS_NEGATIVE].value, 2.0 / 10, 1e-12);
  check (f[GROUPS_ACCURACY].n == 9 && f[GROUPS_ACCURACY].count == 6);
  check_near (f[GROUPS_ACCURACY].value, 6.0 / 9, 1e-12);
  check_near (f[GROUPS_BALANCED].value, (1.0 / 2 + 2.0 / 3 + 3.0 / 4) / 3, 1e-12);
  check_near (f[GROUPS_MACRO_F1].value, (2.0 / 4 + 4.0 / 6 + 6.0 / 8) / 3, 1e-12);
  check (f[GROUPS_MACRO_F1].count == -1);
  check_near (f[GROUPS_NEGATIVE_ON_NEUTRAL].value, 1.0 / 4, 1e-12);
  check (f[GROUPS_TPR].n == 2 && f[GROUPS_TPR + 1].n == 3 && f[GROUPS_TPR + 2].n == 4);
  check_near (f[GROUPS_TPR + 1].value, 2.0 / 3, 1e-12);
  check_near (f[GROUPS_FPR].value, 1.0 / 7, 1e-12);
  check_near (f[GROUPS_FPR + 1].value, 1.0 / 6, 1e-12);
  check_near (f[GROUPS_FPR + 2].value, 1.0 / 5, 1e-12);
  check_near (f[GROUPS_PREDICTED + 1].value, 4.0 / 10, 1e-12);
  /* bins by confidence: 0.9: 1 hit; 0.5: 0; 0.8: 2; 0.6: 0; 1.0: 1; 0.7: 2; 0.4: 0 */
  check_near (f[GROUPS_CALIBRATION].value, (0.1 + 0.5 + 0.4 + 0.6 + 0 + 0.6 + 0.4) / 9, 1e-12);
}

static void
what_has_no_faces_has_no_value (void)
{
  const groups_labels labels = groups_labels_of (names, 3);
  const groups_counts nothing = { 0 };
  groups_figure f[GROUPS_N_FIGURES];
  groups_figures_of (&nothing, &labels, f);
  for (int k = 0; k < GROUPS_N_FIGURES; k++)
    check (f[k].n == 0 && isnan (f[k].value));
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (labels_know_which_are_negative), TEST (figures_are_as_counted_by_hand), TEST (what_has_no_faces_has_no_value), { 0 } });
}
