/* SPDX-License-Identifier: MIT
 * What is done, what is left out, and what the element says of it: stats, LATENCY, QoS. Times are the machine's: none is expected, but for limits
 * that nothing can keep or miss. */
#include <string.h>

#include "../test.h"
#include "rig.h"

#define FRAME (GST_SECOND / 30)

/* n frames of two white squares, all of which leave with so many faces. */
static void
push_faces (rig_fixture *f, int n, int faces)
{
  for (int i = 0; i < n; i++) {
    GstBuffer *in = rig_spots (&f->info, (rig_spot[]) { { 80, 80 }, { 240, 120 } }, 2);
    GST_BUFFER_PTS (in) = (guint64) f->frames++ * FRAME;
    GstBuffer *out = gst_harness_push_and_pull (f->h, in);
    check (out && rig_n_faces (out) == faces);
    gst_clear_buffer (&out);
  }
}

static void
push (rig_fixture *f, int n)
{
  push_faces (f, n, 2);
}

static guint64
number (rig_fixture *f, const char *group, const char *field)
{
  GstStructure *stats = NULL;
  guint64 n = G_MAXUINT64;
  g_object_get (f->element, "stats", &stats, NULL);
  const GValue *inner = group && stats ? gst_structure_get_value (stats, group) : NULL;
  if (stats && (inner || !group))
    gst_structure_get_uint64 (inner ? gst_value_get_structure (inner) : stats, field, &n);
  gst_clear_structure (&stats);
  return n;
}

/* Field of a stage's times. */
static double
ms (rig_fixture *f, const char *stage, const char *field)
{
  GstStructure *stats = NULL;
  double value = -1;
  g_object_get (f->element, "stats", &stats, NULL);
  const GstStructure *all = gst_value_get_structure (gst_structure_get_value (stats, "ms"));
  gst_structure_get_double (gst_value_get_structure (gst_structure_get_value (all, stage)), field, &value);
  gst_structure_free (stats);
  return value;
}

static void
counts_what_is_done (void)
{
  static const char *const stages[] = { "find", "read", "heat-map", "attach", "draw", "frame" };
  rig_fixture f;
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 overlay=both interval=0 max-faces-per-frame=0 heatmap-interval=0");
  check (number (&f, NULL, "frames") == 0);
  push (&f, 30);
  check (number (&f, NULL, "frames") == 30 && number (&f, NULL, "analysed") == 30 && number (&f, NULL, "faces") == 60);
  check (number (&f, NULL, "inferences") == 60 && number (&f, NULL, "heat-maps") == 60 && number (&f, NULL, "searches") == 5);
  check (number (&f, "shed", "heat-maps") == 0 && number (&f, "shed", "searches") == 0);
  for (gsize i = 0; i < G_N_ELEMENTS (stages); i++) {
    double p50 = ms (&f, stages[i], "p50"), p95 = ms (&f, stages[i], "p95"), p99 = ms (&f, stages[i], "p99"), max = ms (&f, stages[i], "max");
    check (p50 > 0 && p50 <= p95 && p95 <= p99 && p99 <= max);
    check (ms (&f, stages[i], "mean") > 0 && ms (&f, stages[i], "mean") <= max && max <= ms (&f, "frame", "max"));
  }
  gst_element_set_state (f.h->element, GST_STATE_READY);
  gst_element_set_state (f.h->element, GST_STATE_PLAYING);
  check (number (&f, NULL, "frames") == 0); /* another start */
  rig_tear_down (&f);
}

/* As for faces that are followed, though every frame is read. */
static void
explains_whole_frames_as_often_as_it_may (void)
{
  rig_fixture f;
  rig_set_up (&f, "feremotion name=e MODEL faces=frame overlay=heatmap heatmap-interval=200");
  push_faces (&f, 30, 1);
  check (number (&f, NULL, "inferences") == 30 && number (&f, NULL, "heat-maps") == 5);
  g_object_set (f.element, "heatmap-interval", 0, NULL);
  push_faces (&f, 10, 1);
  check (number (&f, NULL, "heat-maps") == 15);
  rig_tear_down (&f);
}

/* No frame can be read in no time; after three seconds each kind of work was done as often as it must. */
static void
sheds_what_does_not_fit (void)
{
  rig_fixture f;
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 overlay=both interval=0 max-faces-per-frame=0 heatmap-interval=0");
  push (&f, 10);
  g_object_set (f.element, "max-latency", 1, NULL);
  guint64 read = number (&f, NULL, "inferences");
  push (&f, 90);
  guint64 left_out =
      number (&f, "shed", "heat-maps") + number (&f, "shed", "readings") + number (&f, "shed", "searches") + number (&f, "shed", "looks");
  check (number (&f, NULL, "frames") == 100);
  check (number (&f, NULL, "inferences") - read + number (&f, "shed", "readings") == 180); /* all that were due, done or not */
  check (number (&f, NULL, "inferences") > read);
  test_note ("%d pieces of work left out of 90 frames of at most 1 ms", (int) left_out);
  rig_tear_down (&f);
}

