/* SPDX-License-Identifier: MIT
 * Regions of interest and GstAnalytics side by side: what came is used, nothing is there twice, and other elements understand it. */
#include <gst/analytics/analytics.h>
#include <string.h>

#include "../test.h"
#include "rig.h"

static int
count (GstBuffer *buffer, GstAnalyticsMtdType type)
{
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (buffer);
  gpointer state = NULL;
  GstAnalyticsMtd mtd;
  int n = 0;
  while (meta && gst_analytics_relation_meta_iterate (meta, &state, type, &mtd))
    n++;
  return n;
}

static int
n_rois (GstBuffer *buffer)
{
  gpointer state = NULL;
  int n = 0;
  while (gst_buffer_iterate_meta_filtered (buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))
    n++;
  return n;
}

/* One of each, whoever found it. */
static void
check_one_face (GstBuffer *buffer)
{
  check (rig_n_faces (buffer) == 1 && n_rois (buffer) == 1);
  check (count (buffer, gst_analytics_od_mtd_get_mtd_type ()) == 1);
  check (count (buffer, gst_analytics_cls_mtd_get_mtd_type ()) == 1);
  check (count (buffer, gst_analytics_tracking_mtd_get_mtd_type ()) == 1);
}

static void
uses_detections_of_others (void)
{
  static const char *const lines[] = { "feremotion MODEL", "feremotion MODEL ! feremotion MODEL", "feremotion MODEL ! videoscale ! feremotion MODEL",
                                       "feremotion MODEL meta-format=analytics ! feremotion MODEL" };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    GstHarness *h = rig_new (lines[i]);
    GstVideoInfo info;
    GstAnalyticsODMtd detection;
    rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 128, 96);
    GstBuffer *in = rig_picture (&info, 1);
    gst_analytics_relation_meta_add_od_mtd (gst_buffer_add_analytics_relation_meta (in), g_quark_from_string ("face"), 10, 12, 40, 44, 0.7f,
                                            &detection);
    GstBuffer *out = gst_harness_push_and_pull (h, in);
    require (out);
    check_one_face (out);
    check (rig_number (rig_face (out, 0), "x") == 10 && rig_number (rig_face (out, 0), "h") == 44);
    check (strcmp (gst_structure_get_string (rig_face (out, 0), "source"), "upstream") == 0);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

static void
detections_of_other_things_are_no_faces (void)
{
  GstHarness *h = rig_new ("feremotion MODEL faces=upstream");
  GstVideoInfo info;
  GstAnalyticsODMtd detection;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_I420, 128, 96);
  GstBuffer *in = rig_picture (&info, 1);
  gst_analytics_relation_meta_add_od_mtd (gst_buffer_add_analytics_relation_meta (in), g_quark_from_string ("car"), 10, 12, 40, 44, 0.7f, &detection);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out);
  check (rig_n_faces (out) == 0 && n_rois (out) == 0 && count (out, gst_analytics_od_mtd_get_mtd_type ()) == 1);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

static void
adds_its_own_once (void)
{
  static const char *const lines[] = { "feremotion MODEL FINDER faces=finder", "feremotion MODEL FINDER faces=finder ! feremotion MODEL",
                                       "feremotion MODEL FINDER faces=finder ! feremotion MODEL FINDER faces=finder" };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    GstHarness *h = rig_new (lines[i]);
    GstVideoInfo info;
    rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 240);
    GstBuffer *out = gst_harness_push_and_pull (h, rig_spots (&info, (rig_spot[]) { { 160, 120 } }, 1));
    require (out);
    check_one_face (out);
    gst_buffer_unref (out);
    gst_harness_teardown (h);
  }
}

/* As Deep Learning Streamer looks for it. */
static void
a_region_has_the_id_of_its_detection (void)
{
  GstHarness *h = rig_new ("feremotion MODEL FINDER faces=finder");
  GstVideoInfo info;
  GstAnalyticsODMtd detection;
  gpointer state = NULL;
  int n = 0;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 640, 240);
  GstBuffer *out = gst_harness_push_and_pull (h, rig_spots (&info, (rig_spot[]) { { 160, 120 }, { 420, 120 } }, 2));
  require (out);
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (out);
  while (gst_analytics_relation_meta_iterate (meta, &state, gst_analytics_od_mtd_get_mtd_type (), (GstAnalyticsMtd *) &detection)) {
    GstVideoRegionOfInterestMeta *roi = gst_buffer_get_video_region_of_interest_meta_id (out, (gint) detection.id);
    gint x, y, w, height;
    gfloat confidence;
    require (roi && gst_analytics_od_mtd_get_location (&detection, &x, &y, &w, &height, &confidence));
    check ((gint) roi->x == x && (gint) roi->w == w && gst_video_region_of_interest_meta_get_param (roi, "emotion"));
    n++;
  }
  check (n == 2);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

/* White on black, where it draws a box around the face and a label above it. */
static void
gstreamers_overlay_draws_it (void)
{
  GstElementFactory *factory = gst_element_factory_find ("objectdetectionoverlay");
  if (!factory)
    skip ("objectdetectionoverlay is not installed (GStreamer's bad plug-ins, 1.24)");
  gst_object_unref (factory);
  GstHarness *h = rig_new ("feremotion MODEL faces=upstream ! objectdetectionoverlay");
  GstVideoInfo info;
  GstMapInfo map;
  rig_set_format (h, &info, GST_VIDEO_FORMAT_GRAY8, 320, 240);
  GstBuffer *in = rig_spots (&info, NULL, 0);
  rig_add_face (in, 100, 100, 80, 80);
  GstBuffer *out = gst_harness_push_and_pull (h, in);
  require (out && gst_buffer_map (out, &map, GST_MAP_READ));
  int side = 0, label = 0, elsewhere = 0;
  for (int y = 0; y < 240; y++) {
    side += map.data[y * info.stride[0] + 100] > 100;
    for (int x = 0; x < 320; x++) {
      label += y > 70 && y < 97 && x >= 95 && map.data[y * info.stride[0] + x] > 100;
      elsewhere += y > 190 && map.data[y * info.stride[0] + x] > 100;
    }
  }
  check (side >= 78 && side < 120 && label > 30 && elsewhere == 0);
  gst_buffer_unmap (out, &map);
  gst_buffer_unref (out);
  gst_harness_teardown (h);
}

int
main (int argc, char **argv)
{
  rig_init (&argc, &argv);
  return rig_exit (test_run ((test_case[]) { TEST (uses_detections_of_others),
                                             TEST (detections_of_other_things_are_no_faces),
                                             TEST (adds_its_own_once),
                                             TEST (a_region_has_the_id_of_its_detection),
                                             TEST (gstreamers_overlay_draws_it),
                                             { 0 } }));
}
