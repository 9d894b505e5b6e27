/* SPDX-License-Identifier: MIT */
#include "overlay.h"

#include "stamp.h"

#include "../test.h"

#define COMPOSING "video/x-raw(memory:SystemMemory, meta:GstVideoOverlayComposition)"

static gboolean
caps_are (GstCaps *caps, const char *expected)
{
  GstCaps *wanted = gst_caps_from_string (expected);
  gboolean same = gst_caps_is_strictly_equal (caps, wanted);
  if (!same) {
    char *text = gst_caps_to_string (caps);
    test_note ("caps are %s", text);
    g_free (text);
  }
  gst_caps_unref (wanted);
  gst_caps_unref (caps);
  return same;
}

static void
adds_the_feature_alone (void)
{
  GstCaps *plain = gst_caps_from_string ("video/x-raw, format=I420, width=8"), *featured = gst_caps_from_string (COMPOSING ", format=I420, width=8");
  check (caps_are (overlay_caps_out (plain), COMPOSING ", format=I420, width=8; video/x-raw, format=I420, width=8"));
  check (caps_are (overlay_caps_out (featured), COMPOSING ", format=I420, width=8"));
  check (caps_are (overlay_caps_in (plain), "video/x-raw, format=I420, width=8"));
  check (caps_are (overlay_caps_in (featured), COMPOSING ", format=I420, width=8; video/x-raw, format=I420, width=8"));
  check (caps_are (overlay_caps_choose (overlay_caps_in (featured)), COMPOSING ", format=I420, width=8"));
  check (!overlay_caps_have_feature (plain) && overlay_caps_have_feature (featured));
  gst_caps_unref (plain);
  gst_caps_unref (featured);
}

/* A red square of side 4 at (x, y). */
static GstVideoOverlayComposition *
red_square (GstVideoOverlayComposition *composition, int x, int y)
{
  fer_picture picture = { .x = x, .y = y, .width = 4, .height = 4, .stride = 16, .pixels = g_malloc (64) };
  for (int i = 0; i < 16; i++)
    ((guint32 *) (gpointer) picture.pixels)[i] = 0xffff0000;
  overlay_add (&composition, overlay_rectangle (&picture, 1, 2));
  return composition;
}

static void
blends_pictures (void)
{
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_RGB, 16, 16);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
  gst_buffer_memset (buffer, 0, 0, info.size);
  GstVideoOverlayComposition *composition = red_square (red_square (NULL, 0, 0), -3, 10); /* the second hangs over the left edge */
  check (gst_video_overlay_composition_n_rectangles (composition) == 2);
  require (overlay_blend (buffer, &info, composition));
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  int red = 0;
  for (int y = 0; y < 16; y++)
    for (int x = 0; x < 16; x++) {
      const guint8 *p = map.data + y * info.stride[0] + 3 * x;
      gboolean inside = (x >= 1 && x < 5 && y >= 2 && y < 6) || (x < 2 && y >= 12);
      check (p[0] == (inside ? 255 : 0) && p[1] == 0 && p[2] == 0);
      red += inside;
    }
  check (red == 16 + 8);
  gst_buffer_unmap (buffer, &map);
  gst_video_overlay_composition_unref (composition);
  gst_buffer_unref (buffer);
}

static void
blends_into_every_format (void)
{
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  for (guint i = 0; i < n; i++) {
    GstVideoInfo info;
    gst_video_info_set_format (&info, formats[i], 33, 17);
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
    gst_buffer_memset (buffer, 0, 0, info.size);
    GstVideoOverlayComposition *composition = red_square (NULL, 3, 3);
    gboolean blended = overlay_blend (buffer, &info, composition);
    if (!blended)
      test_note ("%s", gst_video_format_to_string (formats[i]));
    check (blended);
    gst_video_overlay_composition_unref (composition);
    gst_buffer_unref (buffer);
  }
}

/* A rectangle of 60 x 43 at (x, 3), whose edges are half red. */
static GstVideoOverlayComposition *
half_red_frame (int x)
{
  GstVideoOverlayComposition *composition = NULL;
  fer_picture picture = { .x = x, .y = 3, .width = 60, .height = 43, .stride = 240, .pixels = g_malloc0 (240 * 43) };
  for (int i = 0; i < 60 * 43; i++)
    if (i % 60 < 3 || i % 60 >= 57 || i / 60 < 3 || i / 60 >= 40)
      ((guint32 *) (gpointer) picture.pixels)[i] = 0x80800000;
  overlay_add (&composition, overlay_rectangle (&picture, 0, 0));
  return composition;
}

