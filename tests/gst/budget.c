/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include <math.h>

#include "../test.h"

#define FRAME (33 * GST_MSECOND)

static budget
learned (void)
{
  budget b;
  budget_init (&b);
  budget_learn (&b, WORK_HEATMAP, 2, 6);
  budget_learn (&b, WORK_NEW, 4, 4);
  budget_learn (&b, WORK_AGAIN, 1, 1);
  budget_learn (&b, WORK_SEARCH, 1, 5);
  budget_learn (&b, WORK_LOOK, 1, 2);
  budget_begin (&b, 0);
  return b;
}

static const int wanted[N_WORKS] = { [WORK_HEATMAP] = 4, [WORK_NEW] = 2, [WORK_AGAIN] = 2, [WORK_SEARCH] = 1, [WORK_LOOK] = 1 };

/* What of a frame with a look, a search, two faces to read again, two new ones and four heat maps is done in ms. */
static void
allot_all (budget *b, double ms, GstClockTime time, int *n)
{
  for (int k = N_WORKS - 1; k >= 0; k--)
    n[k] = budget_allot (b, (work) k, wanted[k], time, &ms);
}

static void
leaves_out_what_matters_least (void)
{
  static const struct {
    double ms;
    int n[N_WORKS]; /* heat maps, new, again, search, look */
  } cases[] = {
    { HUGE_VAL, { 4, 2, 2, 1, 1 } },
    { 23, { 4, 2, 2, 1, 1 } },
    { 22.9, { 3, 2, 2, 1, 1 } },
    { 13.9, { 0, 2, 2, 1, 1 } },
    { 10, { 0, 1, 2, 1, 1 } },
    { 8, { 0, 0, 1, 1, 1 } },
    { 7, { 0, 0, 0, 1, 1 } },
    { 2.5, { 0, 0, 0, 0, 1 } },
    { 0, { 0 } },
    { -3, { 0 } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    budget b = learned ();
    int n[N_WORKS];
    allot_all (&b, cases[i].ms, 0, n);
    for (int k = 0; k < N_WORKS; k++) {
      check (n[k] == cases[i].n[k] && b.done[k] == n[k]);
      check (b.done[k] + b.shed[k] == wanted[k]);
    }
  }
}

static void
a_level_leaves_out_kinds (void)
{
  for (int level = 0; level <= N_WORKS; level++) {
    budget b = learned ();
    int n[N_WORKS];
    budget_begin (&b, level);
    allot_all (&b, HUGE_VAL, 0, n);
    for (int k = 0; k < N_WORKS; k++)
      check ((n[k] == 0) == (k < level));
  }
}

/* What is not known yet is tried, as long as there is any time. */
static void
learns_what_work_takes (void)
{
  budget b;
  double left = 1;
  budget_init (&b);
  budget_begin (&b, 0);
  check (budget_allot (&b, WORK_SEARCH, 1, 0, &left) == 1 && left == 1);
  budget_learn (&b, WORK_SEARCH, 1, 4);
  check (budget_allot (&b, WORK_SEARCH, 1, 0, &left) == 0);
  for (int i = 0; i < 100; i++)
    budget_learn (&b, WORK_SEARCH, 2, 1);
  check_near (b.ms[WORK_SEARCH], 0.5, 1e-3);
  check (budget_allot (&b, WORK_SEARCH, 1, 0, &left) == 1);
  budget_learn (&b, WORK_SEARCH, 1, 3);
  check (b.ms[WORK_SEARCH] == 3);
}

/* Once in a second work is done that there is never time for, in full; not when there was nothing to do. */
static void
nothing_is_left_out_for_ever (void)
{
  budget b = learned ();
  int searches = 0, heatmaps = 0, last = 0;
  for (int i = 0; i < 300; i++) {
    int n[N_WORKS];
    budget_begin (&b, N_WORKS);
    allot_all (&b, 1, (guint64) i * FRAME, n);
    searches += n[WORK_SEARCH];
    heatmaps += n[WORK_HEATMAP];
    if (n[WORK_SEARCH]) {
      check ((guint64) (i - last) * FRAME >= BUDGET_PATIENCE && (guint64) (i - last - 1) * FRAME < BUDGET_PATIENCE + FRAME);
      last = i;
    }
  }
  check (searches >= 8 && searches <= 10 && heatmaps == 4 * searches);

  double left = 0;
  b = learned ();
  budget_allot (&b, WORK_NEW, 1, 0, &left);
  budget_allot (&b, WORK_NEW, 0, GST_SECOND / 2, &left);
  check (budget_allot (&b, WORK_NEW, 1, 2 * GST_SECOND, &left) == 0);
  budget_forget (&b);
  check (budget_allot (&b, WORK_NEW, 1, 4 * GST_SECOND, &left) == 0);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (leaves_out_what_matters_least),
                                   TEST (a_level_leaves_out_kinds),
                                   TEST (learns_what_work_takes),
                                   TEST (nothing_is_left_out_for_ever),
                                   { 0 } });
}
