/* SPDX-License-Identifier: MIT */
#include "eval/groups_resample.h"
#include "test.h"

#include <glib.h>
#include <string.h>

#define N_RESAMPLES 4000
#define MAX_READINGS 4000

static const char *const names[] = { "angry", "happy", "neutral" };
static groups_reading readings[MAX_READINGS];
static int groups[MAX_READINGS];
static groups_gap gaps[GROUPS_N_GAPS];
static groups_known known[4];
static groups_labels labels;

static int
add (int n, int count, groups_reading reading, int group)
{
  for (int i = 0; i < count; i++, n++) {
    readings[n] = reading;
    groups[n] = group;
  }
  return n;
}

static groups_inference
infer (int n, int n_groups, int threads)
{
  nn_error error;
  nn_workers *workers = nn_workers_new (threads, &error);
  groups_counts counts[4] = { 0 };
  groups_figure figures[4][GROUPS_N_FIGURES];
  labels = groups_labels_of (names, 3);
  for (int i = 0; i < n; i++)
    if (groups[i] >= 0)
      groups_counts_add (&counts[groups[i]], &readings[i]);
  for (int g = 0; g < n_groups; g++) {
    groups_figures_of (&counts[g], &labels, figures[g]);
    known[g] = groups_known_of (figures[g]);
  }
  groups_gaps_of ((const groups_figure (*)[GROUPS_N_FIGURES]) figures, known, n_groups, 3, gaps);
  const groups_sample sample = { n, readings, groups, n_groups, known, &labels };
  const groups_inference result = groups_resample (&sample, gaps, N_RESAMPLES, 7, workers, threads);
  nn_workers_free (workers);
  return result;
}

static double
log_choose (int n, int k)
{
  return lgamma (n + 1) - lgamma (k + 1) - lgamma (n - k + 1);
}

/* Two groups of a and b pictures, c of all found: chances of each number found in the first (hypergeometric) give p and the expected gap exactly. */
static void
permutation_agrees_with_all_permutations_of_a_table (void)
{
  enum { A = 40, B = 60, FOUND_A = 39, FOUND_B = 50, C = FOUND_A + FOUND_B };
  const groups_reading found = { true, true, -1, 1, 0.5 }, missed = { false, false, -1, 0, 0 };
  int n = add (0, FOUND_A, found, 0);
  n = add (n, A - FOUND_A, missed, 0);
  n = add (n, FOUND_B, found, 1);
  n = add (n, B - FOUND_B, missed, 1);
  n = add (n, 20, missed, -1); /* of no group: not dealt */
  groups_inference r = infer (n, 2, 2);
  const double gap = (double) FOUND_A / A - (double) FOUND_B / B;
  double p = 0, expected = 0, square = 0;
  for (int i = C - B; i <= A; i++) {
    const double chance = exp (log_choose (A, i) + log_choose (B, C - i) - log_choose (A + B, C)), one = fabs ((double) i / A - (double) (C - i) / B);
    expected += chance * one;
    square += chance * one * one;
    p += one >= gap - 1e-9 ? chance : 0;
  }
  check_near (gaps[GROUPS_DETECTION].gap, gap, 1e-12);
  check_near (r.expected[GROUPS_DETECTION], expected, 4 * sqrt ((square - expected * expected) / N_RESAMPLES));
  check_near (r.p[GROUPS_DETECTION], p, 4 * sqrt (p * (1 - p) / N_RESAMPLES));
  check (p > 0.001 && p < 0.5);
  g_free (r.means);
}

/* The first group has many happy faces, which are easy, the second many angry ones: within a label both are read alike. */
static void
a_gap_that_labels_explain_is_not_told_from_chance (void)
{
  int n = 0;
  for (int g = 0; g < 2; g++) {
    const int happy = g ? 100 : 300, angry = 400 - happy;
    n = add (n, happy * 9 / 10, (groups_reading) { true, true, 1, 1, 0.8 }, g);
    n = add (n, happy / 10, (groups_reading) { true, true, 1, 2, 0.6 }, g);
    n = add (n, angry / 2, (groups_reading) { true, true, 0, 0, 0.5 }, g);
    n = add (n, angry / 2, (groups_reading) { true, true, 0, 2, 0.5 }, g);
  }
  groups_inference r = infer (n, 2, 1);
  check_near (gaps[GROUPS_ACCURACY].gap, 0.2, 1e-12);
  check_near (r.expected[GROUPS_ACCURACY], 0.2, 0.01);
  check (r.p[GROUPS_ACCURACY] > 0.3 && r.p[GROUPS_EQUALISED_ODDS] > 0.3);
  check_near (gaps[GROUPS_TPR].gap, 0, 1e-12);
  check (r.p[GROUPS_TPR] == 1 && r.p[GROUPS_PARITY] < 0.001); /* but angry is said more often of the second */
  g_free (r.means);
}

static void
intervals_are_as_wide_as_a_normal_s (void)
{
  int n = add (0, 350, (groups_reading) { true, true, 1, 1, 0.8 }, 0);
  n = add (n, 150, (groups_reading) { true, true, 1, 2, 0.8 }, 0);
  n = add (n, 200, (groups_reading) { true, true, 1, 1, 0.8 }, 1);
  n = add (n, 200, (groups_reading) { true, true, 1, 2, 0.8 }, 1);
  groups_inference r = infer (n, 2, 2);
  const double half = 1.96 * sqrt (0.7 * 0.3 / 500 + 0.5 * 0.5 / 400);
  check_near (r.intervals[GROUPS_ACCURACY].low, 0.2 - half, 0.006);
  check_near (r.intervals[GROUPS_ACCURACY].high, 0.2 + half, 0.006);
  const double one = 1.96 * sqrt (0.7 * 0.3 / 500); /* balanced accuracy of a single class is its share */
  check_near (r.means[0][0].low, 0.7 - one, 0.004);
  check_near (r.means[0][0].high, 0.7 + one, 0.004);
  check (r.p[GROUPS_ACCURACY] < 0.001 && isnan (r.p[GROUPS_DETECTION]) && r.expected[GROUPS_DETECTION] == 0);
  check (isnan (r.p[GROUPS_TPR]) && isnan (r.intervals[GROUPS_TPR].low)); /* nobody is labelled angry */
  g_free (r.means);
}

static bool
same (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static void
threads_do_not_matter (void)
{
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  enum { N = 300 };
  for (int i = 0; i < N; i++) {
    const int truth = (int) (nn_random_u32 (&random) % 3), predicted = (int) (nn_random_u32 (&random) % 3);
    readings[i] = (groups_reading) { true, true, truth, predicted, (double) nn_random_uniform (&random) };
    groups[i] = (int) (nn_random_u32 (&random) % 3);
  }
  groups_inference one = infer (N, 3, 1), three = infer (N, 3, 3);
  int different = 0;
  for (int k = 0; k < GROUPS_N_GAPS; k++)
    different += !same (one.p[k], three.p[k]) || !same (one.expected[k], three.expected[k]) || !same (one.intervals[k].low, three.intervals[k].low)
                 || !same (one.intervals[k].high, three.intervals[k].high);
  check (different == 0 && !memcmp (one.means, three.means, 3 * sizeof *one.means));
  g_free (one.means);
  g_free (three.means);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (permutation_agrees_with_all_permutations_of_a_table),
                                   TEST (a_gap_that_labels_explain_is_not_told_from_chance),
                                   TEST (intervals_are_as_wide_as_a_normal_s),
                                   TEST (threads_do_not_matter),
                                   { 0 } });
}
