/* SPDX-License-Identifier: MIT */
#include "stamp.h"

#include <math.h>
#include <string.h>

#include "../test.h"

enum { WIDTH = 47, HEIGHT = 33, W = 13, H = 9, GREY = 77 };

/* The test's own picture: premultiplied, of every opacity, with rows that repeat. */
static guint32
argb_at (int x, int y)
{
  if (x < 0 || y < 0 || x >= W || y >= H)
    return 0;
  guint32 a = (guint32) (y / 3 * 80 + x * 7), r = a * (guint32) x / W, g = a * (guint32) (y / 3) / 3, b = a - r / 2;
  return a << 24 | r << 16 | g << 8 | b;
}

static GstBuffer *
picture_new (int w, int h, guint32 (*at) (int x, int y))
{
  GstBuffer *pixels = gst_buffer_new_allocate (NULL, (gsize) (4 * w * h), NULL);
  GstMapInfo map;
  gst_buffer_map (pixels, &map, GST_MAP_WRITE);
  for (int i = 0; i < w * h; i++)
    ((guint32 *) (gpointer) map.data)[i] = at (i % w, i / w);
  gst_buffer_unmap (pixels, &map);
  gst_buffer_add_video_meta (pixels, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, (guint) w, (guint) h);
  return pixels;
}

/* A grey frame, mapped. */
static GstBuffer *
frame_new (const GstVideoInfo *info, GstVideoFrame *frame)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info->size, NULL);
  gst_buffer_memset (buffer, 0, GREY, info->size);
  check (gst_video_frame_map (frame, info, buffer, GST_MAP_READWRITE));
  return buffer;
}

static void
frame_free (GstVideoFrame *frame, GstBuffer *buffer)
{
  gst_video_frame_unmap (frame);
  gst_buffer_unref (buffer);
}

/* What component c of a premultiplied pixel is, 0 where it is clear; 0-255. */
static double
component (const GstVideoInfo *info, int c, guint32 argb)
{
  double a = (argb >> 24) / 255.0, rgb[3] = { argb >> 16 & 255, argb >> 8 & 255, argb & 255 };
  if (!GST_VIDEO_INFO_IS_YUV (info))
    return rgb[c];
  gboolean hd = info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709, full = info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  double kr = hd ? 0.2126 : 0.299, kb = hd ? 0.0722 : 0.114, y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
  double chroma = (c == 1 ? (rgb[2] - y) / (1 - kb) : (rgb[0] - y) / (1 - kr)) / 2;
  return c == 0 ? (full ? y : 16 * a + y * 219 / 255) : 128 * a + chroma * (full ? 1 : 224 / 255.0);
}

static double
worst_of (const GstVideoFrame *frame, int px, int py)
{
  const GstVideoInfo *info = &frame->info;
  double worst = 0;
  for (int c = 0; c < 3; c++) {
    int ws = GST_VIDEO_FORMAT_INFO_W_SUB (info->finfo, c), hs = GST_VIDEO_FORMAT_INFO_H_SUB (info->finfo, c), n = 1 << (ws + hs);
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT (frame, c); y++)
      for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH (frame, c); x++) {
        double add = 0, cover = 0;
        for (int k = 0; k < n; k++) {
          guint32 argb = argb_at ((x << ws) + k % (1 << ws) - px, (y << hs) + k / (1 << ws) - py);
          add += component (info, c, argb) / n;
          cover += (argb >> 24) / 255.0 / n;
        }
        const guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, c);
        double is = data[y * GST_VIDEO_FRAME_COMP_STRIDE (frame, c) + x * GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c)];
        worst = MAX (worst, fabs (is - (add + (1 - cover) * GREY)));
      }
  }
  return worst;
}