/* A sink that says that everything is late: all work is left out, but for once a second; all frames leave, and a message says so. */
static void
late_frames_are_kept_and_not_worked_on (void)
{
  rig_fixture f;
  gint quality = 0;
  guint64 processed = 0, dropped = 1;
  GstFormat format;
  rig_set_up (&f, "feremotion name=e MODEL FINDER min-quality=0 interval=0 max-faces-per-frame=0");
  push (&f, 3);
  guint64 before = number (&f, NULL, "inferences");
  gst_harness_push_upstream_event (f.h, gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 2, 60 * GST_SECOND, 3 * FRAME));
  push (&f, 60);
  guint64 late = number (&f, NULL, "inferences") - before;
  check (late >= 2 && late <= 10);
  check (number (&f, NULL, "frames") == 63 && number (&f, "shed", "readings") >= 100 && number (&f, "shed", "looks") > 0);
  GstMessage *message = gst_bus_pop_filtered (f.bus, GST_MESSAGE_QOS);
  require (message);
  gst_message_parse_qos_values (message, NULL, NULL, &quality);
  gst_message_parse_qos_stats (message, &format, &processed, &dropped);
  check (quality == 800000 && format == GST_FORMAT_BUFFERS && processed == 3 && dropped == 0);
  gst_message_unref (message);
  gst_harness_push_upstream_event (f.h, gst_event_new_qos (GST_QOS_TYPE_OVERFLOW, 1, -1, 63 * FRAME));
  push (&f, 120);
  before = number (&f, NULL, "inferences");
  push (&f, 10);
  check (number (&f, NULL, "inferences") - before == 20);
  rig_tear_down (&f);
}

static void
a_new_face_without_time_says_so (void)
{
  rig_fixture f;
  rig_set_up (&f, "feremotion name=e MODEL faces=frame");
  gst_harness_push_upstream_event (f.h, gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 2, 60 * GST_SECOND, 0));
  GstBuffer *out = NULL;
  for (int i = 0; i < 4; i++) {
    gst_clear_buffer (&out);
    GstBuffer *in = rig_picture (&f.info, 1);
    GST_BUFFER_PTS (in) = (guint64) i * FRAME;
    out = gst_harness_push_and_pull (f.h, in);
  }
  require (out && rig_n_faces (out) == 1);
  const char *skipped = gst_structure_get_string (rig_face (out, 0), "skipped");
  check (skipped && strcmp (skipped, fer_skip_text (FER_SKIP_LATE)) == 0 && rig_probability (rig_face (out, 0), 0) == 0);
  gst_buffer_unref (out);
  rig_tear_down (&f);
}

static GstClockTime
latency_of (rig_fixture *f)
{
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min = GST_CLOCK_TIME_NONE;
  GstPad *pad = gst_element_get_static_pad (f->element, "src");
  if (gst_pad_query (pad, query))
    gst_query_parse_latency (query, NULL, &min, NULL);
  gst_object_unref (pad);
  gst_query_unref (query);
  return min;
}

static GstPadProbeReturn
wait_a_little (GstPad *pad, GstPadProbeInfo *info, gpointer user)
{
  (void) pad, (void) info, (void) user;
  g_usleep (20000);
  return GST_PAD_PROBE_OK;
}

/* What a frame's way takes counts, as with a picture that is slow to be mapped; what follows downstream does not. */
static void
tells_its_delay_to_live_pipelines (void)
{
  rig_fixture f;
  rig_set_up (&f, "feremotion name=e MODEL FINDER");
  gst_harness_set_live (f.h, TRUE);
  gst_harness_set_upstream_latency (f.h, 40 * GST_MSECOND);
  rig_set_format (f.h, &f.info, GST_VIDEO_FORMAT_GRAY8, 321, 200); /* caps anew: the source has become live */
  GstPad *pad = gst_element_get_static_pad (f.element, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, wait_a_little, NULL, NULL);
  gst_object_unref (pad);
  check (latency_of (&f) == 40 * GST_MSECOND);
  push (&f, 10);
  GstClockTime told = latency_of (&f);
  double longest = ms (&f, "frame", "max");
  check (told >= 40 * GST_MSECOND && (told - 40 * GST_MSECOND) % GST_MSECOND == 0);
  check (longest < 1 || (double) (told - 40 * GST_MSECOND) / GST_MSECOND >= 0.95 * longest);
  check ((double) (told - 40 * GST_MSECOND) / GST_MSECOND <= 1.05 * longest + 1);
  GstMessage *message = gst_bus_pop_filtered (f.bus, GST_MESSAGE_LATENCY);
  check ((message != NULL) == (told > 40 * GST_MSECOND));
  if (message)
    gst_message_unref (message);
  rig_tear_down (&f);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (counts_what_is_done),
                                             TEST (explains_whole_frames_as_often_as_it_may),
                                             TEST (sheds_what_does_not_fit),
                                             TEST (late_frames_are_kept_and_not_worked_on),
                                             TEST (a_new_face_without_time_says_so),
                                             TEST (tells_its_delay_to_live_pipelines),
                                             { 0 } }));
}
