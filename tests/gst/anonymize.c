/* SPDX-License-Identifier: MIT */
#include "anonymize.h"

#include <string.h>

#include "../test.h"

enum { WIDTH = 117, HEIGHT = 99 };

static const fer_box box = { 40, 30, 36, 40 };

/* A buffer of info full of noise, the same for a seed. Zeros follow: of NV12_10LE32 GStreamer reads a word more where the last pixel's colour would
 * need it, for which the format has no room. */
static GstBuffer *
noise (const GstVideoInfo *info, guint seed)
{
  GstAllocationParams params = { .flags = GST_MEMORY_FLAG_ZERO_PADDED, .padding = 16 };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info->size, &params);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < map.size; i++) {
    seed = seed * 1664525u + 1013904223u;
    map.data[i] = (guint8) (seed >> 24);
  }
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

/* Bits that mean nothing are not kept: noise without them. */
static void
clear_unused_bits (GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame frame;
  guint16 *line = g_new (guint16, 4 * (GST_VIDEO_INFO_WIDTH (info) + 16));
  gst_video_frame_map (&frame, info, buffer, GST_MAP_READWRITE);
  for (int y = 0; y < GST_VIDEO_INFO_HEIGHT (info); y++) {
    info->finfo->unpack_func (info->finfo, GST_VIDEO_PACK_FLAG_NONE, line, frame.data, info->stride, 0, y, GST_VIDEO_INFO_WIDTH (info));
    info->finfo->pack_func (info->finfo, GST_VIDEO_PACK_FLAG_NONE, line, 0, frame.data, info->stride, info->chroma_site, y,
                            GST_VIDEO_INFO_WIDTH (info));
  }
  gst_video_frame_unmap (&frame);
  g_free (line);
}

/* Unpacked samples (height, width, 4), widened to 16 bits. */
static guint16 *
samples_of (GstBuffer *buffer, const GstVideoInfo *info)
{
  GstVideoFrame frame;
  int w = GST_VIDEO_INFO_WIDTH (info), h = GST_VIDEO_INFO_HEIGHT (info);
  gboolean wide = GST_VIDEO_FORMAT_INFO_DEPTH (gst_video_format_get_info (info->finfo->unpack_format), 0) > 8;
  guint16 *line = g_new0 (guint16, 4 * (w + 16)), *samples = g_new (guint16, 4 * w * h);
  gst_video_frame_map (&frame, info, buffer, GST_MAP_READ);
  for (int y = 0; y < h; y++) {
    info->finfo->unpack_func (info->finfo, GST_VIDEO_PACK_FLAG_NONE, line, frame.data, info->stride, 0, y, w);
    for (int i = 0; i < 4 * w; i++)
      samples[4 * w * y + i] = wide ? line[i] : (guint16) (((guint8 *) line)[i] << 8);
  }
  gst_video_frame_unmap (&frame);
  g_free (line);
  return samples;
}

static double
radius (const fer_box *b, int x, int y)
{
  double w = (double) b->w, h = (double) b->h;
  return hypot ((x + 0.5 - (double) b->x - w / 2) / (w * G_SQRT2 / 2), (y + 0.5 - (double) b->y - h / 2) / (h * G_SQRT2 / 2));
}

/* Mean difference of neighbours in the ellipse. */
static double
detail (const guint16 *samples, const fer_box *b)
{
  double sum = 0;
  int n = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x + 1 < WIDTH; x++)
      if (radius (b, x, y) < 1 && radius (b, x + 1, y) < 1)
        for (int k = 1; k < 4; k++, n++)
          sum += abs (samples[4 * (y * WIDTH + x + 1) + k] - samples[4 * (y * WIDTH + x) + k]);
  return sum / n;
}

/* Groups of pixels that share a colour, and blocks, may reach over the ellipse by a few pixels; a palette has its own alphas. */
static int
n_changed_elsewhere (const guint16 *before, const guint16 *after, const fer_box *b, gboolean palette)
{
  int n = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int k = 0; k < 4; k++)
        n += (radius (b, x, y) > 1.55 || (k == 0 && !palette)) && before[4 * (y * WIDTH + x) + k] != after[4 * (y * WIDTH + x) + k];
  return n;
}

