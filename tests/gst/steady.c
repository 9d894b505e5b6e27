/* SPDX-License-Identifier: MIT
 * What people see: labels that do not blink while inference is skipped, and faces that stay covered while they are not seen. */
#include <string.h>

#include "../test.h"
#include "rig.h"

#define MS GST_MSECOND

static GstBuffer *
push (GstHarness *h, GstBuffer *in, GstClockTime pts)
{
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

/* ---- labels ---------------------------------------------------------------------------------------------------------------- */

enum { WIDTH = 320, HEIGHT = 200, SIDE = 48 };

/* A face at (x, y), which looks like pattern number seed, in a black picture: too small for a change of it to be another scene. */
static GstBuffer *
face (const GstVideoInfo *info, int seed, int x, int y)
{
  GstBuffer *buffer = rig_spots (info, NULL, 0);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (int j = 0; j < SIDE; j++)
    for (int i = 0; i < SIDE; i++)
      map.data[(y + j) * info->stride[0] + x + i] = rig_luma (seed, (double) i / SIDE, (double) j / SIDE);
  gst_buffer_unmap (buffer, &map);
  rig_add_face (buffer, x, y, SIDE, SIDE);
  return buffer;
}

/* A face that is another one in each frame: readings that change their mind. Returns how many labels there were in 6 seconds. */
static int
watch (const char *settings, int rate, guint64 interval)
{
  char *line = g_strdup_printf ("feremotion MODEL faces=upstream smoothing=20 interval=%" G_GUINT64_FORMAT " %s", interval, settings), last[16] = "";
  GstHarness *h = rig_new (line);
  GstVideoInfo info;
  guint64 since = 0;
  int n = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT);
  for (int i = 0; i < 6 * rate; i++) {
    guint64 time = (guint64) i * GST_SECOND / (guint64) rate;
    GstBuffer *out = push (h, face (&info, i, 100, 80), time);
    if (!out || rig_n_faces (out) != 1) {
      check (!"a face in every frame");
      break;
    }
    const GstStructure *read = rig_face (out, 0);
    const char *label = gst_structure_get_string (read, "label");
    check (whole (read, "id") == 1 && whole (read, "age") <= interval * MS + GST_SECOND / (guint64) rate);
    if (strcmp (label, last) != 0) {
      check (!n || time - since >= 200 * MS);
      g_strlcpy (last, label, sizeof last);
      since = time;
      n++;
    }
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
  g_free (line);
  return n;
}

static void
labels_do_not_blink (void)
{
  static const int rates[] = { 7, 15, 25, 30, 60 };
  static const guint64 intervals[] = { 0, 50, 100, 300, 1000 };
  int n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (intervals); k++) {
      n += watch ("", rates[i], intervals[k]);
      n += watch ("threshold=0.3 margin=0.1", rates[i], intervals[k]);
    }
  check (n > 60); /* these readings do change their mind */
}

static void
a_margin_makes_unsure (void)
{
  GstHarness *sure = rig_new ("feremotion MODEL faces=frame"), *unsure = rig_new ("feremotion MODEL faces=frame margin=1");
  GstVideoInfo info;
  rig_set_format (sure, &info, GST_VIDEO_FORMAT_GRAY8, 48, 48);
  rig_set_format (unsure, &info, GST_VIDEO_FORMAT_GRAY8, 48, 48);
  GstBuffer *a = push (sure, rig_picture (&info, 1), 0), *b = push (unsure, rig_picture (&info, 1), 0);
  require (a && b);
  check (strcmp (gst_structure_get_string (rig_face (a, 0), "label"), "unsure") != 0);
  check (strcmp (gst_structure_get_string (rig_face (b, 0), "label"), "unsure") == 0);
  check (rig_number (rig_face (a, 0), "confidence") == rig_number (rig_face (b, 0), "confidence"));
  gst_buffer_unref (a);
  gst_buffer_unref (b);
  gst_harness_teardown (sure);
  gst_harness_teardown (unsure);
}

static void
tells_the_dominant_label (void)
{
  GstHarness *h = rig_new ("feremotion name=e MODEL faces=upstream");
  GstElement *element = gst_bin_get_by_name (GST_BIN (h->element), "e");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 48, 48);
  for (int i = 0; i < 3; i++) {
    GstBuffer *in = rig_picture (&info, 1), *out;
    rig_add_face (in, 4, 4, 40, 40);
    g_object_set (element, "dominant-window", i == 2 ? 0 : 5000, NULL);
    out = push (h, in, (guint64) i * 40 * MS);
    require (out && rig_n_faces (out) == 1);
    const GstStructure *read = rig_face (out, 0);
    check (gst_structure_has_field (read, "dominant") == (i != 2) && gst_structure_has_field (read, "dominant-share") == (i != 2));
    if (i != 2)
      check (strcmp (gst_structure_get_string (read, "dominant"), gst_structure_get_string (read, "label")) == 0
             && rig_number (read, "dominant-share") == 1);
    gst_buffer_unref (out);
  }
  gst_object_unref (element);
  gst_harness_teardown (h);
}

/* ---- covers ---------------------------------------------------------------------------------------------------------------- */

