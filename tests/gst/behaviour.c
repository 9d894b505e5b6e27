/* SPDX-License-Identifier: MIT
 * The element among others: many starts and stops, seeks, several at once, memory of other kinds. */
#include <gst/allocators/gstdmabuf.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../test.h"
#include "rig.h"

static int
n_entries (const char *path)
{
  int n = 0;
  GDir *folder = g_dir_open (path, 0, NULL);
  while (folder && g_dir_read_name (folder))
    n++;
  g_clear_pointer (&folder, g_dir_close);
  return n;
}

/* ---- many starts ----------------------------------------------------------------------------------------------------------- */

/* A pipeline from its making to its end, with everything switched on. */
static gboolean
live_once (guint i)
{
  char *line = g_strdup_printf ("videotestsrc num-buffers=2 ! video/x-raw,format=%s,width=96,height=96,framerate=30/1 "
                                "! feremotion model=%s finder-model=%s faces=%s overlay=both updates=every-frame anonymize=%s async=%s ! feremotionjson "
                                "! fakesink",
                                i % 2 ? "I420" : "RGB", rig_model, rig_finder, i % 3 ? "finder" : "frame", i % 5 ? "none" : "blur",
                                i % 4 ? "false" : "true");
  GstElement *pipeline = gst_parse_launch (line, NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gboolean ended = message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;
  gst_clear_message (&message);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  g_free (line);
  return ended;
}

/* Bytes that are allocated and not freed; nothing under a tool that replaces malloc. */
static gsize
in_use (void)
{
  struct mallinfo2 info = mallinfo2 ();
  return info.uordblks + info.hblkhd;
}

static void
hundreds_of_lives_leave_nothing (void)
{
  enum { WARM = 60, LIVES = 300 };
  gsize before = 0;
  int files = 0, threads = 0;
  for (guint i = 0; i < LIVES; i++) {
    if (i == WARM) {
      before = in_use ();
      files = n_entries ("/proc/self/fd");
      threads = n_entries ("/proc/self/task");
    }
    require (live_once (i));
  }
  gsize after = in_use ();
  test_note ("%" G_GSIZE_FORMAT " bytes in use after %d lives, %" G_GSIZE_FORMAT " after %d", before, WARM, after, LIVES);
  check (after <= before + 512 * 1024); /* in 900 lives it goes up and down by 0.3 MB and does not grow */
  check (n_entries ("/proc/self/fd") <= files && n_entries ("/proc/self/task") <= threads + 2);
}

static void
one_element_starts_hundreds_of_times (void)
{
  GstElement *element = gst_element_factory_make ("feremotion", NULL);
  gsize before = 0;
  require (element);
  g_object_set (element, "model", rig_model, "finder-model", rig_finder, NULL);
  for (int i = 0; i < 300; i++) {
    if (i == 20)
      before = in_use ();
    require (gst_element_set_state (element, GST_STATE_PLAYING) == GST_STATE_CHANGE_SUCCESS);
    require (gst_element_set_state (element, i % 2 ? GST_STATE_NULL : GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS);
  }
  gsize after = in_use ();
  test_note ("%" G_GSIZE_FORMAT " bytes in use after 20 starts, %" G_GSIZE_FORMAT " after 300", before, after);
  check (after <= before + 32 * 1024); /* 10 kB more by the thousandth start, none after it: what the allocator caches */
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

/* ---- in pipelines ---------------------------------------------------------------------------------------------------------- */

static void
follows_seeks (void)
{
  static const double rates[] = { 1, 2, 0.5 };
  char *line = g_strdup_printf ("videotestsrc num-buffers=2000 ! video/x-raw,format=GRAY8,width=96,height=96,framerate=30/1 ! feremotion model=%s faces=frame "
                                "! fakesink sync=true",
                                rig_model);
  GstElement *pipeline = gst_parse_launch (line, NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  check (gst_element_get_state (pipeline, NULL, NULL, 20 * GST_SECOND) == GST_STATE_CHANGE_SUCCESS);
  for (int i = 0; i < 12; i++) {
    gint64 target = (gint64) (12 - i) * GST_SECOND, position = 0;
    check (gst_element_seek (pipeline, rates[i % 3], GST_FORMAT_TIME, (i % 4 ? GST_SEEK_FLAG_FLUSH : GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_SEGMENT),
                             GST_SEEK_TYPE_SET, target, GST_SEEK_TYPE_SET, 60 * (gint64) GST_SECOND));
    check (gst_element_get_state (pipeline, NULL, NULL, 20 * GST_SECOND) == GST_STATE_CHANGE_SUCCESS);
    check (gst_element_query_position (pipeline, GST_FORMAT_TIME, &position) && position >= target && position < target + 5 * (gint64) GST_SECOND);
  }
  GstMessage *error = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  check (!error);
  gst_clear_message (&error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
  g_free (line);
}

/* What 20 pictures read as, by an element of its own. */
static gpointer
read_twenty (gpointer seed)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame");
  GString *read = g_string_new (NULL);
  GstVideoInfo info;
  gst_harness_set_live (h, FALSE);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 64, 64);
  for (int i = 0; i < 20; i++) {
    GstBuffer *out = gst_harness_push_and_pull (h, rig_picture (&info, i + GPOINTER_TO_INT (seed)));
    char *text = out ? gst_structure_to_string (rig_face (out, 0)) : NULL;
    g_string_append (read, text);
    g_free (text);
    gst_clear_buffer (&out);
  }
  gst_harness_teardown (h);
  return g_string_free (read, FALSE);
}

static void
several_work_beside_each_other (void)
{
  enum { N = 4 };
  GThread *threads[N];
  char *alone[N];
  for (int i = 0; i < N; i++)
    alone[i] = read_twenty (GINT_TO_POINTER (i));
  for (int i = 0; i < N; i++)
    threads[i] = g_thread_new ("reader", read_twenty, GINT_TO_POINTER (i));
  for (int i = 0; i < N; i++) {
    char *beside = g_thread_join (threads[i]);
    check (strlen (beside) > 1000 && strcmp (beside, alone[i]) == 0);
    g_free (beside);
    g_free (alone[i]);
  }
}

/* ---- memory ---------------------------------------------------------------------------------------------------------------- */

static void
refuses_memory_that_it_cannot_read (void)
{
  static const char *const refused[] = { "video/x-raw(memory:GLMemory),format=RGBA", "video/x-raw(memory:DMABuf),format=NV12",
                                         "video/x-raw(memory:VASurface),format=NV12", "video/x-raw(memory:CUDAMemory),format=NV12",
                                         "image/jpeg" };
  GstSegment segment;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++) {
    GstHarness *h = rig_new ("feremotion MODEL overlay=labels");
    char *text = g_strconcat (refused[i], ",width=64,height=48,framerate=30/1", NULL);
    GstCaps *caps = gst_caps_from_string (text), *all = gst_pad_peer_query_caps (h->srcpad, NULL);
    check (!gst_pad_peer_query_accept_caps (h->srcpad, caps) && !gst_caps_can_intersect (all, caps));
    gst_harness_play (h);
    gst_harness_push_event (h, gst_event_new_caps (caps));
    gst_harness_push_event (h, gst_event_new_segment (&segment));
    check (gst_harness_push (h, gst_buffer_new_allocate (NULL, 64 * 48 * 4, NULL)) == GST_FLOW_NOT_NEGOTIATED);
    gst_caps_unref (caps);
    gst_caps_unref (all);
    g_free (text);
    gst_harness_teardown (h);
  }
}

/* Of a camera that says nothing of it in its caps: it can be mapped like any other. */
static void
reads_dmabufs_that_can_be_mapped (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame"), *plain = rig_new ("feremotion MODEL faces=frame");
  GstVideoInfo info;
  GstAllocator *allocator = gst_dmabuf_allocator_new ();
  int file = memfd_create ("frame", MFD_CLOEXEC);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_NV12, 64, 48);
  rig_set_format (plain, &info, GST_VIDEO_FORMAT_NV12, 64, 48);
  GstBuffer *picture = rig_picture (&info, 1), *in = gst_buffer_new (), *out, *expected;
  GstMapInfo map;
  gst_buffer_map (picture, &map, GST_MAP_READ);
  require (file >= 0 && write (file, map.data, map.size) == (gssize) map.size);
  gst_buffer_append_memory (in, gst_dmabuf_allocator_alloc (allocator, file, map.size));
  gst_buffer_unmap (picture, &map);
  out = gst_harness_push_and_pull (h, in);
  expected = gst_harness_push_and_pull (plain, picture);
  require (out && expected && rig_n_faces (out) == 1);
  check (gst_is_dmabuf_memory (gst_buffer_peek_memory (out, 0)));
  for (int k = 0; k < 7; k++)
    check (rig_probability (rig_face (out, 0), k) == rig_probability (rig_face (expected, 0), k));
  gst_buffer_unref (out);
  gst_buffer_unref (expected);
  gst_harness_teardown (h);
  gst_harness_teardown (plain);
  gst_object_unref (allocator);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (one_element_starts_hundreds_of_times),
                                             TEST (hundreds_of_lives_leave_nothing),
                                             TEST (follows_seeks),
                                             TEST (several_work_beside_each_other),
                                             TEST (refuses_memory_that_it_cannot_read),
                                             TEST (reads_dmabufs_that_can_be_mapped),
                                             { 0 } }));
}