/* One that touches every line of the frame. */
static GstVideoOverlayComposition *
tall_red (void)
{
  GstVideoOverlayComposition *composition = NULL;
  fer_picture picture = { .x = 70, .y = 0, .width = 4, .height = 49, .stride = 16, .pixels = g_malloc (16 * 49) };
  for (int i = 0; i < 4 * 49; i++)
    ((guint32 *) (gpointer) picture.pixels)[i] = 0xffff0000;
  overlay_add (&composition, overlay_rectangle (&picture, 0, 0));
  return composition;
}

static void
blend_theirs (GstBuffer *buffer, const GstVideoInfo *info, GstVideoOverlayComposition *composition)
{
  GstVideoFrame frame;
  require (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE));
  gst_video_overlay_composition_blend (composition, &frame);
  gst_video_frame_unmap (&frame);
}

static gboolean
has_stamps (GstBuffer *buffer, const GstVideoInfo *info, GstVideoOverlayComposition *composition)
{
  GstVideoOverlayRectangle *rectangle = gst_video_overlay_composition_get_rectangle (composition, 0);
  GstVideoFrame frame;
  check (gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE));
  gboolean has =
      stamp_put (&frame, gst_video_overlay_rectangle_get_pixels_unscaled_raw (rectangle, GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA), 0, 0);
  gst_video_frame_unmap (&frame);
  return has;
}

/* Byte for byte, wherever the rectangle is: only what the frame costs differs. Where there are stamps: stamp.c. */
static void
blends_as_gstreamer_does (void)
{
  static const int xs[] = { -40, -3, 0, 1, 14, 15, 16, 40, 61, 92, 95, 96, 200 };
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  for (guint i = 0; i < n * G_N_ELEMENTS (xs); i++) {
    GstVideoInfo info;
    gst_video_info_set_format (&info, formats[i / G_N_ELEMENTS (xs)], 97, 49);
    GstBuffer *ours = gst_buffer_new_allocate (NULL, info.size, NULL);
    gst_buffer_memset (ours, 0, 77, info.size);
    GstVideoOverlayComposition *first = tall_red (), *composition = half_red_frame (xs[i % G_N_ELEMENTS (xs)]);
    blend_theirs (ours, &info, first); /* whole lines are written: bits that mean nothing are as they will be */
    GstBuffer *theirs = gst_buffer_copy_deep (ours);
    check (overlay_blend (ours, &info, composition));
    blend_theirs (theirs, &info, composition);
    GstMapInfo map;
    gst_buffer_map (theirs, &map, GST_MAP_READ);
    gboolean same = gst_buffer_memcmp (ours, 0, map.data, map.size) == 0;
    gst_buffer_unmap (theirs, &map);
    same |= has_stamps (ours, &info, composition);
    if (!same)
      test_note ("%s at %d", gst_video_format_to_string (info.finfo->format), xs[i % G_N_ELEMENTS (xs)]);
    check (same);
    gst_video_overlay_composition_unref (first);
    gst_video_overlay_composition_unref (composition);
    gst_buffer_unref (theirs);
    gst_buffer_unref (ours);
  }
}

static void
extends_an_earlier_composition (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  GstVideoOverlayComposition *theirs = red_square (NULL, 0, 0), *ours = red_square (NULL, 8, 8);
  gst_buffer_add_video_overlay_composition_meta (buffer, theirs);
  overlay_attach (buffer, ours);
  GstVideoOverlayComposition *both = gst_buffer_get_video_overlay_composition_meta (buffer)->overlay;
  require (gst_video_overlay_composition_n_rectangles (both) == 2);
  check (gst_video_overlay_composition_get_rectangle (both, 1) == gst_video_overlay_composition_get_rectangle (ours, 0));
  check (gst_video_overlay_composition_n_rectangles (theirs) == 1); /* other branches may show it */
  gst_video_overlay_composition_unref (theirs);
  gst_video_overlay_composition_unref (ours);
  gst_buffer_unref (buffer);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (adds_the_feature_alone),
                                   TEST (blends_pictures),
                                   TEST (blends_into_every_format),
                                   TEST (blends_as_gstreamer_does),
                                   TEST (extends_an_earlier_composition),
                                   { 0 } });
}
