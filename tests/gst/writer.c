/* SPDX-License-Identifier: MIT
 * What the element writes: metas that say the same, and messages when they are asked for. */
#include <string.h>

#include "../test.h"
#include "rig.h"

static GstBuffer *
picture_with_faces (const GstVideoInfo *info, int n)
{
  GstBuffer *buffer = rig_picture (info, 1);
  for (int i = 0; i < n; i++)
    rig_add_face (buffer, 4 + 30 * i, 6, 24, 24);
  return buffer;
}

static GstVideoRegionOfInterestMeta *
nth_roi (GstBuffer *buffer, int n)
{
  gpointer state = NULL;
  GstMeta *meta = NULL;
  for (int i = 0; i <= n; i++)
    meta = gst_buffer_iterate_meta_filtered (buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
  return (GstVideoRegionOfInterestMeta *) meta;
}

static void
writes_params_of_roi_metas (void)
{
  GstHarness *h = rig_new ("feremotion MODEL");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *out = gst_harness_push_and_pull (h, picture_with_faces (&info, 2));
  require (out && rig_n_faces (out) == 2);
  for (int i = 0; i < 2; i++) {
    const GstStructure *face = rig_face (out, i), *params = gst_video_region_of_interest_meta_get_param (nth_roi (out, i), "emotion");
    int id;
    require (params && gst_structure_get_int (params, "label_id", &id) && id >= 0 && id < 7);
    check (strcmp (gst_structure_get_string (params, "label"), fer_labels7[id]) == 0);
    check (strcmp (gst_structure_get_string (params, "label"), gst_structure_get_string (face, "label")) == 0);
    check (strcmp (gst_structure_get_string (params, "attribute_name"), "emotion") == 0);
    check (g_str_has_prefix (gst_structure_get_string (params, "model_name"), "feremotion-"));
    check (rig_number (params, "confidence") == rig_number (face, "confidence"));
    check (rig_number (params, "confidence") == rig_probability (params, id));
  }
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
says_how_steady_a_face_is (void)
{
  GstHarness *h = rig_new ("feremotion MODEL interval=60");
  GstVideoInfo info;
  gboolean fresh;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *in = picture_with_faces (&info, 1);
    GST_BUFFER_PTS (in) = i * 40 * GST_MSECOND;
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    require (out && rig_n_faces (out) == 1);
    const GstStructure *both[] = { rig_face (out, 0), gst_video_region_of_interest_meta_get_param (nth_roi (out, 0), "emotion") };
    for (int k = 0; k < 2; k++) {
      const GValue *ranking = gst_structure_get_value (both[k], "ranking");
      require (both[k] && ranking && gst_value_array_get_size (ranking) == 7);
      check (gst_structure_get_boolean (both[k], "fresh", &fresh) && fresh == (i != 1));
      check (strcmp (g_value_get_string (gst_value_array_get_value (ranking, 0)), gst_structure_get_string (both[k], "label")) == 0);
      check (rig_number (both[k], "margin") > 0 && rig_number (both[k], "margin") < rig_number (both[k], "confidence"));
      check (gst_structure_has_field (both[k], "raw") && gst_structure_has_field (both[k], "quality") && gst_structure_has_field (both[k], "age"));
    }
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

/* What Deep Learning Streamer's gvametaconvert reads of a region: its place from 0 to 1, and who it is. */
static void
describes_its_own_boxes (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER faces=finder");
  GstVideoInfo info;
  int id = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 240);
  GstBuffer *out = gst_harness_push_and_pull (h, rig_spots (&info, (rig_spot[]) { { 160, 120 } }, 1));
  require (out && rig_n_faces (out) == 1 && nth_roi (out, 0));
  const GstStructure *detection = gst_video_region_of_interest_meta_get_param (nth_roi (out, 0), "detection");
  const GstStructure *object = gst_video_region_of_interest_meta_get_param (nth_roi (out, 0), "object_id");
  require (detection && object);
  check_near (rig_number (detection, "x_min"), rig_number (rig_face (out, 0), "x") / 320, 1e-6);
  check_near (rig_number (detection, "y_max"), (rig_number (rig_face (out, 0), "y") + rig_number (rig_face (out, 0), "h")) / 240, 1e-6);
  check (rig_number (detection, "confidence") == rig_number (rig_face (out, 0), "score"));
  check (gst_structure_get_int (object, "id", &id) && id == 1);
  check (nth_roi (out, 0)->id > 0);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* Which of the carriers a frame with one face has: roi, custom, json. */
static void
check_carriers (const char *format, gboolean roi, gboolean custom, gboolean json)
{
  char *line = g_strdup_printf ("feremotion MODEL faces=frame meta-format=%s", format);
  GstHarness *h = rig_new (line);
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *out = gst_harness_push_and_pull (h, picture_with_faces (&info, 0));
  require (out);
  const GstStructure *s = rig_result (out);
  check ((nth_roi (out, 0) != NULL) == roi);
  check ((s != NULL) == custom);
  const char *line_of_json = s ? gst_structure_get_string (s, "json") : NULL;
  check ((line_of_json != NULL) == json);
  check (!json || (g_str_has_prefix (line_of_json, "{\"version\":1,") && strstr (line_of_json, "\"width\":64,\"height\":48,")));
  gst_buffer_unref (out);
  gst_harness_teardown (h);
  g_free (line);
}

static void
writes_what_is_asked_for (void)
{
  check_carriers ("auto", TRUE, TRUE, FALSE);
  check_carriers ("roi", TRUE, FALSE, FALSE);
  check_carriers ("custom", FALSE, TRUE, FALSE);
  check_carriers ("json", FALSE, TRUE, TRUE);
  check_carriers ("auto+json", TRUE, TRUE, TRUE);
  check_carriers ("0", FALSE, FALSE, FALSE);
}

static void
the_json_line_is_scaled_with_the_picture (void)
{
  GstHarness *h = rig_new ("feremotion MODEL meta-format=json ! videoscale ! capsfilter caps=video/x-raw,width=128,height=96");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *in = picture_with_faces (&info, 1);
  GST_BUFFER_PTS (in) = GST_SECOND;
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out && rig_result (out));
  const char *json = gst_structure_get_string (rig_result (out), "json");
  require (json);
  check (strstr (json, "\"pts\":1000000000,\"running_time\":1000000000,") && strstr (json, "\"width\":128,\"height\":96,"));
  check (strstr (json, "\"box\":[8,12,48,48]"));
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
a_frame_without_faces_says_so (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=upstream");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *out = gst_harness_push_and_pull (h, picture_with_faces (&info, 0));
  require (out);
  check (rig_n_faces (out) == 0);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
a_whole_frame_gets_a_roi_meta (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *out = gst_harness_push_and_pull (h, picture_with_faces (&info, 0));
  require (out && nth_roi (out, 0));
  check (nth_roi (out, 0)->w == 64 && nth_roi (out, 0)->h == 48 && gst_video_region_of_interest_meta_get_param (nth_roi (out, 0), "emotion"));
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
two_in_a_row_do_not_double (void)
{
  static const char *const lines[] = { "feremotion MODEL ! feremotion MODEL threshold=1",
                                       "feremotion MODEL faces=frame ! feremotion MODEL faces=frame threshold=1" };
  for (int i = 0; i < 2; i++) {
    GstHarness *h = rig_new (lines[i]);
    GstVideoInfo info;
    rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
    GstBuffer *out = gst_harness_push_and_pull (h, picture_with_faces (&info, i == 0));
    require (out && rig_n_faces (out) == 1);
    gpointer state = NULL;
    int n_results = 0;
    for (GstMeta *meta; (meta = gst_buffer_iterate_meta (out, &state));)
      n_results += meta->info == gst_meta_get_info ("FerEmotionMeta");
    check (n_results == 1);
    check (!nth_roi (out, 1) && g_list_length (nth_roi (out, 0)->params) == (i == 0 ? 1 : 2)); /* "detection" of a box of ours */
    const GstStructure *params = gst_video_region_of_interest_meta_get_param (nth_roi (out, 0), "emotion");
    check (params && strcmp (gst_structure_get_string (params, "label"), "unsure") == 0); /* the last one's */
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

static void
results_survive_conversion_and_scaling (void)
{
  GstHarness *h = rig_new ("feremotion MODEL ! videoconvert ! videoscale ! capsfilter caps=video/x-raw,format=RGB,width=128,height=96");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *out = gst_harness_push_and_pull (h, picture_with_faces (&info, 2));
  require (out && rig_n_faces (out) == 2);
  check_near (rig_number (rig_face (out, 1), "x"), 68, 1e-4);
  check_near (rig_number (rig_face (out, 1), "w"), 48, 1e-4);
  check (nth_roi (out, 1)->x == 68 && nth_roi (out, 1)->w == 48);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* Element messages "feremotion" for frames with these numbers of faces. */
static int
n_messages (const char *updates, const int *faces, int n, GstStructure **last)
{
  char *line = g_strdup_printf ("feremotion MODEL faces=upstream updates=%s", updates);
  GstHarness *h = rig_new (line);
  GstBus *bus = rig_bus (h);
  GstVideoInfo info;
  int count = 0;
  gst_harness_set_live (h, FALSE); /* a file: no wall clock */
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 128, 48);
  for (int i = 0; i < n; i++) {
    GstBuffer *in = picture_with_faces (&info, faces[i]);
    GST_BUFFER_PTS (in) = (guint64) i * 40 * GST_MSECOND;
    gst_buffer_unref (gst_harness_push_and_pull (h, in));
  }
  for (GstMessage *message; (message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT)); gst_message_unref (message)) {
    count += gst_message_has_name (message, "feremotion");
    if (last)
      gst_clear_structure (last);
    if (last)
      *last = gst_structure_copy (gst_message_get_structure (message));
  }
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  g_free (line);
  return count;
}

static void
posts_when_asked (void)
{
  static const int faces[] = { 0, 0, 1, 1, 3, 3, 3, 0 };
  check (n_messages ("none", faces, 8, NULL) == 0);
  check (n_messages ("every-frame", faces, 8, NULL) == 8);
  check (n_messages ("on-face", faces, 8, NULL) == 5);
  check (n_messages ("on-change", faces, 8, NULL) == 4);
}

static void
messages_carry_the_result (void)
{
  static const int faces[] = { 1, 2 };
  GstStructure *s = NULL;
  guint64 running_time = 0;
  check (n_messages ("every-frame", faces, 2, &s) == 2);
  require (s);
  check (gst_structure_get_uint64 (s, "running-time", &running_time) && running_time == 40 * GST_MSECOND);
  check (gst_structure_has_field (s, "timestamp") && gst_structure_has_field (s, "stream-time") && gst_structure_has_field (s, "duration"));
  check (gst_value_array_get_size (gst_structure_get_value (s, "faces")) == 2);
  const char *json = gst_structure_get_string (s, "json");
  require (json);
  check (g_str_has_prefix (json, "{\"version\":1,\"pts\":40000000,\"running_time\":40000000,\"time\":null,\"width\":128,\"height\":48,"));
  check (strstr (json, "\"faces\":[{\"id\":1,"));
  check (!strchr (json, '\n'));
  gst_structure_free (s);
}

static void
messages_on_change_say_what_changed (void)
{
  static const int faces[] = { 2, 2, 1 };
  GstStructure *s = NULL;
  guint64 lasted = 0;
  check (n_messages ("on-change", faces, 3, &s) == 2);
  require (s && gst_structure_has_field (s, "changes"));
  const GValue *changes = gst_structure_get_value (s, "changes");
  const GstStructure *last = gst_value_get_structure (gst_value_array_get_value (changes, gst_value_array_get_size (changes) - 1));
  check (strcmp (gst_structure_get_string (last, "change"), "left") == 0 && gst_structure_has_field (last, "id"));
  check (gst_structure_get_uint64 (last, "lasted", &lasted) && lasted == 80 * GST_MSECOND);
  check (strstr (gst_structure_get_string (s, "json"), "\"change\":\"left\""));
  gst_structure_free (s);
}

static void
takes_the_time_from_reference_timestamps (void)
{
  GstHarness *h = rig_new ("feremotion MODEL");
  GstVideoInfo info;
  GstCaps *caps = gst_caps_new_empty_simple ("timestamp/x-unix");
  gint64 time = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *in = picture_with_faces (&info, 1);
  gst_buffer_add_reference_timestamp_meta (in, caps, 1700000000 * GST_SECOND + 5 * GST_MSECOND, GST_CLOCK_TIME_NONE);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out);
  check (gst_structure_get_int64 (rig_result (out), "time", &time) && time == G_GINT64_CONSTANT (1700000000005000));
  gst_buffer_unref (out);
  gst_caps_unref (caps);
  gst_harness_teardown (h);
}

/* The frame was due half a second ago on the pipeline's clock. */
static void
takes_the_time_of_live_frames_from_the_clock (void)
{
  GstHarness *h = rig_new ("feremotion MODEL");
  GstVideoInfo info;
  gint64 time = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  gst_harness_set_time (h, GST_SECOND);
  GstBuffer *in = picture_with_faces (&info, 1);
  GST_BUFFER_PTS (in) = 500 * GST_MSECOND;
  gint64 before = g_get_real_time ();
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  gint64 after = g_get_real_time ();
  require (out && gst_structure_get_int64 (rig_result (out), "time", &time));
  check (time >= before - 500000 && time <= after - 500000);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
bytes_have_no_running_time (void)
{
  GstHarness *h = rig_new ("feremotion MODEL updates=every-frame threshold=0.5 ! feremotionjson");
  GstVideoInfo info;
  GstSegment segment;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  gst_segment_init (&segment, GST_FORMAT_BYTES); /* a file of raw frames */
  check (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  GstBuffer *out = gst_harness_push_and_pull (h, picture_with_faces (&info, 1));
  require (out);
  char text[128] = "";
  gst_buffer_extract (out, 0, text, sizeof text - 1);
  check (strstr (text, "\"pts\":null,\"running_time\":null,\"time\":null"));
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (writes_params_of_roi_metas),
                                             TEST (says_how_steady_a_face_is),
                                             TEST (describes_its_own_boxes),
                                             TEST (writes_what_is_asked_for),
                                             TEST (the_json_line_is_scaled_with_the_picture),
                                             TEST (a_frame_without_faces_says_so),
                                             TEST (a_whole_frame_gets_a_roi_meta),
                                             TEST (two_in_a_row_do_not_double),
                                             TEST (results_survive_conversion_and_scaling),
                                             TEST (posts_when_asked),
                                             TEST (bytes_have_no_running_time),
                                             TEST (messages_carry_the_result),
                                             TEST (messages_on_change_say_what_changed),
                                             TEST (takes_the_time_from_reference_timestamps),
                                             TEST (takes_the_time_of_live_frames_from_the_clock),
                                             { 0 } }));
}
