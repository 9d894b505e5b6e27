/* SPDX-License-Identifier: MIT
 * A live source at 30 frames a second, a sink in real time that complains of late frames, and a machine that has other things to do: every frame that
 * comes leaves. What the sink makes of them is the machine's, and only noted. */
#include "../test.h"
#include "rig.h"

#define SECONDS 1.5
#define LEAST 10        /* frames, for which it waits ... */
#define LONGEST_WAIT 60 /* ... so many seconds more, where other work takes nearly all of the machine */

static GstPadProbeReturn
count (GstPad *pad, GstPadProbeInfo *info, gpointer n)
{
  (void) pad, (void) info;
  g_atomic_int_inc ((gint *) n);
  return GST_PAD_PROBE_OK;
}

static void
count_frames (GstElement *element, const char *pad_name, gint *n)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count, n, NULL);
  gst_object_unref (pad);
}

static gpointer
keep_busy (gpointer stop)
{
  while (!g_atomic_int_get ((gint *) stop))
    ;
  return NULL;
}

/* The elements' properties as they are asked for, whatever level of work that leaves. */
static void
check_flow (const char *properties)
{
  char *line = g_strdup_printf ("videotestsrc is-live=true pattern=smpte ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! feremotion "
                                "name=e finder-model=%s model=%s %s ! fakesink name=s sync=true qos=true max-lateness=5000000 processing-deadline=0",
                                rig_finder, rig_model, properties);
  GstElement *pipeline = gst_parse_launch (line, NULL), *e = gst_bin_get_by_name (GST_BIN (pipeline), "e");
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "s");
  GThread *busy[4];
  GstStructure *stats = NULL;
  gint came = 0, left = 0, stop = 0;
  guint64 rendered = 0, late = 0;
  count_frames (e, "sink", &came);
  count_frames (e, "src", &left);
  for (gsize i = 0; i < G_N_ELEMENTS (busy); i++)
    busy[i] = g_thread_new ("busy", keep_busy, &stop);
  check (gst_element_set_state (pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
  g_usleep ((gulong) (SECONDS * G_USEC_PER_SEC));
  for (int tenths = 0; g_atomic_int_get (&came) < LEAST && tenths < 10 * LONGEST_WAIT; tenths++)
    g_usleep (G_USEC_PER_SEC / 10);
  g_object_get (sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "rendered", &rendered);
  gst_structure_get_uint64 (stats, "dropped", &late);
  gst_structure_free (stats);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_atomic_int_set (&stop, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (busy); i++)
    g_thread_join (busy[i]);
  /* The last one may have come while the pipeline stopped. */
  check (came >= LEAST && came - left <= 1);
  test_note ("\"%s\": %d frames came, %d left, the sink showed %d and dropped %d", properties, came, left, (int) rendered, (int) late);
  gst_object_unref (e);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (line);
}

static void
every_frame_leaves (void)
{
  check_flow ("detect-interval=0 interval=0 overlay=both");
}

static void
every_frame_leaves_without_waiting (void)
{
  check_flow ("detect-interval=0 interval=0 overlay=both async=true");
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (every_frame_leaves), TEST (every_frame_leaves_without_waiting), { 0 } }));
}
