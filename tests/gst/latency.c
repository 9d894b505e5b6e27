/* SPDX-License-Identifier: MIT */
#include "latency.h"

#include "../test.h"

/* How often what is told changes in n frames, every sixth of which takes longer. */
static int
n_changes (latency *l, int n, double usual, double longer)
{
  int changes = 0;
  for (int i = 0; i < n; i++) {
    GstClockTime before = l->told;
    l->told = latency_estimate (l, i % 6 ? usual : longer);
    changes += l->told != before;
  }
  return changes;
}

static void
tells_the_longest_time_of_late (void)
{
  latency l = { .told = 0 };
  check (n_changes (&l, 600, 2, 5) == 1 && l.told == 6 * GST_MSECOND);
  check (n_changes (&l, 1, 2, 20) == 1 && l.told == 21 * GST_MSECOND); /* at once */
  int changes = n_changes (&l, 12000, 2, 5);
  check (changes >= 2 && changes <= 6 && l.told >= 6 * GST_MSECOND && l.told <= 8 * GST_MSECOND); /* by and by */
  check (n_changes (&l, 12000, 2, 5) == 0);
}

static void
what_delays_nothing_tells_nothing (void)
{
  latency l = { .told = 0 };
  check (n_changes (&l, 600, 0.1, 0.9) == 0 && l.told == 0);
  check (n_changes (&l, 600, 2, 5) == 1);
  n_changes (&l, 12000, 0.1, 0.2);
  check (l.told == 0);
}

/* A search with second looks, every hundredth frame: pipelines are not to be told of it again and again. */
static void
what_comes_back_is_told_once (void)
{
  latency l = { .told = 0 };
  int changes = 0;
  for (int i = 0; i < 20; i++)
    changes += n_changes (&l, 1, 14, 14) + n_changes (&l, 99, 2, 7);
  check (changes == 1 && l.told == 15 * GST_MSECOND);
}

static void
adds_to_answers_of_live_sources (void)
{
  static const struct {
    gboolean live;
    GstClockTime min, max, then_min, then_max;
  } cases[] = { { TRUE, 33, 100, 33 + 7, 100 + 7 }, { TRUE, 33, GST_CLOCK_TIME_NONE, 33 + 7, GST_CLOCK_TIME_NONE }, { FALSE, 0, 50, 0, 50 } };
  latency l = { .told = 7 };
  GstElement *element = gst_element_factory_make ("feremotion", NULL);
  require (element);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstQuery *query = gst_query_new_latency ();
    gboolean live;
    GstClockTime min, max;
    gst_query_set_latency (query, cases[i].live, cases[i].min, cases[i].max);
    latency_add (&l, element, query);
    gst_query_parse_latency (query, &live, &min, &max);
    check (live == cases[i].live && min == cases[i].then_min && max == cases[i].then_max);
    gst_query_unref (query);
  }
  gst_object_unref (element);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) {
      TEST (tells_the_longest_time_of_late), TEST (what_delays_nothing_tells_nothing), TEST (what_comes_back_is_told_once),
      TEST (adds_to_answers_of_live_sources), { 0 } });
}
