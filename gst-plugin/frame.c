/* SPDX-License-Identifier: MIT */
#include "frame.h"

#define UNPACK_SLACK 16 /* pixels: formats packed in words may be unpacked a word at a time */

/* The brightness of 8-bit YUV and grey lies in a plane of bytes at a fixed step: it is read where it is. Tiled formats and samples packed in
 * words have no such plane, more bits do not fit, RGB must be weighed; those are unpacked by GStreamer, one line at a time. */
static gboolean
has_luma_plane (const GstVideoFormatInfo *format)
{
  return (GST_VIDEO_FORMAT_INFO_IS_YUV (format) || GST_VIDEO_FORMAT_INFO_IS_GRAY (format)) && !GST_VIDEO_FORMAT_INFO_IS_COMPLEX (format)
         && !GST_VIDEO_FORMAT_INFO_IS_TILED (format) && GST_VIDEO_FORMAT_INFO_DEPTH (format, 0) == 8 && GST_VIDEO_FORMAT_INFO_SHIFT (format, 0) == 0
         && GST_VIDEO_FORMAT_INFO_PSTRIDE (format, 0) > 0;
}

/* An unpacked line holds four samples a pixel: alpha, then Y U V or R G B, of 8 or 16 bits. */
static const GstVideoFormatInfo *
unpacked_format (const GstVideoFrame *video)
{
  return gst_video_format_get_info (video->info.finfo->unpack_format);
}

static inline float
luma_of_rgb (float r, float g, float b)
{
  return 0.299f * r + 0.587f * g + 0.114f * b;
}

#define READ_LINE(type)                                                                                                                              \
  do {                                                                                                                                               \
    const type *p = (const type *) f->line + 4 * (gsize) f->x;                                                                                       \
    for (int x = 0; x < image->width; x++, p += 4)                                                                                                   \
      luma[x] = ((rgb ? luma_of_rgb (p[1], p[2], p[3]) : (float) p[1]) - image->offset) * image->scale;                                              \
  } while (0)

static void
read_row (const fer_image *image, int y, float *luma)
{
  const frame *f = image->user;
  const GstVideoFrame *video = &f->video;
  const GstVideoFormatInfo *unpacked = unpacked_format (video);
  gboolean rgb = GST_VIDEO_FORMAT_INFO_IS_RGB (unpacked);
  /* Without this, low bits that a format does not have repeat the high ones, which is right for full range only. */
  GstVideoPackFlags flags =
      video->info.colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255 ? GST_VIDEO_PACK_FLAG_NONE : GST_VIDEO_PACK_FLAG_TRUNCATE_RANGE;

  video->info.finfo->unpack_func (video->info.finfo, flags, f->line, video->data, video->info.stride, 0, f->y + y, f->x + image->width);
  if (GST_VIDEO_FORMAT_INFO_DEPTH (unpacked, 0) == 8)
    READ_LINE (guint8);
  else
    READ_LINE (guint16);
  for (int x = 0; x < image->width; x++)
    luma[x] = CLAMP (luma[x], 0.0f, 255.0f);
}

/* (sample - offset) * scale is 0-255 for the brightness of format in range. */
static void
set_range (fer_image *image, GstVideoColorRange range, const GstVideoFormatInfo *format)
{
  int offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];
  gst_video_color_range_offsets (range, format, offset, scale);
  image->offset = (float) offset[0];
  image->scale = 255.0f / (float) scale[0];
}

static void
set_visible (frame *f, const GstVideoCropMeta *crop)
{
  int width = GST_VIDEO_FRAME_WIDTH (&f->video), height = GST_VIDEO_FRAME_HEIGHT (&f->video);
  f->x = f->y = 0;
  f->image.width = width;
  f->image.height = height;
  if (!crop || crop->x >= (guint) width || crop->y >= (guint) height || !crop->width || !crop->height)
    return;
  f->x = (int) crop->x;
  f->y = (int) crop->y;
  f->image.width = (int) MIN (crop->width, (guint) (width - f->x));
  f->image.height = (int) MIN (crop->height, (guint) (height - f->y));
}

gboolean
frame_open (frame *f, GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame *video = &f->video;
  fer_image *image = &f->image;
  if (!gst_video_frame_map (video, info, buffer, GST_MAP_READ))
    return FALSE;

  f->line = NULL;
  *image = (fer_image) { .user = f };
  set_visible (f, gst_buffer_get_video_crop_meta (buffer));
  if (has_luma_plane (video->info.finfo)) {
    image->stride = GST_VIDEO_FRAME_COMP_STRIDE (video, 0);
    image->step = GST_VIDEO_FRAME_COMP_PSTRIDE (video, 0);
    image->luma = GST_VIDEO_FRAME_COMP_DATA (video, 0) + f->y * image->stride + f->x * (ptrdiff_t) image->step;
    set_range (image, video->info.colorimetry.range, video->info.finfo);
  } else {
    const GstVideoFormatInfo *unpacked = unpacked_format (video);
    gsize pixel = GST_VIDEO_FORMAT_INFO_DEPTH (unpacked, 0) == 8 ? 4 : 8;
    f->line = g_malloc (((gsize) GST_VIDEO_FRAME_WIDTH (video) + UNPACK_SLACK) * pixel);
    image->read_row = read_row;
    set_range (image, video->info.colorimetry.range, unpacked);
  }
  return TRUE;
}

void
frame_close (frame *f)
{
  gst_video_frame_unmap (&f->video);
  g_clear_pointer (&f->line, g_free);
}