static void
try_format (GstVideoFormat format, anonymize_choice how)
{
  GstVideoInfo info;
  gst_video_info_set_format (&info, format, WIDTH, HEIGHT);
  GstBuffer *buffer = noise (&info, 1);
  covers c = { .n = 1, .boxes = { box } };
  gboolean palette = GST_VIDEO_FORMAT_INFO_HAS_PALETTE (info.finfo);
  if (!palette)
    clear_unused_bits (buffer, &info);
  guint16 *before = samples_of (buffer, &info);
  check (anonymize (buffer, &info, how, &c, 0, 0));
  guint16 *after = samples_of (buffer, &info);
  gboolean gone = detail (after, &box) < (palette ? 0.5 : 0.25) * detail (before, &box),
           kept = n_changed_elsewhere (before, after, &box, palette) == 0;
  if (!gone || !kept)
    test_note ("%s %s: detail %g after %g; %d samples changed elsewhere", gst_video_format_to_string (format),
               how == ANONYMIZE_BLUR ? "blur" : "blocks", detail (after, &box), detail (before, &box),
               n_changed_elsewhere (before, after, &box, palette));
  check (gone && kept);
  g_free (before);
  g_free (after);
  gst_buffer_unref (buffer);
}

static void
covers_faces_in_every_format (void)
{
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  for (guint i = 0; i < n; i++) {
    try_format (formats[i], ANONYMIZE_BLUR);
    try_format (formats[i], ANONYMIZE_PIXELATE);
  }
  check (n > 80);
}

static void
blocks_are_few_and_whole (void)
{
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT);
  GstBuffer *buffer = noise (&info, 3);
  covers c = { .n = 1, .boxes = { box } };
  gboolean seen[256] = { FALSE };
  int n = 0;
  check (anonymize (buffer, &info, ANONYMIZE_PIXELATE, &c, 0, 0));
  guint16 *samples = samples_of (buffer, &info);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (radius (&box, x, y) < 1 && !seen[samples[4 * (y * WIDTH + x) + 1] >> 8]) {
        seen[samples[4 * (y * WIDTH + x) + 1] >> 8] = TRUE;
        n++;
      }
  check (n > 4 && n <= 100);
  g_free (samples);
  gst_buffer_unref (buffer);
}

/* Of a face much higher than wide, and much wider than high, too. */
static void
blocks_leave_nothing_of_the_ellipse (void)
{
  static const fer_box boxes[] = { { 40, 30, 36, 40 }, { 50, 20, 16, 56 }, { 20, 40, 72, 20 }, { 45.5f, 21.3f, 31, 42.7f } };
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_RGB, WIDTH, HEIGHT);
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++) {
    GstBuffer *buffer = noise (&info, 3);
    covers c = { .n = 1, .boxes = { boxes[i] } };
    guint16 *before = samples_of (buffer, &info);
    check (anonymize (buffer, &info, ANONYMIZE_PIXELATE, &c, 0, 0));
    guint16 *after = samples_of (buffer, &info);
    int n = 0;
    for (int y = 0; y < HEIGHT; y++)
      for (int x = 0; x < WIDTH; x++)
        n += radius (&boxes[i], x, y) < 1 && memcmp (before + 4 * (y * WIDTH + x), after + 4 * (y * WIDTH + x), 4 * sizeof *before) == 0;
    check (n == 0);
    if (n)
      test_note ("box %zu: %d pixels are left", i, n);
    g_free (before);
    g_free (after);
    gst_buffer_unref (buffer);
  }
}

static void
counts_from_the_visible_picture (void)
{
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_NV12, WIDTH, HEIGHT);
  GstBuffer *here = noise (&info, 1), *there = gst_buffer_copy_deep (here);
  covers c = { .n = 1, .boxes = { box } }, moved = { .n = 1, .boxes = { { box.x - 11, box.y - 7, box.w, box.h } } };
  check (anonymize (here, &info, ANONYMIZE_BLUR, &c, 0, 0) && anonymize (there, &info, ANONYMIZE_BLUR, &moved, 11, 7));
  guint16 *a = samples_of (here, &info), *b = samples_of (there, &info);
  check (memcmp (a, b, sizeof *a * 4 * WIDTH * HEIGHT) == 0);
  g_free (a);
  g_free (b);
  gst_buffer_unref (here);
  gst_buffer_unref (there);
}

