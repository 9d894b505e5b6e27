/* SPDX-License-Identifier: MIT
 * The element in a pipeline: states, caps, flushes, gaps, models that do not load, warnings. */
#include <string.h>
#include <unistd.h>

#include "../test.h"
#include "rig.h"

static GstBuffer *
push (GstHarness *h, GstBuffer *in)
{
  return gst_harness_push_and_pull (h, in);
}

/* ---- frames ---------------------------------------------------------------------------------------------------------------- */

static void
a_tee_shares_memory (void)
{
  GstHarness *h = rig_new ("feremotion MODEL");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *in = rig_picture (&info, 1);
  rig_add_face (in, 4, 4, 30, 30);
  GstBuffer *other = gst_buffer_ref (in); /* the tee's second branch */
  GstBuffer *out = push (h, in);
  require (out);
  check (out != other && rig_n_faces (out) == 1 && rig_n_faces (other) == -1);
  check (gst_buffer_peek_memory (out, 0) == gst_buffer_peek_memory (other, 0));
  gst_buffer_unref (other);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
follows_caps (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame");
  static const struct {
    GstVideoFormat format;
    int width, height;
  } steps[] = { { GST_VIDEO_FORMAT_I420, 64, 48 }, { GST_VIDEO_FORMAT_RGB, 33, 71 }, { GST_VIDEO_FORMAT_P010_10LE, 128, 16 } };
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++) {
    GstVideoInfo info;
    rig_set_format (h, &info, steps[i].format, steps[i].width, steps[i].height);
    GstBuffer *out = push (h, rig_picture (&info, 1));
    require (out && rig_n_faces (out) == 1);
    check (rig_number (rig_face (out, 0), "w") == steps[i].width && rig_number (rig_face (out, 0), "h") == steps[i].height);
    GstCaps *caps = gst_pad_get_current_caps (h->sinkpad), *expected = gst_video_info_to_caps (&info);
    check (gst_caps_is_equal (caps, expected));
    gst_caps_unref (caps);
    gst_caps_unref (expected);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

static void
passes_marked_frames_unread (void)
{
  static const GstBufferFlags flags[] = { GST_BUFFER_FLAG_GAP, GST_BUFFER_FLAG_CORRUPTED, GST_BUFFER_FLAG_DECODE_ONLY };
  GstHarness *h = rig_new ("feremotion MODEL faces=frame overlay=labels");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++) {
    GstBuffer *in = rig_picture (&info, 1);
    GstMemory *memory = gst_buffer_peek_memory (in, 0);
    GST_BUFFER_FLAG_SET (in, flags[i]);
    GstBuffer *out = push (h, in);
    require (out);
    check (rig_n_faces (out) == -1 && GST_BUFFER_FLAG_IS_SET (out, flags[i]) && gst_buffer_peek_memory (out, 0) == memory);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

static void
late_frames_flow (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (guint i = 0; i < 5; i++) {
    GstBuffer *in = rig_picture (&info, 1);
    GST_BUFFER_PTS (in) = i * 33 * GST_MSECOND;
    GstBuffer *out = push (h, in);
    require (out);
    gst_buffer_unref (out);
    gst_harness_push_upstream_event (h, gst_event_new_qos (GST_QOS_TYPE_UNDERFLOW, 3, GST_SECOND, i * 33 * GST_MSECOND));
  }
  gst_harness_teardown (h);
}

static void
goes_on_after_a_flush (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame updates=on-change");
  GstBus *bus = rig_bus (h);
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  for (int i = 0; i < 2; i++) {
    GstSegment segment;
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_buffer_unref (push (h, rig_picture (&info, 1)));
    check (gst_harness_push_event (h, gst_event_new_flush_start ()));
    check (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)));
    check (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  }
  for (int i = 0; i < 2; i++) { /* the same picture is news after each flush */
    GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
    check (message != NULL);
    if (message)
      gst_message_unref (message);
  }
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

static void
refuses_frames_that_are_too_small (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame");
  GstBus *bus = rig_bus (h);
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  check (gst_harness_push (h, gst_buffer_new_allocate (NULL, 100, NULL)) == GST_FLOW_ERROR);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  require (message);
  gst_message_unref (message);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

/* ---- states and models ----------------------------------------------------------------------------------------------------- */

static void
survives_all_states (void)
{
  static const GstState states[] = { GST_STATE_READY,   GST_STATE_NULL,  GST_STATE_PAUSED, GST_STATE_READY, GST_STATE_PLAYING, GST_STATE_PAUSED,
                                     GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_NULL,  GST_STATE_PLAYING, GST_STATE_NULL };
  GstElement *element = gst_element_factory_make ("feremotion", NULL);
  require (element);
  g_object_set (element, "model", rig_model, "overlay", 3, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++) {
    GstStructure *info = NULL;
    check (gst_element_set_state (element, states[i]) == GST_STATE_CHANGE_SUCCESS);
    g_object_get (element, "model-info", &info, NULL);
    check ((info != NULL) == (states[i] >= GST_STATE_PAUSED));
    gst_clear_structure (&info);
  }
  gst_object_unref (element);
}

static void
describes_its_model (void)
{
  GstHarness *h = rig_new ("feremotion name=e MODEL");
  GstElement *element = gst_bin_get_by_name (GST_BIN (h->element), "e");
  GstStructure *info = NULL;
  int size = 0;
  g_object_get (element, "model-info", &info, NULL);
  require (info);
  check (gst_structure_get_int (info, "input-size", &size) && size == 24);
  check (gst_value_array_get_size (gst_structure_get_value (info, "labels")) == 7);
  check (g_str_has_prefix (gst_structure_get_string (info, "name"), "feremotion-"));
  gst_structure_free (info);
  gst_object_unref (element);
  gst_harness_teardown (h);
}

static void
check_refused (const char *path, GQuark domain, int code, const char *reason)
{
  GstElement *element = gst_element_factory_make ("feremotion", NULL);
  GstBus *bus = gst_bus_new ();
  GError *error = NULL;
  gst_element_set_bus (element, bus);
  g_object_set (element, "model", path, NULL);
  check (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  check (message != NULL);
  if (message) {
    gst_message_parse_error (message, &error, NULL);
    gboolean right = error->domain == domain && error->code == code && strstr (error->message, path) && strstr (error->message, reason);
    if (!right)
      test_note ("%s %d: %s", g_quark_to_string (error->domain), error->code, error->message);
    check (right);
    g_error_free (error);
    gst_message_unref (message);
  }
  gst_element_set_state (element, GST_STATE_NULL);
  g_object_set (element, "model", rig_model, NULL); /* and it works once the model is right */
  check (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

static void
names_what_is_wrong_with_a_model (void)
{
  char *bytes, *path;
  gsize size;
  nn_error error;
  close (g_file_open_tmp ("broken-XXXXXX.onnx", &path, NULL));
  require (g_file_get_contents (rig_model, &bytes, &size, NULL));

  check_refused ("/nowhere/model.onnx", GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, "No such file");
  g_file_set_contents (path, bytes, (gssize) size / 2, NULL);
  check_refused (path, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE, "");
  g_file_set_contents (path, "hello", 5, NULL);
  check_refused (path, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE, "");

  nn_model *model = nn_model_load (rig_model, &error);
  require (model && nn_model_set (model, "fer.labels", "[\"happy\",\"sad\"]") && nn_model_save (model, path, &error));
  check_refused (path, GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, "labels");
  nn_model_free (model);
  unlink (path);
  g_free (path);
  g_free (bytes);
}

/* The embedded model knows its ranges; the toy does not, and the element says who writes them. */
static void
runs_with_integers (void)
{
  GstElement *element = gst_element_factory_make ("feremotion", NULL);
  nn_error error = { "" };
  gint precision = -1;
  g_object_get (element, "precision", &precision, NULL);
  check (precision == NN_PRECISION_FULL);
  gst_util_set_object_arg (G_OBJECT (element), "precision", "fast");
  check (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_SUCCESS);
  gst_element_set_state (element, GST_STATE_NULL);
  g_object_set (element, "model", rig_model, NULL);
  check (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE);
  check (!fer_classifier_load (rig_model, 1, NN_PRECISION_FAST, &error) && strstr (error.text, "fer-ranges"));
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

/* ---- warnings -------------------------------------------------------------------------------------------------------------- */

/* Warnings after n frames, of which the first has a face if so asked. */
static int
n_warnings (const char *line, int n, gboolean face)
{
  GstHarness *h = rig_new (line);
  GstBus *bus = rig_bus (h);
  GstVideoInfo info;
  int count = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 16, 16);
  for (int i = 0; i < n; i++) {
    GstBuffer *in = rig_picture (&info, 1);
    if (face && i == 0)
      rig_add_face (in, 0, 0, 14, 14);
    gst_buffer_unref (push (h, in));
  }
  for (GstMessage *message; (message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING)); gst_message_unref (message)) {
    GError *error = NULL;
    gst_message_parse_warning (message, &error, NULL);
    count += strstr (error->message, "faces=frame") && strstr (error->message, "facedetect");
    g_error_free (error);
  }
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
  return count;
}

static void
warns_once_when_no_face_comes (void)
{
  check (n_warnings ("feremotion MODEL faces=upstream", 99, FALSE) == 0);
  check (n_warnings ("feremotion MODEL faces=upstream", 250, FALSE) == 1);
  check (n_warnings ("feremotion MODEL faces=upstream", 120, TRUE) == 0);
  check (n_warnings ("feremotion MODEL faces=frame", 120, FALSE) == 0);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (a_tee_shares_memory),
                                             TEST (follows_caps),
                                             TEST (passes_marked_frames_unread),
                                             TEST (late_frames_flow),
                                             TEST (goes_on_after_a_flush),
                                             TEST (refuses_frames_that_are_too_small),
                                             TEST (survives_all_states),
                                             TEST (describes_its_model),
                                             TEST (names_what_is_wrong_with_a_model),
                                             TEST (runs_with_integers),
                                             TEST (warns_once_when_no_face_comes),
                                             { 0 } }));
}
