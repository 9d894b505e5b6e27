/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "../test.h"
#include "rig.h"

/* The line of a buffer, without its newline; NULL when it is not exactly one line. g_free it. */
static char *
line_of (GstBuffer *buffer)
{
  char *text = g_malloc0 (gst_buffer_get_size (buffer) + 1);
  gst_buffer_extract (buffer, 0, text, gst_buffer_get_size (buffer));
  char *end = strchr (text, '\n');
  if (!end || end[1]) {
    g_free (text);
    return NULL;
  }
  *end = '\0';
  return text;
}

static void
writes_a_line_a_frame (void)
{
  GstHarness *h = rig_new ("feremotion MODEL updates=every-frame ! feremotionjson");
  GstBus *bus = rig_bus (h);
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *in = rig_picture (&info, 1);
    if (i)
      rig_add_face (in, 4, 4, 30, 30);
    GST_BUFFER_PTS (in) = i * 40 * GST_MSECOND;
    GST_BUFFER_DURATION (in) = 40 * GST_MSECOND;
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    require (out);
    check (GST_BUFFER_PTS (out) == i * 40 * GST_MSECOND && GST_BUFFER_DURATION (out) == 40 * GST_MSECOND);
    char *line = line_of (out);
    GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
    require (line && message);
    check (strcmp (line, gst_structure_get_string (gst_message_get_structure (message), "json")) == 0);
    check ((strstr (line, "\"faces\":[]") != NULL) == (i == 0));
    gst_message_unref (message);
    g_free (line);
    gst_buffer_unref (out);
  }
  GstCaps *caps = gst_pad_get_current_caps (h->sinkpad);
  check (gst_structure_has_name (gst_caps_get_structure (caps, 0), "application/x-ndjson"));
  gst_caps_unref (caps);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

static void
boxes_are_in_pixels_of_the_scaled_frame (void)
{
  GstHarness *h = rig_new ("feremotion MODEL ! videoscale ! capsfilter caps=video/x-raw,width=32,height=24 ! feremotionjson");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *in = rig_picture (&info, 1);
  rig_add_face (in, 4, 8, 30, 32);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  char *line = out ? line_of (out) : NULL;
  require (line);
  check (strstr (line, "\"width\":32,\"height\":24") && strstr (line, "\"box\":[2,4,15,16]"));
  g_free (line);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static int
n_events (GstHarness *h, GstEventType type)
{
  int n = 0;
  for (GstEvent *event; (event = gst_harness_try_pull_event (h)); gst_event_unref (event))
    n += GST_EVENT_TYPE (event) == type;
  return n;
}

static void
unread_frames_give_gaps (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame ! feremotionjson");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (guint i = 0; i < 4; i++) {
    GstBuffer *in = rig_picture (&info, 1);
    GST_BUFFER_PTS (in) = i * 40 * GST_MSECOND;
    if (i % 2)
      GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_GAP);
    check (gst_harness_push (h, in) == GST_FLOW_OK);
  }
  check (gst_harness_buffers_received (h) == 2);
  check (n_events (h, GST_EVENT_GAP) == 2);
  check (gst_harness_push_event (h, gst_event_new_eos ()));
  check (n_events (h, GST_EVENT_EOS) == 1);
  gst_harness_teardown (h);
}

static void
warns_without_results (void)
{
  GstHarness *h = gst_harness_new ("feremotionjson");
  GstBus *bus = rig_bus (h);
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 16, 16);
  for (int i = 0; i < 150; i++)
    check (gst_harness_push (h, rig_picture (&info, 1)) == GST_FLOW_OK);
  GstMessage *first = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING), *second = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  check (first && !second);
  check (gst_harness_buffers_received (h) == 0);
  gst_clear_message (&first);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

/* Frames of 40 ms with so many faces each, and the end; what comes out, one after the other. g_free it. */
static char *
text_of (const char *launch, const char *sink_caps, const int *faces, guint n, guint *n_buffers)
{
  GstHarness *h = rig_new (launch);
  GString *all = g_string_new (NULL);
  GstVideoInfo info;
  if (sink_caps)
    gst_harness_set_sink_caps_str (h, sink_caps);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 128, 48);
  for (guint i = 0; i < n; i++) {
    GstBuffer *in = rig_picture (&info, 1);
    for (int k = 0; k < faces[i]; k++)
      rig_add_face (in, 4 + 40 * k, 6, 24, 24);
    GST_BUFFER_PTS (in) = GST_SECOND + i * 40 * GST_MSECOND;
    GST_BUFFER_DURATION (in) = 40 * GST_MSECOND;
    check (gst_harness_push (h, in) == GST_FLOW_OK);
  }
  check (gst_harness_push_event (h, gst_event_new_eos ()));
  *n_buffers = 0;
  for (GstBuffer *out; (out = gst_harness_try_pull (h)); gst_buffer_unref (out), ++*n_buffers) {
    GstMapInfo map;
    gst_buffer_map (out, &map, GST_MAP_READ);
    if (sink_caps)
      g_string_append_printf (all, "%u+%u ", (guint) (GST_BUFFER_PTS (out) / GST_MSECOND), (guint) (GST_BUFFER_DURATION (out) / GST_MSECOND));
    g_string_append_len (all, (const char *) map.data, (gssize) map.size);
    g_string_append (all, sink_caps ? ";" : "");
    gst_buffer_unmap (out, &map);
  }
  gst_harness_teardown (h);
  return g_string_free (all, FALSE);
}