static void
takes_any_box (void)
{
  static const fer_box boxes[] = { { -50, -50, 60, 60 },   { 100, 80, 500, 500 },      { -1e6f, -1e6f, 2e6f, 2e6f }, { 20, 20, 0, 10 },
                                   { 20, 20, 0.1f, 0.1f }, { 1e30f, 0, 1e30f, 1e30f }, { NAN, 0, 10, 10 },           { 0, 0, INFINITY, 10 },
                                   { 500, 500, 20, 20 },   { -3e9f, 10, 1, 1 } };
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, WIDTH, HEIGHT);
  for (gsize i = 0; i < G_N_ELEMENTS (boxes); i++) {
    GstBuffer *buffer = noise (&info, 5);
    covers c = { .n = 1, .boxes = { boxes[i] } };
    check (anonymize (buffer, &info, ANONYMIZE_BLUR, &c, 0, 0) && anonymize (buffer, &info, ANONYMIZE_PIXELATE, &c, 0, 0));
    gst_buffer_unref (buffer);
  }
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 1, 1);
  GstBuffer *buffer = noise (&info, 5);
  covers c = { .n = 1, .boxes = { { 0, 0, 1, 1 } } };
  check (anonymize (buffer, &info, ANONYMIZE_BLUR, &c, 0, 0));
  gst_buffer_unref (buffer);
}

static void
others_keep_their_pixels (void)
{
  GstVideoInfo info;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, WIDTH, HEIGHT);
  GstBuffer *first = noise (&info, 1), *second = gst_buffer_copy (first); /* the tee's second branch: the same memory */
  covers c = { .n = 1, .boxes = { box } };
  guint16 *before = samples_of (first, &info);
  check (anonymize (second, &info, ANONYMIZE_BLUR, &c, 0, 0));
  guint16 *after = samples_of (first, &info);
  check (memcmp (before, after, sizeof *before * 4 * WIDTH * HEIGHT) == 0);
  check (gst_buffer_peek_memory (first, 0) != gst_buffer_peek_memory (second, 0));
  g_free (before);
  g_free (after);
  gst_buffer_unref (first);
  gst_buffer_unref (second);
}

static void
no_box_is_left_out (void)
{
  covers c = { 0 };
  for (int i = 0; i < 3 * MAX_COVERS; i++)
    covers_add (&c, &(fer_box) { (float) i, 5, 10, 10 });
  const fer_box *last = &c.boxes[MAX_COVERS - 1];
  check (c.n == MAX_COVERS && last->x == MAX_COVERS - 1 && last->x + last->w == 3 * MAX_COVERS - 1 + 10 && last->h == 10);
}

static void
memory_that_cannot_be_written_is_an_error (void)
{
  GstVideoInfo info;
  static guint8 bytes[WIDTH * HEIGHT * 4];
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_RGBA, WIDTH, HEIGHT);
  covers c = { .n = 1, .boxes = { box } };
  GstBuffer *buffer =
      gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY | GST_MEMORY_FLAG_NO_SHARE, bytes, sizeof bytes, 0, sizeof bytes, NULL, NULL);
  GstMapInfo map;
  if (gst_buffer_map (buffer, &map, GST_MAP_WRITE)) { /* it was copied: then what leaves is covered */
    gst_buffer_unmap (buffer, &map);
    check (anonymize (buffer, &info, ANONYMIZE_BLUR, &c, 0, 0));
  } else
    check (!anonymize (buffer, &info, ANONYMIZE_BLUR, &c, 0, 0));
  gst_buffer_unref (buffer);
  buffer = gst_buffer_new_allocate (NULL, 100, NULL);
  check (!anonymize (buffer, &info, ANONYMIZE_BLUR, &c, 0, 0));
  gst_buffer_unref (buffer);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (covers_faces_in_every_format),
                                   TEST (blocks_are_few_and_whole),
                                   TEST (blocks_leave_nothing_of_the_ellipse),
                                   TEST (counts_from_the_visible_picture),
                                   TEST (takes_any_box),
                                   TEST (others_keep_their_pixels),
                                   TEST (no_box_is_left_out),
                                   TEST (memory_that_cannot_be_written_is_an_error),
                                   { 0 } });
}