/* Fine stripes, which no finder takes for a face, in the corner (w, h) of a black picture. */
static GstBuffer *
stripes (const GstVideoInfo *info, int w, int h)
{
  GstBuffer *buffer = rig_spots (info, NULL, 0);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
      map.data[y * info->stride[0] + x] = x % 4 < 2 ? 20 : 120;
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

/* The greatest difference of neighbours in the 20x20 pixels around (x, y). */
static int
contrast (GstBuffer *buffer, const GstVideoInfo *info, int x, int y)
{
  GstMapInfo map;
  int most = 0;
  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (int j = y - 10; j < y + 10; j++)
    for (int i = x - 10; i < x + 10; i++) {
      const guint8 *p = map.data + j * info->stride[0] + i;
      most = MAX (most, abs (p[1] - p[0]));
    }
  gst_buffer_unmap (buffer, &map);
  return most;
}

static gboolean
is_covered (GstBuffer *out, const GstVideoInfo *info)
{
  return contrast (out, info, 48, 48) < 20;
}

static void
what_is_not_seen_stays_covered (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER faces=finder anonymize=blur");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT);
  GstBuffer *out = NULL;
  for (int i = 0; i < 10; i++) {
    gst_clear_buffer (&out);
    out = push (h, rig_spots (&info, &(rig_spot) { 48, 48 }, 1), (guint64) i * 40 * MS);
    require (out && rig_n_faces (out) == 1);
  }
  gst_clear_buffer (&out);
  for (int i = 10; i < 60; i++) { /* last seen at 360 ms; reported for 300 ms more, followed for 1.5 s */
    out = push (h, stripes (&info, 80, 80), (guint64) i * 40 * MS);
    require (out);
    if (i <= 45)
      check (is_covered (out, &info));
    if (i > 18)
      check (rig_n_faces (out) == 0);
    if (i > 48)
      check (!is_covered (out, &info));
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

static void
frames_that_are_not_read_are_covered (void)
{
  static const GstBufferFlags flags[] = { GST_BUFFER_FLAG_CORRUPTED, GST_BUFFER_FLAG_GAP };
  GstHarness *h = rig_new ("feremotion MODEL FINDER faces=finder anonymize=pixelate");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT);
  GstBuffer *out = push (h, rig_spots (&info, &(rig_spot) { 48, 48 }, 1), 0);
  require (out && rig_n_faces (out) == 1);
  gst_buffer_unref (out);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++) {
    GstBuffer *in = stripes (&info, WIDTH, HEIGHT);
    GST_BUFFER_FLAG_SET (in, flags[i]);
    out = push (h, in, (1 + i) * 40 * MS);
    require (out && rig_n_faces (out) == -1);
    check (contrast (out, &info, 250, 150) == 100);
    GstMapInfo map;
    gst_buffer_map (out, &map, GST_MAP_READ);
    check (map.data[48 * info.stride[0] + 48] == map.data[48 * info.stride[0] + 49]);
    check (abs (map.data[48 * info.stride[0] + 48] - 70) < 10); /* the stripes' mean */
    gst_buffer_unmap (out, &map);
    gst_buffer_unref (out);
  }
  gst_harness_teardown (h);
}

static void
boxes_that_are_not_read_are_covered (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=upstream max-faces=1 anonymize=blur");
  GstVideoInfo info;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, WIDTH, HEIGHT);
  GstBuffer *in = stripes (&info, WIDTH, HEIGHT), *out;
  rig_add_face (in, 200, 100, 60, 60); /* the largest */
  rig_add_face (in, 28, 28, 40, 40);
  rig_add_face (in, 296, 176, 40, 40); /* more than half outside */
  out = push (h, in, 0);
  require (out && rig_n_faces (out) == 1);
  check (is_covered (out, &info) && contrast (out, &info, 230, 130) < 20 && contrast (out, &info, 309, 189) < 20);
  check (contrast (out, &info, 120, 100) == 100);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* After it was read: the result is that of the picture as it came. */
static void
covers_what_was_read (void)
{
  GstHarness *plain = rig_new ("feremotion MODEL faces=frame"), *covered = rig_new ("feremotion MODEL faces=frame anonymize=blur");
  GstVideoInfo info;
  gst_harness_set_live (plain, FALSE); /* a file: no wall clock */
  gst_harness_set_live (covered, FALSE);
  rig_set_format (plain, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  rig_set_format (covered, &info, GST_VIDEO_FORMAT_I420, 64, 48);
  GstBuffer *a = push (plain, rig_picture (&info, 1), 0), *b = push (covered, rig_picture (&info, 1), 0);
  require (a && b);
  char *first = gst_structure_to_string (rig_result (a)), *second = gst_structure_to_string (rig_result (b));
  check (strcmp (first, second) == 0);
  g_free (first);
  g_free (second);
  GstMapInfo before, after;
  gst_buffer_map (a, &before, GST_MAP_READ);
  gst_buffer_map (b, &after, GST_MAP_READ);
  check (memcmp (before.data, after.data, before.size) != 0);
  gst_buffer_unmap (a, &before);
  gst_buffer_unmap (b, &after);
  gst_buffer_unref (a);
  gst_buffer_unref (b);
  gst_harness_teardown (plain);
  gst_harness_teardown (covered);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (labels_do_not_blink),
                                             TEST (a_margin_makes_unsure),
                                             TEST (tells_the_dominant_label),
                                             TEST (what_is_not_seen_stays_covered),
                                             TEST (frames_that_are_not_read_are_covered),
                                             TEST (boxes_that_are_not_read_are_covered),
                                             TEST (covers_what_was_read),
                                             { 0 } }));
}
