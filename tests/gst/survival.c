/* SPDX-License-Identifier: MIT
 * survival PAGE: what is left of the metas behind other elements, as the tables of docs/metadata.md say for this GStreamer. Where a face is in the
 * picture that comes out is seen in the picture: it is white on black. */
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_GST_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

#include "../test.h"
#include "rig.h"

enum { WIDTH = 320, HEIGHT = 240, FRAMES = 5, NEAR = 3 /* pixels: scalers blur, encoders smear */ };
static const GstVideoRectangle face = { 100, 60, 80, 60 };

static char *page;

static GstBuffer *
picture (const GstVideoInfo *info, guint i)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, info->size, NULL);
  GstMapInfo map;
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  memset (map.data, 16, info->offset[1]);
  memset (map.data + info->offset[1], 128, map.size - info->offset[1]);
  for (int y = face.y; y < face.y + face.h; y++)
    memset (map.data + y * info->stride[0] + face.x, 235, (gsize) face.w);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (i, GST_SECOND, 30);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / 30;
  rig_add_face (buffer, face.x, face.y, face.w, face.h);
  return buffer;
}

/* Where the white is; what is not raw video is taken to show it where it was. */
static GstVideoRectangle
white_part (GstBuffer *buffer, GstCaps *caps)
{
  GstVideoInfo info, gray;
  GstVideoFrame in, out;
  if (!gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw") || !gst_video_info_from_caps (&info, caps))
    return face;
  gst_video_info_set_format (&gray, GST_VIDEO_FORMAT_GRAY8, (guint) info.width, (guint) info.height);
  gray.fps_n = info.fps_n;
  gray.fps_d = info.fps_d;
  GstBuffer *copy = gst_buffer_new_allocate (NULL, gray.size, NULL);
  GstVideoConverter *converter = gst_video_converter_new (&info, &gray, NULL);
  gst_video_frame_map (&in, &info, buffer, GST_MAP_READ);
  gst_video_frame_map (&out, &gray, copy, GST_MAP_READWRITE);
  gst_video_converter_frame (converter, &in, &out);
  int left = info.width, top = info.height, right = -1, bottom = -1;
  for (int y = 0; y < info.height; y++)
    for (int x = 0; x < info.width; x++)
      if (((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&out, 0))[y * GST_VIDEO_FRAME_PLANE_STRIDE (&out, 0) + x] > 100) {
        left = MIN (left, x), right = MAX (right, x);
        top = MIN (top, y), bottom = MAX (bottom, y);
      }
  gst_video_frame_unmap (&in);
  gst_video_frame_unmap (&out);
  gst_video_converter_free (converter);
  gst_buffer_unref (copy);
  return (GstVideoRectangle) { left, top, right + 1 - left, bottom + 1 - top };
}

static const char *
judge (gboolean there, const GstVideoRectangle *box, const GstVideoRectangle *white)
{
  if (!there)
    return "lost";
  gboolean right =
      abs (box->x - white->x) <= NEAR && abs (box->y - white->y) <= NEAR && abs (box->w - white->w) <= NEAR && abs (box->h - white->h) <= NEAR;
  return right ? "kept" : "wrong";
}

static const char *
judge_analytics (GstBuffer *buffer, const GstVideoRectangle *white)
{
#ifdef HAVE_GST_ANALYTICS
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (buffer);
  GstAnalyticsODMtd detection;
  GstAnalyticsClsMtd classes;
  gpointer state = NULL, related = NULL;
  GstVideoRectangle box = { 0 };
  gfloat confidence;
  gboolean there = meta && gst_analytics_relation_meta_iterate (meta, &state, gst_analytics_od_mtd_get_mtd_type (), (GstAnalyticsMtd *) &detection)
                   && gst_analytics_relation_meta_get_direct_related (meta, detection.id, GST_ANALYTICS_REL_TYPE_RELATE_TO,
                                                                      gst_analytics_cls_mtd_get_mtd_type (), &related, (GstAnalyticsMtd *) &classes)
                   && gst_analytics_od_mtd_get_location (&detection, &box.x, &box.y, &box.w, &box.h, &confidence);
  return judge (there, &box, white);
#else
  (void) buffer, (void) white;
  return NULL;
#endif
}

/* A row of the table, without the element. */
static char *
judge_all (GstBuffer *buffer, GstCaps *caps)
{
  GstVideoRectangle white = white_part (buffer, caps), roi_box = { 0 }, own_box = { 0 };
  gpointer state = NULL;
  GstVideoRegionOfInterestMeta *roi =
      (GstVideoRegionOfInterestMeta *) gst_buffer_iterate_meta_filtered (buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE);
  if (roi)
    roi_box = (GstVideoRectangle) { (int) roi->x, (int) roi->y, (int) roi->w, (int) roi->h };
  gboolean own = rig_n_faces (buffer) == 1;
  if (own) {
    const GstStructure *s = rig_face (buffer, 0);
    own_box = (GstVideoRectangle) { (int) rig_number (s, "x"), (int) rig_number (s, "y"), (int) rig_number (s, "w"), (int) rig_number (s, "h") };
  }
  const char *params = roi && gst_video_region_of_interest_meta_get_param (roi, "emotion") ? "kept" : "lost";
  const char *analytics = judge_analytics (buffer, &white);
  return g_strconcat (judge (own, &own_box, &white), " | ", judge (roi != NULL, &roi_box, &white), " | ", params, analytics ? " | " : NULL, analytics,
                      NULL);
}

/* What is left behind elements, as a row. g_free it. */
static char *
measure (const char *elements)
{
  const char *filter = strstr (elements, "! video/x-raw"); /* which a bin cannot end with */
  char *launch =
      filter ? g_strdup_printf ("feremotion MODEL faces=upstream ! %.*s! capsfilter caps=\"%s\"", (int) (filter - elements), elements, filter + 2)
             : g_strdup_printf ("feremotion MODEL faces=upstream ! %s", elements);
  GstHarness *h = rig_new (launch);
  GstVideoInfo info;
  g_free (launch);
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, WIDTH, HEIGHT);
  for (guint i = 0; i < FRAMES; i++)
    check (gst_harness_push (h, picture (&info, i)) == GST_FLOW_OK);
  gst_harness_push_event (h, gst_event_new_eos ());
  GstBuffer *out = gst_harness_pull (h);
  GstCaps *caps = gst_pad_get_current_caps (h->sinkpad);
  char *row = out ? judge_all (out, caps) : g_strdup ("nothing");
  gst_clear_caps (&caps);
  gst_clear_buffer (&out);
  gst_harness_teardown (h);
  return row;
}

