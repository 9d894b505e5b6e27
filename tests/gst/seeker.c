/* SPDX-License-Identifier: MIT
 * Who finds faces, who they are, when they are read: the element with a finder that finds white squares, new ones near odd multiples of 16. */
#include <string.h>
#include <unistd.h>

#include "../test.h"
#include "rig.h"

#define FRAME (GST_SECOND / 30)

static GstBuffer *
push (GstHarness *h, const GstVideoInfo *info, const rig_spot *spots, int n, GstClockTime pts)
{
  GstBuffer *in = rig_spots (info, spots, n);
  GST_BUFFER_PTS (in) = pts;
  return gst_harness_push_and_pull (h, in);
}

static guint64
whole (const GstStructure *s, const char *field)
{
  guint64 number = G_MAXUINT64;
  gst_structure_get_uint64 (s, field, &number);
  return number;
}

static double
middle (const GstStructure *face, const char *at, const char *side)
{
  return rig_number (face, at) + 0.5 * rig_number (face, side);
}

static gboolean
comes_from (const GstStructure *face, const char *source)
{
  return strcmp (gst_structure_get_string (face, "source"), source) == 0;
}

/* ---- the finder ------------------------------------------------------------------------------------------------------------ */

static void
finds_and_follows (void)
{
  static const char *const lines[] = { "feremotion MODEL FINDER min-quality=0", "feremotion MODEL FINDER faces=finder min-quality=0" };
  for (int k = 0; k < 2; k++) {
    GstHarness *h = rig_new (lines[k]);
    GstVideoInfo info;
    rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 200);
    for (int i = 0; i < 40; i++) {
      rig_spot spots[2] = { { 48 + 4 * i, 48 }, { 240 - 4 * i, 144 } };
      GstBuffer *out = push (h, &info, spots, 2, (guint64) i * FRAME);
      require (out && rig_n_faces (out) == 2);
      for (int j = 0; j < 2; j++) {
        const GstStructure *face = rig_face (out, spots[0].y < 100 && rig_number (rig_face (out, 0), "y") < 80 ? j : 1 - j);
        check (whole (face, "id") >= 1 && whole (face, "id") <= 2 && comes_from (face, "finder"));
        check_near (middle (face, "x", "w"), spots[j].x, 6);
        check_near (middle (face, "y", "h"), spots[j].y, 6);
        check_near (rig_number (face, "w"), RIG_FACE, 5);
        check (rig_number (face, "score") > 0.5 && rig_number (face, "quality") >= 0 && !gst_structure_has_field (face, "skipped"));
        check (gst_value_array_get_size (gst_structure_get_value (face, "points")) == 10);
        check (gst_value_array_get_size (gst_structure_get_value (face, "raw")) == 7);
      }
      check (whole (rig_face (out, 0), "id") == 1 && whole (rig_face (out, 1), "id") == 2);
      gst_buffer_unref (out);
    }
    gst_harness_teardown (h);
  }
}

static void
frames_need_no_times (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER min-quality=0");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 160, 120);
  for (int i = 0; i < 20; i++) {
    GstBuffer *out = push (h, &info, &(rig_spot) { 48 + 2 * i, 48 }, 1, GST_CLOCK_TIME_NONE);
    require (out && rig_n_faces (out) == 1);
    check (whole (rig_face (out, 0), "id") == 1);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

static void
a_flush_or_a_seek_begins_anew (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER min-quality=0");
  GstVideoInfo info;
  GstSegment segment;
  guint64 ids[4];
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 160, 120);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  for (int i = 0; i < 4; i++) {
    if (i == 1)
      check (gst_harness_push_event (h, gst_event_new_segment (&segment))); /* the same again */
    if (i == 2) {
      check (gst_harness_push_event (h, gst_event_new_flush_start ()) && gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)));
      check (gst_harness_push_event (h, gst_event_new_segment (&segment)));
    }
    segment.start = segment.position = segment.time = 5 * GST_SECOND;
    if (i == 3)
      check (gst_harness_push_event (h, gst_event_new_segment (&segment)));
    segment.start = segment.position = segment.time = 0;
    GstBuffer *out = push (h, &info, &(rig_spot) { 48, 48 }, 1, 5 * GST_SECOND + (guint64) i * FRAME);
    require (out && rig_n_faces (out) == 1);
    ids[i] = whole (rig_face (out, 0), "id");
    gst_buffer_unref (out);
  }
  check (ids[0] == 1 && ids[1] == 1 && ids[2] == 2 && ids[3] == 3);
  gst_harness_teardown (h);
}