/* expected has FACE for the label that the test model gives to both faces. */
static void
check_subtitles (const char *launch, const char *sink_caps, const int *faces, guint n, const char *expected)
{
  guint n_buffers;
  char *json = text_of ("feremotion MODEL faces=upstream ! feremotionjson", NULL, (int[]) { 2 }, 1, &n_buffers);
  GString *text = g_string_new (expected);
  for (int i = 0; i < 2; i++) {
    const char *label = strstr (i ? strstr (json, "\"id\":2") : json, "\"label\":\"") + 9;
    char *name = g_strndup (label, strcspn (label, "\""));
    g_string_replace (text, i ? "SECOND" : "FIRST", name, 0);
    g_free (name);
  }
  char *got = text_of (launch, sink_caps, faces, n, &n_buffers);
  check (strcmp (got, text->str) == 0);
  if (strcmp (got, text->str))
    test_note ("%s", got);
  g_string_free (text, TRUE);
  g_free (json);
  g_free (got);
}

static const int coming_and_going[] = { 0, 1, 1, 1, 2, 2, 0, 0 };

static void
writes_webvtt (void)
{
  static const char launch[] = "feremotion MODEL faces=upstream ! feremotionjson format=vtt";
  check_subtitles (launch, NULL, coming_and_going, 8,
                   "WEBVTT\n\n00:00:01.040 --> 00:00:01.160\n1: FIRST\n\n00:00:01.160 --> 00:00:01.240\n1: FIRST\n2: SECOND\n\n");
  check_subtitles (launch, NULL, coming_and_going + 4, 2, "WEBVTT\n\n00:00:01.000 --> 00:00:01.080\n1: FIRST\n2: SECOND\n\n"); /* to the end */
  check_subtitles (launch, NULL, coming_and_going, 1, "WEBVTT\n\n");
}

static void
writes_subrip (void)
{
  check_subtitles ("feremotion MODEL faces=upstream ! feremotionjson format=srt", NULL, coming_and_going, 8,
                   "1\n00:00:01,040 --> 00:00:01,160\n1: FIRST\n\n2\n00:00:01,160 --> 00:00:01,240\n1: FIRST\n2: SECOND\n\n");
}

static void
gives_bare_text_to_muxers (void)
{
  static const int long_one[] = { 1, 1, 1, 1, 1 };
  static const char *const formats[] = { "vtt", "srt" };
  for (int i = 0; i < 2; i++) {
    char *launch = g_strdup_printf ("feremotion MODEL faces=upstream ! feremotionjson max-duration=80 format=%s", formats[i]);
    check_subtitles (launch, "text/x-raw,format=utf8", coming_and_going, 8, "1040+80 1: FIRST;1120+40 1: FIRST;1160+80 1: FIRST\n2: SECOND;");
    check_subtitles (launch, "text/x-raw,format=utf8", long_one, 5, "1000+80 1: FIRST;1080+80 1: FIRST;1160+40 1: FIRST;");
    g_free (launch);
  }
}

static void
no_gap_lies_in_a_cue (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=upstream ! feremotionjson format=srt");
  GstVideoInfo info;
  int gaps = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (guint i = 0; i < 6; i++) { /* nobody, a face, not read, the face, nobody, nobody */
    GstBuffer *in = rig_picture (&info, 1);
    GST_BUFFER_PTS (in) = i * 40 * GST_MSECOND;
    if (i >= 1 && i <= 3)
      rig_add_face (in, 4, 6, 24, 24);
    if (i == 2)
      GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_GAP);
    check (gst_harness_push (h, in) == GST_FLOW_OK);
  }
  for (GstEvent *event; (event = gst_harness_try_pull_event (h)); gst_event_unref (event)) {
    GstClockTime start;
    if (GST_EVENT_TYPE (event) != GST_EVENT_GAP)
      continue;
    gst_event_parse_gap (event, &start, NULL);
    check (start == (gaps++ ? 200 : 0) * GST_MSECOND); /* the cue itself took the place of the one at 160 */
  }
  check (gaps == 2 && gst_harness_buffers_received (h) == 1);
  gst_harness_teardown (h);
}

static GstPadProbeReturn
note_early_text (GstPad *pad, GstPadProbeInfo *info, gpointer early)
{
  GstEvent *segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  (void) info;
  *(gboolean *) early |= !segment;
  gst_clear_event (&segment);
  return GST_PAD_PROBE_OK;
}

