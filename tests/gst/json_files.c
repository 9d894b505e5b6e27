/* SPDX-License-Identifier: MIT
 * Files that feremotionjson writes in whole pipelines, as others read them. */
#include <glib/gstdio.h>
#include <string.h>

#include "../test.h"
#include "rig.h"

static void
run (const char *launch)
{
  GstElement *pipeline = gst_parse_launch (launch, NULL);
  require (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  GstBus *bus = gst_element_get_bus (pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  check (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_clear_message (&message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

static char *
temporary (const char *name)
{
  char *path = NULL;
  g_close (g_file_open_tmp (name, &path, NULL), NULL);
  return path;
}

/* The text and times of the subtitles of a file, as somebody else's parser or demuxer gives them. */
static char *
read_back (const char *path, const char *reader)
{
  GString *all = g_string_new (NULL);
  char *launch = g_strdup_printf ("filesrc location=%s ! %s ! appsink name=sink sync=false caps=\"text/x-raw\"", path, reader);
  GstElement *pipeline = gst_parse_launch (launch, NULL), *sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  for (;;) {
    GstSample *sample = NULL;
    g_signal_emit_by_name (sink, "try-pull-sample", 20 * GST_SECOND, &sample);
    if (!sample)
      break;
    GstBuffer *buffer = gst_sample_get_buffer (sample);
    char text[128] = "";
    gst_buffer_extract (buffer, 0, text, sizeof text - 1);
    g_string_append_printf (all, "%u+%u %s;", (guint) (GST_BUFFER_PTS (buffer) / GST_MSECOND), (guint) (GST_BUFFER_DURATION (buffer) / GST_MSECOND),
                            g_strchomp (text));
    gst_sample_unref (sample);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (launch);
  return g_string_free (all, FALSE);
}

/* What rest writes into its filesink, the last element, behind three seconds of an unsure face. */
static void
check_subtitles (const char *rest, const char *reader, const char *expected)
{
  char *path = temporary ("feremotion-XXXXXX.subtitles");
  char *launch = g_strdup_printf ("videotestsrc num-buffers=90 ! video/x-raw,width=64,height=48,framerate=30/1 ! feremotion model=%s faces=frame "
                                  "threshold=1 ! %s location=%s",
                                  rig_model, rest, path);
  run (launch);
  char *text = read_back (path, reader);
  check (strcmp (text, expected) == 0);
  if (strcmp (text, expected))
    test_note ("%s", text);
  g_free (text);
  g_free (launch);
  remove (path);
  g_free (path);
}

static void
others_read_its_files (void)
{
  check_subtitles ("feremotionjson format=vtt ! filesink", "subparse", "0+3000 unsure;");
  check_subtitles ("feremotionjson format=srt ! filesink", "subparse", "0+3000 unsure;");
}

/* Cues of a second, so that the video need not be held for longer. */
static void
becomes_a_track_of_matroska (void)
{
  check_subtitles (
      "tee name=t ! queue ! jpegenc ! queue max-size-time=3000000000 ! matroskamux name=mux t. ! queue ! feremotionjson format=srt ! mux. "
      "mux. ! filesink",
      "matroskademux", "0+1000 unsure;1000+1000 unsure;2000+1000 unsure;");
}

/* A whole pipeline, as a user types it. */
static void
a_pipeline_writes_a_file (void)
{
  char *path = temporary ("feremotion-XXXXXX.jsonl"), *text = NULL;
  char *launch =
      g_strdup_printf ("videotestsrc num-buffers=5 ! feremotion model=%s faces=frame ! feremotionjson ! filesink location=%s", rig_model, path);
  run (launch);
  require (g_file_get_contents (path, &text, NULL, NULL));
  char **lines = g_strsplit (text, "\n", -1);
  check (g_strv_length (lines) == 6 && !*lines[5]);
  for (int i = 0; i < 5 && lines[i]; i++)
    check (g_str_has_prefix (lines[i], "{\"version\":1,") && g_str_has_suffix (lines[i], "}]}"));
  g_strfreev (lines);
  g_free (text);
  g_free (launch);
  remove (path);
  g_free (path);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (
      test_run ((test_case[]) { TEST (others_read_its_files), TEST (becomes_a_track_of_matroska), TEST (a_pipeline_writes_a_file), { 0 } }));
}
