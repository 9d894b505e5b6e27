/* SPDX-License-Identifier: MIT */
#include "eval/groups_gaps.h"
#include "test.h"

#include <string.h>

enum { N_GROUPS = 3, N_CLASSES = 2 };

static groups_figure figures[N_GROUPS][GROUPS_N_FIGURES];
static groups_known known[N_GROUPS];
static groups_gap gaps[GROUPS_N_GAPS];

static void
set (int figure, double a, double b, double c)
{
  const double values[] = { a, b, c };
  for (int g = 0; g < N_GROUPS; g++)
    figures[g][figure] = (groups_figure) { 100, 0, values[g] };
}

static void
measure (void)
{
  for (int g = 0; g < N_GROUPS; g++)
    known[g] = groups_known_of (figures[g]);
  groups_gaps_of ((const groups_figure (*)[GROUPS_N_FIGURES]) figures, known, N_GROUPS, N_CLASSES, gaps);
}

static void
reset (void)
{
  for (int k = 0; k < GROUPS_N_FIGURES; k++)
    for (int g = 0; g < N_GROUPS; g++)
      figures[g][k] = (groups_figure) { 0, 0, (double) NAN };
  set (GROUPS_ACCURACY, 0.5, 0.75, 0.6);
  set (GROUPS_TPR, 0.9, 0.8, 0.7);
  set (GROUPS_TPR + 1, 0.5, 0.4, 0.45);
  set (GROUPS_FPR, 0.05, 0.1, 0.1);
  set (GROUPS_FPR + 1, 0.1, 0.4, 0.2);
  set (GROUPS_PREDICTED, 0.3, 0.3, 0.4);
  set (GROUPS_PREDICTED + 1, 0.7, 0.7, 0.6);
  measure ();
}

static void
gaps_are_highest_less_lowest (void)
{
  reset ();
  const groups_gap *a = &gaps[GROUPS_ACCURACY];
  check_near (a->gap, 0.25, 1e-12);
  check_near (a->ratio, 0.5 / 0.75, 1e-12);
  check (a->n_groups == 3 && a->lowest == 0 && a->highest == 1 && a->source == GROUPS_ACCURACY);
  check (isnan (gaps[GROUPS_DETECTION].gap) && isnan (gaps[GROUPS_TPR + 2].gap));
}

static void
odds_are_the_greater_of_two_and_the_whole_the_greatest_of_all (void)
{
  reset ();
  check_near (gaps[GROUPS_ODDS].gap, 0.2, 1e-12);
  check (gaps[GROUPS_ODDS].source == GROUPS_TPR);
  check_near (gaps[GROUPS_ODDS + 1].gap, 0.3, 1e-12);
  check (gaps[GROUPS_ODDS + 1].source == GROUPS_FPR + 1);
  check_near (gaps[GROUPS_EQUAL_OPPORTUNITY].gap, 0.2, 1e-12);
  check (gaps[GROUPS_EQUAL_OPPORTUNITY].lowest == 2 && gaps[GROUPS_EQUAL_OPPORTUNITY].highest == 0);
  check_near (gaps[GROUPS_EQUALISED_ODDS].gap, 0.3, 1e-12);
  check (gaps[GROUPS_EQUALISED_ODDS].source == GROUPS_FPR + 1 && gaps[GROUPS_EQUALISED_ODDS].highest == 1);
  check_near (gaps[GROUPS_PARITY].gap, 0.1, 1e-12);
}

static void
groups_of_fewer_than_30_are_not_compared (void)
{
  reset ();
  figures[0][GROUPS_ACCURACY].n = 29;
  figures[2][GROUPS_TPR].n = 30;
  figures[1][GROUPS_FPR + 1].n = figures[2][GROUPS_FPR + 1].n = 29;
  measure ();
  check_near (gaps[GROUPS_ACCURACY].gap, 0.15, 1e-12);
  check (gaps[GROUPS_ACCURACY].lowest == 2 && gaps[GROUPS_ACCURACY].n_groups == 2);
  check_near (gaps[GROUPS_TPR].gap, 0.2, 1e-12);
  check (isnan (gaps[GROUPS_FPR + 1].gap) && isnan (gaps[GROUPS_ODDS + 1].gap));
  check_near (gaps[GROUPS_EQUALISED_ODDS].gap, 0.2, 1e-12);
}

static void
every_gap_has_a_name_of_its_own (void)
{
  for (int k = 0; k < GROUPS_N_GAPS; k++) {
    const groups_about a = groups_about_of (k);
    require (a.key && a.title);
    check (a.label < FER_MAX_LABELS);
    if (a.label < 0)
      check (groups_gap_of_key (a.key) == k);
    for (int j = 0; j < k; j++) {
      const groups_about b = groups_about_of (j);
      check (a.label != b.label || strcmp (a.key, b.key));
    }
  }
  check (groups_about_of (GROUPS_FPR + 3).label == 3 && !strcmp (groups_about_of (GROUPS_FPR + 3).key, "fpr"));
  check (groups_about_of (GROUPS_ODDS).label == 0 && !strcmp (groups_about_of (GROUPS_PREDICTED + 15).key, "predicted"));
  check (groups_gap_of_key ("tpr") == -1 && groups_gap_of_key ("") == -1);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (gaps_are_highest_less_lowest),
                                   TEST (odds_are_the_greater_of_two_and_the_whole_the_greatest_of_all),
                                   TEST (groups_of_fewer_than_30_are_not_compared),
                                   TEST (every_gap_has_a_name_of_its_own),
                                   { 0 } });
}