static void
check_row (const char *line)
{
  char **cells = g_strsplit (line, "`", 3);
  require (g_strv_length (cells) == 3 && g_str_has_prefix (cells[2], " | ") && g_str_has_suffix (cells[2], " |"));
  char *row = measure (cells[1]), *expected = g_strndup (cells[2] + 3, strlen (cells[2]) - 5);
  check (strcmp (row, expected) == 0);
  if (strcmp (row, expected))
    test_note ("| `%s` | %s |", cells[1], row);
  g_free (row);
  g_free (expected);
  g_strfreev (cells);
}

/* "### GStreamer 1.22" is for 1.22 and newer, up to the next one. */
static void
is_as_the_page_says (void)
{
  char *text = NULL;
  guint major, minor, micro, nano, n = 0;
  gst_version (&major, &minor, &micro, &nano);
  require (g_file_get_contents (page, &text, NULL, NULL));
  char **lines = g_strsplit (text, "\n", -1), **table = NULL;
  for (char **line = lines; *line; line++)
    if (g_str_has_prefix (*line, "### GStreamer 1.") && strtoul (*line + strlen ("### GStreamer 1."), NULL, 10) <= minor)
      table = line;
  require (table);
  test_note ("%s", *table + 4);
  for (char **line = table + 1; *line && **line != '#'; line++)
    if (g_str_has_prefix (*line, "| `")) {
      check_row (*line);
      n++;
    }
  check (n >= 10);
  g_strfreev (lines);
  g_free (text);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  page = argv[1];
  return rig_exit (test_run ((test_case[]) { TEST (is_as_the_page_says), { 0 } }));
}
