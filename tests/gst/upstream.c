/* SPDX-License-Identifier: MIT */
#include "upstream.h"

#include "../test.h"

#ifdef HAVE_GST_ANALYTICS
#include <gst/analytics/analytics.h>
#endif

static GstVideoRegionOfInterestMeta *
add_roi (GstBuffer *buffer, const char *type, int x, int y, int w, int h)
{
  return gst_buffer_add_video_region_of_interest_meta (buffer, type, (guint) x, (guint) y, (guint) w, (guint) h);
}

static int
boxes (GstBuffer *buffer, const char *type, upstream_box *all, int max)
{
  upstream_state state = { 0 };
  int n = 0;
  while (n < max && upstream_next (buffer, upstream_type (type), &state, &all[n]))
    n++;
  return n;
}

static void
lists_boxes_of_the_type (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  upstream_box all[8];
  check (boxes (buffer, "face", all, 8) == 0);
  add_roi (buffer, "face", -5, 20, 30, 40);
  add_roi (buffer, "car", 50, 50, 60, 60);
  add_roi (buffer, "face", 100, 20, 50, 40);
  require (boxes (buffer, "face", all, 8) == 2);
  check (all[0].box.x == -5 && all[0].box.y == 20 && all[0].box.w == 30 && all[0].box.h == 40 && all[1].box.x == 100);
  check (boxes (buffer, "", all, 8) == 3 && all[1].type == g_quark_from_string ("car"));
  check (boxes (buffer, NULL, all, 8) == 3);
  gst_buffer_unref (buffer);
}

static void
knows_boxes_that_say_nothing_else (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  upstream_box all[8];
  add_roi (buffer, "face", 0, 0, 30, 30);
  gst_video_region_of_interest_meta_add_param (add_roi (buffer, "face", 50, 0, 30, 30), gst_structure_new_empty ("emotion"));
  gst_video_region_of_interest_meta_add_param (add_roi (buffer, "face", 100, 0, 30, 30), gst_structure_new_empty ("detection"));
  add_roi (buffer, "face", 150, 0, 30, 30)->id = 4;
  add_roi (buffer, "face", 200, 0, 30, 30)->parent_id = 4;
  require (boxes (buffer, "face", all, 8) == 5);
  check (all[0].bare && all[1].bare && !all[2].bare && !all[3].bare && !all[4].bare);
  gst_buffer_unref (buffer);
}

static void
finds_the_meta_of_a_face (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  GQuark face = g_quark_from_string ("face");
  GstVideoRegionOfInterestMeta *near = add_roi (buffer, "face", 102, 100, 40, 40), *exact = add_roi (buffer, "face", 100, 100, 40, 40);
  check (upstream_roi (buffer, face, &(fer_box) { 100, 100, 40, 40 }) == exact);
  check (upstream_roi (buffer, face, &(fer_box) { 103, 101, 40, 40 }) == near);
  check (!upstream_roi (buffer, face, &(fer_box) { 125, 100, 40, 40 })); /* its neighbour */
  check (!upstream_roi (buffer, g_quark_from_string ("car"), &(fer_box) { 100, 100, 40, 40 }));
  gst_buffer_unref (buffer);
}

#ifdef HAVE_GST_ANALYTICS
static void
takes_a_face_that_came_twice_once (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  upstream_box all[8];
  GstAnalyticsODMtd mtd;
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta (buffer);
  add_roi (buffer, "face", 100, 100, 40, 40);
  gst_analytics_relation_meta_add_od_mtd (meta, g_quark_from_string ("face"), 99, 100, 41, 40, 0.8f, &mtd);
  gst_analytics_relation_meta_add_od_mtd (meta, g_quark_from_string ("car"), 300, 100, 41, 40, 0.8f, &mtd);
  gst_analytics_relation_meta_add_od_mtd (meta, g_quark_from_string ("face"), -10, 0, 41, 40, 0.8f, &mtd);
  require (boxes (buffer, "face", all, 8) == 2);
  check (all[0].box.x == 100 && all[1].box.x == -10 && all[1].box.w == 41 && all[0].bare && !all[1].bare);
  check (boxes (buffer, "", all, 8) == 3);
  gst_buffer_unref (buffer);
}
#endif

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (lists_boxes_of_the_type),
                                   TEST (knows_boxes_that_say_nothing_else),
                                   TEST (finds_the_meta_of_a_face),
#ifdef HAVE_GST_ANALYTICS
                                   TEST (takes_a_face_that_came_twice_once),
#endif
                                   { 0 } });
}