/* Every sample is right to rounding, wherever the picture is, with and without what was kept of the last place. */
static void
blends_each_sample (void)
{
  static const char *const colours[] = { "bt601", "bt709", "1:4:7:1" /* JPEG's */ };
  static const int places[][2] = { { 8, 8 },   { 9, 8 },   { 8, 9 },   { 11, 7 },  { 12, 8 },
                                   { -5, -3 }, { 41, 29 }, { -13, 0 }, { 47, 33 }, { 100, -100 } };
  guint n, n_possible = 0;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  GstBuffer *pixels = picture_new (W, H, argb_at);
  for (guint i = 0; i < n; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (colours) * G_N_ELEMENTS (places); k++) {
      const int *at = places[k % G_N_ELEMENTS (places)];
      GstVideoInfo info;
      GstVideoFrame frame;
      gst_video_info_set_format (&info, formats[i], WIDTH, HEIGHT);
      if (GST_VIDEO_INFO_IS_YUV (&info))
        gst_video_colorimetry_from_string (&info.colorimetry, colours[k / G_N_ELEMENTS (places)]);
      GstBuffer *buffer = frame_new (&info, &frame);
      gboolean put = stamp_put (&frame, pixels, at[0], at[1]);
      double worst = put ? worst_of (&frame, at[0], at[1]) : 0;
      if (worst > 1.6)
        test_note ("%s at %d, %d: %g off", gst_video_format_to_string (formats[i]), at[0], at[1], worst);
      check (worst <= 1.6);
      n_possible += put;
      frame_free (&frame, buffer);
    }
  check (n_possible / (G_N_ELEMENTS (colours) * G_N_ELEMENTS (places)) >= 20);
  gst_buffer_unref (pixels);
}

static void
knows_the_usual_formats (void)
{
  static const GstVideoFormat usual[] = { GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_YV12, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_YUY2,
                                          GST_VIDEO_FORMAT_RGB,  GST_VIDEO_FORMAT_BGRx };
  static const GstVideoFormat others[] = { GST_VIDEO_FORMAT_P010_10LE, GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_RGB16,
                                           GST_VIDEO_FORMAT_NV12_4L4, GST_VIDEO_FORMAT_RGB8P };
  GstBuffer *pixels = picture_new (W, H, argb_at);
  for (gsize i = 0; i < G_N_ELEMENTS (usual) + G_N_ELEMENTS (others); i++) {
    gboolean is_usual = i < G_N_ELEMENTS (usual);
    GstVideoInfo info;
    GstVideoFrame frame;
    gst_video_info_set_format (&info, is_usual ? usual[i] : others[i - G_N_ELEMENTS (usual)], WIDTH, HEIGHT);
    GstBuffer *buffer = frame_new (&info, &frame);
    check (stamp_put (&frame, pixels, 3, 3) == is_usual);
    frame_free (&frame, buffer);
  }
  gst_buffer_unref (pixels);
}

static guint32
orange (int x, int y)
{
  (void) x, (void) y;
  return 0xffd55e00;
}

/* An opaque picture is what GStreamer converts it to. */
static void
converts_as_gstreamer_does (void)
{
  static const char *const colours[] = { "bt601", "bt709" };
  for (gsize i = 0; i < G_N_ELEMENTS (colours); i++) {
    GstVideoInfo info, argb;
    GstVideoFrame ours, theirs, from;
    gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 16, 16);
    gst_video_colorimetry_from_string (&info.colorimetry, colours[i]);
    gst_video_info_set_format (&argb, GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB, 16, 16);
    GstBuffer *pixels = picture_new (16, 16, orange), *a = frame_new (&info, &ours), *b = frame_new (&info, &theirs);
    GstVideoConverter *converter = gst_video_converter_new (&argb, &info, NULL);
    require (gst_video_frame_map (&from, &argb, pixels, GST_MAP_READ));
    gst_video_converter_frame (converter, &from, &theirs);
    gst_video_frame_unmap (&from);
    check (stamp_put (&ours, pixels, 0, 0));
    for (int c = 0; c < 3; c++)
      check (abs (*(guint8 *) GST_VIDEO_FRAME_COMP_DATA (&ours, c) - *(guint8 *) GST_VIDEO_FRAME_COMP_DATA (&theirs, c)) <= 2);
    gst_video_converter_free (converter);
    frame_free (&ours, a);
    frame_free (&theirs, b);
    gst_buffer_unref (pixels);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (blends_each_sample), TEST (knows_the_usual_formats), TEST (converts_as_gstreamer_does), { 0 } });
}