/* With a segment that is not the one a pad begins with, as demuxers send it. */
static void
no_text_comes_before_the_segment (void)
{
  GstHarness *h = gst_harness_new_parse ("feremotionjson format=vtt");
  GstPad *pad = gst_element_get_static_pad (h->element, "src");
  GstCaps *caps = gst_caps_new_empty_simple ("video/x-raw");
  GstSegment segment;
  gboolean early = FALSE;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_early_text, &early, NULL);
  gst_harness_push_event (h, gst_event_new_stream_start ("film"));
  gst_harness_push_event (h, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.stop = GST_SECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  check (gst_harness_push_event (h, gst_event_new_eos ()));
  check (!early && gst_harness_buffers_received (h) == 1); /* the header */
  gst_object_unref (pad);
  gst_harness_teardown (h);
}

static void
a_flush_drops_the_open_cue (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=upstream ! feremotionjson format=vtt");
  GstVideoInfo info;
  GstSegment segment;
  char text[128] = "";
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (guint i = 0; i < 2; i++) {
    GstBuffer *in = rig_picture (&info, 1);
    rig_add_face (in, 4, 6, 24, 24);
    GST_BUFFER_PTS (in) = GST_SECOND;
    GST_BUFFER_DURATION (in) = 40 * GST_MSECOND;
    check (gst_harness_push (h, in) == GST_FLOW_OK);
    if (i)
      break;
    gst_harness_push_event (h, gst_event_new_flush_start ());
    gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    segment.start = GST_SECOND;
    segment.time = 10 * GST_SECOND; /* players count from where the file was entered */
    gst_harness_push_event (h, gst_event_new_segment (&segment));
  }
  check (gst_harness_push_event (h, gst_event_new_eos ()));
  require (gst_harness_buffers_received (h) == 2); /* the header, once, and a cue */
  gst_buffer_unref (gst_harness_pull (h));
  GstBuffer *out = gst_harness_pull (h);
  gst_buffer_extract (out, 0, text, sizeof text - 1);
  check (g_str_has_prefix (text, "00:00:10.000 --> 00:00:10.040\n2: "));
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
adds_the_users_fields_and_the_wall_clock (void)
{
  static const int one[] = { 1 };
  guint n;
  char *line = text_of ("feremotion MODEL faces=upstream ! feremotionjson wall-clock=true fields=\"f,camera=3,site=hall,faces=9\"", NULL, one, 1, &n);
  check (n == 1 && g_str_has_suffix (line, "}],\"camera\":3,\"site\":\"hall\"}\n"));
  const char *written = strstr (line, "\"written\":\"");
  require (written);
  GDateTime *now = g_date_time_new_now_utc ();
  char *stamp = g_strndup (written + 11, strcspn (written + 11, "\""));
  GDateTime *time = g_date_time_new_from_iso8601 (stamp, NULL);
  require (time);
  check (g_date_time_compare (time, now) <= 0 && g_date_time_difference (now, time) < 60 * G_TIME_SPAN_SECOND);
  g_date_time_unref (time);
  g_date_time_unref (now);
  g_free (stamp);
  g_free (line);

  char *cue = text_of ("feremotion MODEL faces=upstream ! feremotionjson wall-clock=true format=srt", NULL, one, 1, &n);
  char **lines = g_strsplit (cue, "\n", -1);
  require (g_strv_length (lines) == 6);
  time = g_date_time_new_from_iso8601 (lines[2], NULL);
  check (time && g_str_has_prefix (lines[3], "1: "));
  g_clear_pointer (&time, g_date_time_unref);
  g_strfreev (lines);
  g_free (cue);
}

static void
the_format_holds_while_it_runs (void)
{
  GstHarness *h = gst_harness_new_parse ("feremotionjson name=json");
  GstElement *json = gst_bin_get_by_name (GST_BIN (h->element), "json");
  GstBus *bus = rig_bus (h);
  GstVideoInfo info;
  gint format = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 16, 16);
  gst_util_set_object_arg (G_OBJECT (json), "format", "vtt");
  g_object_get (json, "format", &format, NULL);
  GstMessage *warning = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  check (format == 0 && warning);
  gst_clear_message (&warning);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_object_unref (json);
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (writes_a_line_a_frame),
                                             TEST (boxes_are_in_pixels_of_the_scaled_frame),
                                             TEST (unread_frames_give_gaps),
                                             TEST (warns_without_results),
                                             TEST (writes_webvtt),
                                             TEST (writes_subrip),
                                             TEST (gives_bare_text_to_muxers),
                                             TEST (no_gap_lies_in_a_cue),
                                             TEST (no_text_comes_before_the_segment),
                                             TEST (a_flush_drops_the_open_cue),
                                             TEST (adds_the_users_fields_and_the_wall_clock),
                                             TEST (the_format_holds_while_it_runs),
                                             { 0 } }));
}
