/* SPDX-License-Identifier: MIT
 * What the element reads in a frame: the same face gives the same answer, whatever the format and whoever asks. */
#include <string.h>

#include "../test.h"
#include "rig.h"

/* Probabilities of the whole picture number seed, through the element. */
static gboolean
read_picture (GstVideoFormat format, int width, int height, int seed, int extra, double *probabilities)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame");
  GstVideoInfo info;
  rig_set_format (h, &info, format, width, height);
  GstBuffer *out = gst_harness_push_and_pull (h, extra ? rig_strided_picture (&info, seed, extra) : rig_picture (&info, seed));
  gboolean read = out && rig_n_faces (out) == 1;
  for (int k = 0; k < 7 && read; k++)
    probabilities[k] = rig_probability (rig_face (out, 0), k);
  gst_clear_buffer (&out);
  gst_harness_teardown (h);
  return read;
}

static double
difference (const double *a, const double *b)
{
  double worst = 0;
  for (int k = 0; k < 7; k++)
    worst = test_worse (worst, fabs (a[k] - b[k]));
  return worst;
}

static void
formats_agree (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_P010_10LE,
                                            GST_VIDEO_FORMAT_YUY2 };
  double grey[3][7], other[7];
  for (int seed = 0; seed < 3; seed++) {
    require (read_picture (GST_VIDEO_FORMAT_GRAY8, 96, 80, seed, 0, grey[seed]));
    for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
      require (read_picture (formats[i], 96, 80, seed, 0, other));
      check_near (difference (grey[seed], other), 0, 0.02);
    }
  }
  check (difference (grey[0], grey[1]) > 0.1 && difference (grey[0], grey[2]) > 0.1); /* the model does look */
}

static void
reads_every_format (void)
{
  guint n;
  const GstVideoFormat *formats = gst_video_formats_raw (&n);
  double grey[7], other[7];
  require (read_picture (GST_VIDEO_FORMAT_GRAY8, 35, 27, 1, 0, grey));
  for (guint i = 0; i < n; i++) {
    const GstVideoFormatInfo *format = gst_video_format_get_info (formats[i]);
    gboolean coarse = GST_VIDEO_FORMAT_INFO_DEPTH (format, 0) < 8 || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (format);
    gboolean read = read_picture (formats[i], 35, 27, 1, 0, other);
    if (!read || (!coarse && difference (grey, other) > 0.02))
      test_note ("%s: %s", GST_VIDEO_FORMAT_INFO_NAME (format), read ? "other probabilities" : "not read");
    check (read && (coarse || difference (grey, other) <= 0.02));
  }
}

static void
reads_strides (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_P010_10LE,
                                            GST_VIDEO_FORMAT_GRAY8 };
  double plain[7], strided[7];
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    require (read_picture (formats[i], 35, 27, 2, 0, plain));
    require (read_picture (formats[i], 35, 27, 2, 40, strided));
    check_near (difference (plain, strided), 0, 1e-6);
  }
}

/* The element against libfer, asked directly for the same faces of the same pixels. */
static void
equals_libfer (void)
{
  static const int boxes[][4] = { { 20, 10, 40, 40 }, { -5, 30, 50, 44 }, { 90, 60, 13, 17 } };
  GstHarness *h = rig_new ("feremotion MODEL roi-scale=1.1 roi-dx=0.05 roi-dy=-0.1");
  GstVideoInfo info;
  nn_error error;
  float expected[7];
  fer_classifier *classifier = fer_classifier_load (rig_model, 1, NN_PRECISION_FULL, &error);
  require (classifier);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 128, 96);
  GstBuffer *in = rig_picture (&info, 5);
  for (int i = 0; i < 3; i++)
    rig_add_face (in, boxes[i][0], boxes[i][1], boxes[i][2], boxes[i][3]);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out && rig_n_faces (out) == 3);

  GstMapInfo map;
  fer_image image;
  gst_buffer_map (out, &map, GST_MAP_READ);
  fer_image_from_rgb (&image, map.data, 128, 96, info.stride[0], 1);
  for (int i = 0; i < 3; i++) {
    fer_box box = { (float) boxes[i][0], (float) boxes[i][1], (float) boxes[i][2], (float) boxes[i][3] };
    fer_box reference = fer_box_apply (&box, &(fer_box_map) { 1.1f, 0.05f, -0.1f });
    fer_box square = fer_crop_square (&fer_classifier_model (classifier)->crop, &reference);
    require (fer_classifier_run (classifier, &image, &square, NULL, 1, expected));
    for (int k = 0; k < 7; k++)
      check_near (rig_probability (rig_face (out, i), k), expected[k], 1e-6);
  }
  gst_buffer_unmap (out, &map);
  gst_buffer_unref (out);
  fer_classifier_free (classifier);
  gst_harness_teardown (h);
}

static void
reads_the_largest_64_of_100_faces (void)
{
  GstHarness *h = rig_new ("feremotion MODEL");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_NV12, 320, 240);
  GstBuffer *in = rig_picture (&info, 1);
  for (int i = 0; i < 100; i++)
    rig_add_face (in, 2 * i, i, 12 + i % 10, 12 + i % 10);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out && rig_n_faces (out) == 64);
  for (int i = 0; i < 64; i++)
    check (rig_number (rig_face (out, i), "w") >= 15);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
reads_the_visible_part_only (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 96, 80);
  GstBuffer *in = rig_picture (&info, 1);
  GstVideoCropMeta *crop = gst_buffer_add_video_crop_meta (in);
  crop->x = 16, crop->y = 10, crop->width = 40, crop->height = 50;
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out && rig_n_faces (out) == 1);
  int width = 0, height = 0;
  gst_structure_get (rig_result (out), "width", G_TYPE_INT, &width, "height", G_TYPE_INT, &height, NULL);
  check (width == 40 && height == 50);
  check (rig_number (rig_face (out, 0), "w") == 40 && rig_number (rig_face (out, 0), "h") == 50);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
is_unsure_under_the_threshold (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=frame threshold=1");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 48, 48);
  GstBuffer *out = gst_harness_push_and_pull (h, rig_picture (&info, 1));
  require (out && rig_n_faces (out) == 1);
  check (strcmp (gst_structure_get_string (rig_face (out, 0), "label"), "unsure") == 0);
  check (rig_number (rig_face (out, 0), "confidence") > 1 / 7.0);
  double sum = 0;
  for (int k = 0; k < 7; k++)
    sum += rig_probability (rig_face (out, 0), k);
  check_near (sum, 1, 1e-5);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (formats_agree),
                                             TEST (reads_every_format),
                                             TEST (reads_strides),
                                             TEST (equals_libfer),
                                             TEST (reads_the_largest_64_of_100_faces),
                                             TEST (reads_the_visible_part_only),
                                             TEST (is_unsure_under_the_threshold),
                                             { 0 } }));
}
