/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include "../test.h"
#include "rig.h"

/* Largest difference between what image gives and the picture, over the visible part that begins at (x, y) of (width, height). */
static float
difference (const fer_image *image, int seed, int x, int y, int width, int height)
{
  float worst = 0, *row = g_new (float, image->width);
  for (int j = 0; j < image->height; j++) {
    if (!image->luma)
      image->read_row (image, j, row);
    for (int i = 0; i < image->width; i++) {
      float value = image->luma ? ((float) image->luma[j * image->stride + i * image->step] - image->offset) * image->scale : row[i];
      worst = fmaxf (worst, fabsf (value - (float) rig_luma (seed, (x + i + 0.5) / width, (y + j + 0.5) / height)));
    }
  }
  g_free (row);
  return worst;
}

/* Two steps of the coarsest channel, for what RGB formats of few bits can hold after dithering; the palette has six levels. */
static float
tolerance (const GstVideoFormatInfo *format)
{
  guint bits = 8;
  if (GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format))
    return 51;
  for (guint i = 0; i < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format); i++)
    if (!(i == GST_VIDEO_COMP_A && GST_VIDEO_FORMAT_INFO_HAS_ALPHA (format)))
      bits = MIN (bits, GST_VIDEO_FORMAT_INFO_DEPTH (format, i));
  return 2 * 255.0f / (float) ((1u << bits) - 1);
}

/* Largest difference after GStreamer's own way back: some tiled formats of odd sizes do not survive its packing (1.26: MT2110). */
static float
lost_by_gstreamer (GstBuffer *buffer, const GstVideoInfo *info, int seed)
{
  GstVideoInfo rgb;
  GstVideoFrame in, out;
  float worst = 0;
  gst_video_info_set_format (&rgb, GST_VIDEO_FORMAT_ARGB, (guint) info->width, (guint) info->height);
  GstBuffer *back = gst_buffer_new_allocate (NULL, rgb.size, NULL);
  GstVideoConverter *converter = gst_video_converter_new (info, &rgb, NULL);
  gst_video_frame_map (&in, info, buffer, GST_MAP_READ);
  gst_video_frame_map (&out, &rgb, back, GST_MAP_WRITE);
  gst_video_converter_frame (converter, &in, &out);
  for (int y = 0; y < info->height; y++) {
    const guint8 *row = (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&out, 0) + y * GST_VIDEO_FRAME_PLANE_STRIDE (&out, 0);
    for (int x = 0; x < info->width; x++)
      worst = fmaxf (worst, fabsf ((float) row[4 * x + 2] - (float) rig_luma (seed, (x + 0.5) / info->width, (y + 0.5) / info->height)));
  }
  gst_video_frame_unmap (&in);
  gst_video_frame_unmap (&out);
  gst_video_converter_free (converter);
  gst_buffer_unref (back);
  return worst;
}

static void
check_format (GstVideoFormat format, int width, int height, int extra)
{
  GstVideoInfo info;
  frame f;
  const char *name = gst_video_format_to_string (format);
  gst_video_info_set_format (&info, format, (guint) width, (guint) height);
  GstBuffer *buffer = extra ? rig_strided_picture (&info, 2, extra) : rig_picture (&info, 2);
  gboolean opened = frame_open (&f, buffer, &info);
  check (opened);
  if (opened) {
    float worst = difference (&f.image, 2, 0, 0, width, height), allowed = tolerance (info.finfo);
    if (width % 2 && worst > allowed && lost_by_gstreamer (buffer, &info, 2) > allowed)
      test_note ("%s %dx%d: GStreamer itself does not read it back", name, width, height);
    else if (worst > allowed) {
      test_note ("%s %dx%d, %d extra bytes a row: off by %g", name, width, height, extra, (double) worst);
      check (worst <= allowed);
    }
    frame_close (&f);
  }
  gst_buffer_unref (buffer);
}

static void
reads_every_format (void)
{
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  require (n > 80);
  for (guint i = 0; i < n; i++) {
    check_format (formats[i], 64, 48, 0);
    check_format (formats[i], 33, 17, 0);
  }
}

