/* SPDX-License-Identifier: MIT */
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "../test.h"

static const char caps_i420[] = "video/x-raw,format=I420,width=64,height=48,framerate=30/1";

static void
passes_frames (void)
{
  GstHarness *h = gst_harness_new ("feremotion");
  gst_harness_set_src_caps_str (h, caps_i420);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *in = gst_harness_create_buffer (h, 64 * 48 * 3 / 2);
    GST_BUFFER_PTS (in) = i * GST_MSECOND;
    GstMemory *memory = gst_buffer_peek_memory (in, 0);
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    require (out);
    check (gst_buffer_peek_memory (out, 0) == memory);
    check (GST_BUFFER_PTS (out) == i * GST_MSECOND);
    gst_buffer_unref (out);
  }
  GstCaps *caps = gst_pad_get_current_caps (h->sinkpad);
  GstCaps *expected = gst_caps_from_string (caps_i420);
  check (gst_caps_is_equal (caps, expected));
  gst_caps_unref (expected);
  gst_caps_unref (caps);
  gst_harness_teardown (h);
}

static void
a_tee_shares_memory (void)
{
  GstHarness *h = gst_harness_new ("feremotion");
  gst_harness_set_src_caps_str (h, caps_i420);
  GstBuffer *in = gst_harness_create_buffer (h, 64 * 48 * 3 / 2);
  GstBuffer *other = gst_buffer_ref (in); /* the tee's second branch */
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out);
  check (out != other);
  check (gst_buffer_peek_memory (out, 0) == gst_buffer_peek_memory (other, 0));
  gst_buffer_unref (other);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (passes_frames), TEST (a_tee_shares_memory), { 0 } });
}
