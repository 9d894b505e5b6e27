/* SPDX-License-Identifier: MIT
 * element [FOLDER [PROPERTIES]]: what feremotion costs a frame of 1920x1080 I420 in which portraits of FOLDER move. CPU time of this thread for
 * the frame's way through the element, metadata included; its stages by the clock. */
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../tools/common/picture.h"

enum { WIDTH = 1920, HEIGHT = 1080, FPS = 30, FACES = 4, FRAMES = 900, WARM_UP = 15 };

static const char *const files[FACES] = { "female_00.jpg", "male_01.jpg", "female_02.jpg", "male_03.jpg" };

static double
now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return 1e3 * (double) t.tv_sec + 1e-6 * (double) t.tv_nsec;
}

/* Samples as fer_image has them, 0-255, in video range. */
static guint8 *
luma_of (const fer_image *image)
{
  float *row = g_new (float, image->width);
  guint8 *luma = g_malloc ((gsize) image->width * (gsize) image->height);
  for (int y = 0; y < image->height; y++) {
    image->read_row (image, y, row);
    for (int x = 0; x < image->width; x++)
      luma[y * image->width + x] = (guint8) (16.5f + row[x] * (219 / 255.0f));
  }
  g_free (row);
  return luma;
}

static GstBuffer *
scene (const GstVideoInfo *info, const tool_picture *pictures, guint8 *const *lumas, int frame)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info->size, NULL);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  memset (map.data, 128, info->size);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      map.data[y * info->stride[0] + x] = (guint8) (60 + (x * 7 ^ y * 5) % 32 + y / 20);
  for (int i = 0; i < FACES; i++) {
    double t = 2 * G_PI * frame / (4.0 * FPS) + i; /* a round in four seconds */
    int w = pictures[i].image.width, h = pictures[i].image.height;
    int left = (int) ((i + 0.5) * WIDTH / FACES + 60 * cos (t)) - w / 2, top = (int) (HEIGHT / 2 + 200 * (i % 2 ? 1 : -1) + 60 * sin (t)) - h / 2;
    for (int y = 0; y < h; y++)
      memcpy (map.data + (top + y) * info->stride[0] + left, lumas[i] + y * w, (gsize) w);
  }
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale ((guint64) frame, GST_SECOND, FPS);
  return buffer;
}

static int
n_faces (GstBuffer *buffer)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer, "FerEmotionMeta");
  return meta ? (int) gst_value_array_get_size (gst_structure_get_value (gst_custom_meta_get_structure (meta), "faces")) : 0;
}

static int
by_size (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* What the element says itself: its stages by the clock. */
static void
print_stages (GstElement *element)
{
  static const char *const stages[] = { "find", "read", "heat-map", "attach", "draw" };
  GstStructure *stats = NULL;
  g_object_get (element, "stats", &stats, NULL);
  const GstStructure *times = gst_value_get_structure (gst_structure_get_value (stats, "ms"));
  printf ("   ");
  for (gsize i = 0; i < G_N_ELEMENTS (stages); i++) {
    const GstStructure *stage = gst_value_get_structure (gst_structure_get_value (times, stages[i]));
    guint64 n = 0;
    double mean = 0, p99 = 0;
    if (gst_structure_get (stage, "n", G_TYPE_UINT64, &n, "mean", G_TYPE_DOUBLE, &mean, "p99", G_TYPE_DOUBLE, &p99, NULL) && n)
      printf (" %s %.2f (99 %% %.2f)", stages[i], mean, p99);
  }
  printf ("\n");
  gst_structure_free (stats);
}

static void
run (const char *properties, const tool_picture *pictures, guint8 *const *lumas)
{
  char *line = g_strdup_printf ("feremotion name=e %s", properties);
  GstHarness *h = gst_harness_new_parse (line);
  GstVideoInfo info;
  double times[FRAMES], sum = 0;
  int faces = 0, n = 0;
  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, WIDTH, HEIGHT);
  info.fps_n = FPS;
  gst_harness_set_src_caps (h, gst_video_info_to_caps (&info));
  for (int i = 0; i < WARM_UP + FRAMES; i++) {
    GstBuffer *in = scene (&info, pictures, lumas, i);
    double start = now ();
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    if (i >= WARM_UP) {
      times[n++] = now () - start;
      faces += n_faces (out);
    }
    gst_buffer_unref (out);
  }
  qsort (times, (size_t) n, sizeof *times, by_size);
  for (int i = 0; i < n; i++)
    sum += times[i];
  GstElement *element = gst_bin_get_by_name (GST_BIN (h->element), "e");
  printf ("feremotion %s: %.2f ms a frame in the mean, median %.2f, 95 %% %.2f, 99 %% %.2f, longest %.2f; %.2f faces a frame\n", properties, sum / n,
          times[n / 2], times[n * 95 / 100], times[n * 99 / 100], times[n - 1], (double) faces / n);
  print_stages (element);
  gst_object_unref (element);
  gst_harness_teardown (h);
  g_free (line);
}

int
main (int argc, char **argv)
{
  const char *folder = argc > 1 ? argv[1] : "../shared/data/portraits";
  tool_picture pictures[FACES];
  guint8 *lumas[FACES];
  nn_error error;
  gst_init (NULL, NULL);
  for (int i = 0; i < FACES; i++) {
    char *path = g_build_filename (folder, files[i], NULL);
    if (!tool_picture_load (&pictures[i], path, &error)) {
      printf ("nothing is timed: %s\n", error.text);
      return argc > 1;
    }
    lumas[i] = luma_of (&pictures[i].image);
    g_free (path);
  }
  run (argc > 2 ? argv[2] : "", pictures, lumas);
  if (argc < 3) {
    run ("overlay=labels updates=every-frame meta-format=auto+json", pictures, lumas);
    run ("overlay=both", pictures, lumas);
    run ("async=true", pictures, lumas);
    run ("detect-interval=0", pictures, lumas);
    run ("interval=0 max-faces-per-frame=0", pictures, lumas);
  }
  for (int i = 0; i < FACES; i++) {
    g_free (lumas[i]);
    tool_picture_clear (&pictures[i]);
  }
  gst_deinit ();
  return 0;
}