static void
reads_strides (void)
{
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  for (guint i = 0; i < n; i++)
    if (!GST_VIDEO_FORMAT_INFO_IS_TILED (gst_video_format_get_info (formats[i]))
        && !GST_VIDEO_FORMAT_INFO_HAS_PALETTE (gst_video_format_get_info (formats[i])))
      check_format (formats[i], 35, 18, 48);
}

static void
reads_ranges (void)
{
  static const struct {
    GstVideoFormat format;
    GstVideoColorRange range;
  } cases[] = { { GST_VIDEO_FORMAT_I420, GST_VIDEO_COLOR_RANGE_0_255 },
                { GST_VIDEO_FORMAT_I420, GST_VIDEO_COLOR_RANGE_16_235 },
                { GST_VIDEO_FORMAT_P010_10LE, GST_VIDEO_COLOR_RANGE_0_255 },
                { GST_VIDEO_FORMAT_P010_10LE, GST_VIDEO_COLOR_RANGE_16_235 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstVideoInfo info;
    frame f;
    gst_video_info_set_format (&info, cases[i].format, 40, 30);
    info.colorimetry.range = cases[i].range;
    GstBuffer *buffer = rig_picture (&info, 1);
    require (frame_open (&f, buffer, &info));
    check_near (difference (&f.image, 1, 0, 0, 40, 30), 0, 2);
    frame_close (&f);
    gst_buffer_unref (buffer);
  }
}

/* GStreamer 1.22 does not convert these, so they are made by hand: 16 is black and 235 white. */
static void
reads_video_range_of_rgb_and_grey (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_GRAY8 };
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (formats); i++) {
    GstVideoInfo info;
    frame f;
    float row[40];
    gst_video_info_set_format (&info, formats[i / 2], 40, 30);
    info.colorimetry.range = GST_VIDEO_COLOR_RANGE_16_235;
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, info.size, NULL);
    gst_buffer_memset (buffer, 0, i % 2 ? 235 : 16, info.size);
    require (frame_open (&f, buffer, &info));
    if (f.image.luma)
      row[39] = ((float) f.image.luma[39] - f.image.offset) * f.image.scale;
    else
      f.image.read_row (&f.image, 29, row);
    check_near (row[39], i % 2 ? 255 : 0, 0.01);
    frame_close (&f);
    gst_buffer_unref (buffer);
  }
}

static void
reads_luma_in_place (void)
{
  static const GstVideoFormat in_place[] = { GST_VIDEO_FORMAT_I420,  GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_YUY2, GST_VIDEO_FORMAT_UYVY,
                                             GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_AYUV, GST_VIDEO_FORMAT_Y444 };
  for (gsize i = 0; i < G_N_ELEMENTS (in_place); i++) {
    GstVideoInfo info;
    frame f;
    gst_video_info_set_format (&info, in_place[i], 40, 30);
    GstBuffer *buffer = rig_picture (&info, 1);
    require (frame_open (&f, buffer, &info));
    check (f.image.luma && !f.line);
    frame_close (&f);
    gst_buffer_unref (buffer);
  }
}

static void
honours_crop_meta (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_P010_10LE };
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    GstVideoInfo info;
    frame f;
    gst_video_info_set_format (&info, formats[i], 64, 48);
    GstBuffer *buffer = rig_picture (&info, 4);
    GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (buffer);
    crop->x = 10, crop->y = 7, crop->width = 20, crop->height = 100; /* more than there is below */
    require (frame_open (&f, buffer, &info));
    check (f.image.width == 20 && f.image.height == 41);
    check_near (difference (&f.image, 4, 10, 7, 64, 48), 0, 2);
    frame_close (&f);
    gst_buffer_unref (buffer);
  }
}

static void
refuses_short_memory (void)
{
  GstVideoInfo info;
  frame f;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info.size - 1, NULL);
  check (!frame_open (&f, buffer, &info));
  gst_buffer_unref (buffer);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (reads_every_format),
                                   TEST (reads_strides),
                                   TEST (reads_ranges),
                                   TEST (reads_video_range_of_rgb_and_grey),
                                   TEST (reads_luma_in_place),
                                   TEST (honours_crop_meta),
                                   TEST (refuses_short_memory),
                                   { 0 } });
}