static void
keeps_the_largest (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER min-quality=0 max-faces=1");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 120);
  for (int i = 0; i < 5; i++) {
    GstBuffer *out = push (h, &info, (rig_spot[]) { { 48, 48 }, { 208, 48 } }, 2, (guint64) i * FRAME);
    require (out && rig_n_faces (out) == 1);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

/* A square in little light is not as clear as can be. */
static void
says_why_a_face_is_not_read (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER min-quality=1 ! feremotionjson");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 160, 120);
  GstBuffer *in = rig_spots (&info, &(rig_spot) { 48, 48 }, 1);
  GstMapInfo map;
  require (gst_buffer_map (in, &map, GST_MAP_READWRITE));
  for (gsize i = 0; i < map.size; i++)
    map.data[i] = map.data[i] * 80 / 255;
  gst_buffer_unmap (in, &map);
  GST_BUFFER_PTS (in) = 0;
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out);
  char line[2048] = "";
  gst_buffer_extract (out, 0, line, sizeof line - 1);
  check (strstr (line, "\"label\":\"unsure\",\"confidence\":0,") && strstr (line, "\"skipped\":\"") && strstr (line, "\"quality\":"));
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* ---- upstream -------------------------------------------------------------------------------------------------------------- */

static void
upstream_comes_before_the_finder (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 120);
  for (int i = 0; i < 100; i++) { /* a face by the finder, another by upstream in frames 5 to 9 */
    GstBuffer *in = rig_spots (&info, &(rig_spot) { 48, 48 }, 1);
    GST_BUFFER_PTS (in) = (guint64) i * FRAME;
    if (i >= 5 && i < 10)
      rig_add_face (in, 200, 30, 50, 50);
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    require (out && rig_n_faces (out) == (i < 10 || i >= 69));
    if (rig_n_faces (out))
      check (comes_from (rig_face (out, 0), i < 5 || i >= 69 ? "finder" : "upstream"));
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

/* Frames of 60 in which the faces of upstream were read; their ids stay. */
static int
n_readings (const char *line, int n_faces)
{
  GstHarness *h = rig_new (line);
  GstVideoInfo info;
  int n = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 240);
  for (int i = 0; i < 60; i++) {
    GstBuffer *in = rig_picture (&info, 1);
    GST_BUFFER_PTS (in) = (guint64) i * FRAME;
    for (int j = 0; j < n_faces; j++)
      rig_add_face (in, 10 + 60 * j + i % 3, 20 + i, 40, 40);
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    if (!out || rig_n_faces (out) != n_faces)
      return -1;
    for (int j = 0; j < n_faces; j++) {
      const GstStructure *face = rig_face (out, j);
      check (whole (face, "id") == (guint64) j + 1 && comes_from (face, "upstream"));
      check (rig_number (face, "x") == 10 + 60 * j + i % 3); /* the box is upstream's in every frame */
      check (strcmp (gst_structure_get_string (face, "label"), "unsure") != 0);
      n += whole (face, "age") == 0;
    }
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
  return n;
}

static void
faces_of_upstream_are_read_by_time (void)
{
  check (n_readings ("feremotion MODEL", 1) == 20);
  check (n_readings ("feremotion MODEL interval=0", 1) == 60);
  check (n_readings ("feremotion MODEL interval=0", 4) == 4 + 59 * 2);
  check (n_readings ("feremotion MODEL interval=0 max-faces-per-frame=0", 4) == 240);
  check (n_readings ("feremotion MODEL interval=60000", 4) == 4);
}

/* ---- what is wrong --------------------------------------------------------------------------------------------------------- */

static void
check_refused (const char *finder, int code, const char *reason)
{
  GstElement *element = gst_element_factory_make ("feremotion", NULL);
  GstBus *bus = gst_bus_new ();
  GError *error = NULL;
  gst_element_set_bus (element, bus);
  g_object_set (element, "model", rig_model, "finder-model", finder, NULL);
  check (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE);
  GstMessage *message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  check (message != NULL);
  if (message) {
    gst_message_parse_error (message, &error, NULL);
    check (error->code == code && strstr (error->message, finder) && strstr (error->message, reason));
    g_error_free (error);
    gst_message_unref (message);
  }
  gst_element_set_state (element, GST_STATE_NULL);
  g_object_set (element, "finder-model", rig_finder, NULL); /* and it works once the model is right */
  check (gst_element_set_state (element, GST_STATE_PAUSED) == GST_STATE_CHANGE_SUCCESS);
  g_object_set (element, "finder-model", finder, NULL);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
  check (message != NULL); /* too late */
  gst_clear_message (&message);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  gst_object_unref (element);
}

static void
names_what_is_wrong_with_a_finder (void)
{
  check_refused ("/nowhere/faces.onnx", GST_RESOURCE_ERROR_NOT_FOUND, "No such file");
  check_refused (rig_model, GST_LIBRARY_ERROR_SETTINGS, "expression");
  nn_error error;
  char *path;
  close (g_file_open_tmp ("other-XXXXXX.onnx", &path, NULL));
  nn_graph *graph = nn_graph_parse ("input any any 1 / conv 7 8x8 stride 8 bias", &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  require (model && nn_model_save (model, path, &error));
  check_refused (path, GST_LIBRARY_ERROR_SETTINGS, "outputs");
  nn_model_free (model);
  unlink (path);
  g_free (path);
}

static void
takes_frames_of_any_size (void)
{
  static const struct {
    GstVideoFormat format;
    int width, height;
  } sizes[] = { { GST_VIDEO_FORMAT_GRAY8, 1, 1 },     { GST_VIDEO_FORMAT_GRAY8, 1, 3000 },    { GST_VIDEO_FORMAT_I420, 3000, 1 },
                { GST_VIDEO_FORMAT_RGB, 11, 13 },     { GST_VIDEO_FORMAT_P010_10LE, 16, 16 }, { GST_VIDEO_FORMAT_GRAY8, 33, 7 },
                { GST_VIDEO_FORMAT_NV12, 7680, 4320 } };
  GstHarness *h = rig_new ("feremotion MODEL FINDER");
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    GstVideoInfo info;
    rig_set_format (h, &info, sizes[i].format, sizes[i].width, sizes[i].height);
    for (int k = 0; k < 3; k++) {
      GstBuffer *in = gst_buffer_new_allocate (NULL, info.size, NULL);
      gst_buffer_memset (in, 0, 0, info.size); /* black */
      GST_BUFFER_PTS (in) = (3 * i + (guint64) k) * FRAME;
      GstBuffer *out = gst_harness_push_and_pull (h, in);
      require (out);
      check (rig_n_faces (out) == 0);
      gst_buffer_unref (out);
    }
  }
  gst_harness_teardown (h);
}

static void
follows_the_visible_part (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER min-quality=0");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 200);
  for (int i = 0; i < 6; i++) {
    GstBuffer *in = rig_spots (&info, (rig_spot[]) { { 60, 100 }, { 240, 100 } }, 2);
    GST_BUFFER_PTS (in) = (guint64) i * FRAME;
    GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (in);
    crop->x = 160, crop->y = 20, crop->width = 150 + (i >= 3), crop->height = 160; /* its size changes without caps */
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    require (out && rig_n_faces (out) == 1);
    check_near (middle (rig_face (out, 0), "x", "w"), 80, 3);
    check_near (middle (rig_face (out, 0), "y", "h"), 80, 3);
    check (whole (rig_face (out, 0), "id") == (i < 3 ? 1 : 2));
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (finds_and_follows),
                                             TEST (frames_need_no_times),
                                             TEST (a_flush_or_a_seek_begins_anew),
                                             TEST (keeps_the_largest),
                                             TEST (says_why_a_face_is_not_read),
                                             TEST (upstream_comes_before_the_finder),
                                             TEST (faces_of_upstream_are_read_by_time),
                                             TEST (names_what_is_wrong_with_a_finder),
                                             TEST (takes_frames_of_any_size),
                                             TEST (follows_the_visible_part),
                                             { 0 } }));
}
