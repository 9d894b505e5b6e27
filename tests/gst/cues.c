/* SPDX-License-Identifier: MIT */
#include "cues.h"

#include <string.h>

#include "../test.h"

/* Frames of 40 ms. */
static gboolean
add (cues *c, const char *text, guint i, GstClockTime longest, cue *done)
{
  return cues_add (c, text, i * 40 * GST_MSECOND, 40 * GST_MSECOND, longest, i, done);
}

static void
check_cue (const cue *done, const char *text, guint first, guint end)
{
  check (strcmp (done->text, text) == 0 && done->start == first * 40 * GST_MSECOND && done->end == end * 40 * GST_MSECOND && done->time_us == first);
  g_free (done->text);
}

static void
last_until_the_text_changes (void)
{
  static const char *const texts[] = { NULL, "a", "a", "a", "b", NULL, NULL, "b" };
  cues c = { 0 };
  cue done;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    gboolean over = add (&c, texts[i], i, 0, &done);
    check (over == (i == 4 || i == 5));
    if (over)
      check_cue (&done, i == 4 ? "a" : "b", i == 4 ? 1 : 4, i);
  }
  require (cues_end (&c, &done));
  check_cue (&done, "b", 7, 8);
  check (!cues_end (&c, &done));
}

static void
are_cut_where_they_must_be (void)
{
  cues c = { 0 };
  cue done;
  guint n = 0;
  for (guint i = 0; i < 10; i++)
    if (add (&c, "a", i, 160 * GST_MSECOND, &done))
      check_cue (&done, "a", 4 * n++, i);
  check (n == 2);
  require (cues_end (&c, &done));
  check_cue (&done, "a", 8, 10);
}

static void
end_with_the_last_frame_whatever_it_says_of_itself (void)
{
  cues c = { 0 };
  cue done;
  cues_add (&c, "a", 0, GST_CLOCK_TIME_NONE, 0, 0, &done);
  require (cues_end (&c, &done));
  check_cue (&done, "a", 0, 1); /* one frame */
  cues_add (&c, "a", 0, GST_CLOCK_TIME_NONE, 0, 0, &done);
  cues_add (&c, "a", 80 * GST_MSECOND, GST_CLOCK_TIME_NONE, 0, 0, &done);
  require (cues_end (&c, &done));
  check_cue (&done, "a", 0, 4); /* as long as the one before */
}

static void
never_end_before_they_begin (void)
{
  cues c = { 0 };
  cue done;
  add (&c, "a", 10, 0, &done);
  require (add (&c, "b", 2, 0, &done));
  check (done.end == done.start);
  g_free (done.text);
  require (cues_end (&c, &done));
  check_cue (&done, "b", 2, 3);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (last_until_the_text_changes),
                                   TEST (are_cut_where_they_must_be),
                                   TEST (end_with_the_last_frame_whatever_it_says_of_itself),
                                   TEST (never_end_before_they_begin),
                                   { 0 } });
}
