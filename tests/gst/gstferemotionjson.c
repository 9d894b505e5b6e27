/* SPDX-License-Identifier: MIT */
#include <glib/gstdio.h>
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

/* A whole pipeline, as a user types it. */
static void
a_pipeline_writes_a_file (void)
{
  char *path = NULL, *text = NULL;
  g_close (g_file_open_tmp ("feremotion-XXXXXX.jsonl", &path, NULL), NULL);
  char *launch =
      g_strdup_printf ("videotestsrc num-buffers=5 ! feremotion model=%s faces=frame ! feremotionjson ! filesink location=%s", rig_model, path);
  GstElement *pipeline = gst_parse_launch (launch, NULL);
  require (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  check (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_clear_message (&message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  require (g_file_get_contents (path, &text, NULL, NULL));
  char **lines = g_strsplit (text, "\n", -1);
  check (g_strv_length (lines) == 6 && !*lines[5]);
  for (int i = 0; i < 5 && lines[i]; i++)
    check (g_str_has_prefix (lines[i], "{\"version\":1,") && g_str_has_suffix (lines[i], "}]}"));
  g_strfreev (lines);
  g_free (text);
  g_free (launch);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  remove (path);
  g_free (path);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (writes_a_line_a_frame),
                                             TEST (boxes_are_in_pixels_of_the_scaled_frame),
                                             TEST (unread_frames_give_gaps),
                                             TEST (warns_without_results),
                                             TEST (a_pipeline_writes_a_file),
                                             { 0 } }));
}
