/* SPDX-License-Identifier: MIT */
#include "subtitle.h"

#include <string.h>

#include "../test.h"

static void
check_text (char *text, const char *expected)
{
  check (g_strcmp0 (text, expected) == 0);
  if (g_strcmp0 (text, expected))
    test_note ("%s", text ? text : "NULL");
  g_free (text);
}

static void
has_a_line_a_face (void)
{
  fer_result result = { .n_labels = 7, .labels = fer_labels7 };
  check_text (subtitle_of_result (&result), NULL);
  result.n_faces = 2;
  result.faces[0] = (fer_face) { .id = 12, .label = 3 };
  result.faces[1] = (fer_face) { .label = -1 };
  check_text (subtitle_of_result (&result), "12: happy\nunsure");
}

static void
no_label_ends_a_line (void)
{
  static const char *const labels[] = { "a\n\nb\rc\x01", "" };
  fer_result result = { .n_labels = 2, .labels = labels, .n_faces = 2 };
  result.faces[1] = (fer_face) { .id = 1, .label = 1 };
  check_text (subtitle_of_result (&result), "a  b c \n1: ");
}

static const cue example = { (char *) "1: <a> & b", 0, 0, G_GINT64_CONSTANT (1700000000250000) };

static void
writes_webvtt (void)
{
  GstClockTime start = 3723 * GST_SECOND + 4 * GST_MSECOND + 999999, end = 360000 * GST_SECOND;
  check_text (subtitle_of_cue (&example, SUBTITLE_VTT, 1, start, end, FALSE), "01:02:03.004 --> 100:00:00.000\n1: &lt;a&gt; &amp; b\n\n");
}

static void
writes_subrip (void)
{
  check_text (subtitle_of_cue (&example, SUBTITLE_SRT, 7, 0, GST_SECOND, TRUE),
              "7\n00:00:00,000 --> 00:00:01,000\n2023-11-14T22:13:20Z\n1: <a> & b\n\n");
}

static void
writes_bare_text (void)
{
  check_text (subtitle_of_cue (&example, SUBTITLE_PLAIN, 7, 0, GST_SECOND, FALSE), "1: <a> & b");
}

static void
no_cue_has_no_length (void)
{
  check_text (subtitle_of_cue (&example, SUBTITLE_SRT, 1, GST_SECOND, GST_SECOND + 5, FALSE), "1\n00:00:01,000 --> 00:00:01,001\n1: <a> & b\n\n");
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (has_a_line_a_face),
                                   TEST (no_label_ends_a_line),
                                   TEST (writes_webvtt),
                                   TEST (writes_subrip),
                                   TEST (writes_bare_text),
                                   TEST (no_cue_has_no_length),
                                   { 0 } });
}
