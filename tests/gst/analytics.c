/* SPDX-License-Identifier: MIT */
#include "analytics.h"

#include <gst/analytics/analytics.h>

#include "../test.h"

static void
fill (fer_result *result)
{
  *result =
      (fer_result) { .running_time = 5, .time_us = G_MININT64, .width = 640, .height = 480, .n_labels = 7, .labels = fer_labels7, .n_faces = 2 };
  for (int i = 0; i < 2; i++) {
    fer_face *face = &result->faces[i];
    *face = (fer_face) { .id = (uint64_t) i, .box = { 100.4f * (float) i, 20, 30, 40.6f } };
    for (int k = 0; k < 7; k++)
      face->probabilities[k] = k == 3 ? 0.5f : k == 6 ? 0.3f : 0.04f;
    fer_face_decide (face, 7, (fer_limits) { 0 });
  }
}

/* Faces that did not come from upstream. */
static void
write_result (GstBuffer *buffer, const fer_result *result, gint *ids)
{
  static faces found;
  gint unused[FER_MAX_FACES];
  analytics_write (buffer, g_quark_from_string ("face"), &found, result, ids ? ids : unused);
}

static int
count (GstAnalyticsRelationMeta *meta, GstAnalyticsMtdType type)
{
  gpointer state = NULL;
  GstAnalyticsMtd mtd;
  int n = 0;
  while (gst_analytics_relation_meta_iterate (meta, &state, type, &mtd))
    n++;
  return n;
}

/* The n-th detection and its classes by a relation. */
static gboolean
classes_of (GstAnalyticsRelationMeta *meta, int n, GstAnalyticsRelTypes relation, GstAnalyticsODMtd *detection, GstAnalyticsClsMtd *classes)
{
  gpointer state = NULL;
  for (int i = 0; i <= n; i++)
    if (!gst_analytics_relation_meta_iterate (meta, &state, gst_analytics_od_mtd_get_mtd_type (), (GstAnalyticsMtd *) detection))
      return FALSE;
  state = NULL;
  return gst_analytics_relation_meta_get_direct_related (meta, detection->id, relation, gst_analytics_cls_mtd_get_mtd_type (), &state,
                                                         (GstAnalyticsMtd *) classes);
}

static void
relates_faces_to_sorted_classes (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  fer_result result;
  GstAnalyticsODMtd detection;
  GstAnalyticsClsMtd classes;
  gint x, y, w, h;
  gfloat confidence;
  fill (&result);
  write_result (buffer, &result, NULL);
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (buffer);
  require (meta && count (meta, gst_analytics_od_mtd_get_mtd_type ()) == 2 && count (meta, gst_analytics_cls_mtd_get_mtd_type ()) == 2);
  require (classes_of (meta, 1, GST_ANALYTICS_REL_TYPE_RELATE_TO, &detection, &classes)); /* GStreamer's way */
  require (classes_of (meta, 1, GST_ANALYTICS_REL_TYPE_CONTAIN, &detection, &classes));   /* Deep Learning Streamer's */
  check (gst_analytics_od_mtd_get_location (&detection, &x, &y, &w, &h, &confidence) && x == 100 && y == 20 && w == 30 && h == 41);
  check (gst_analytics_od_mtd_get_obj_type (&detection) == g_quark_from_string ("face"));
  require (gst_analytics_cls_mtd_get_length (&classes) == 7);
  check (gst_analytics_cls_mtd_get_quark (&classes, 0) == g_quark_from_string ("happy"));
  check (gst_analytics_cls_mtd_get_quark (&classes, 1) == g_quark_from_string ("neutral"));
  check (gst_analytics_cls_mtd_get_quark (&classes, 2) == g_quark_from_string ("angry"));
  check_near (gst_analytics_cls_mtd_get_level (&classes, 0), 0.5, 1e-6);
  gst_buffer_unref (buffer);
}

static void
relates_tracked_faces_to_tracks (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  fer_result result;
  GstAnalyticsODMtd detection;
  GstAnalyticsClsMtd classes;
  GstAnalyticsTrackingMtd tracking;
  guint64 id;
  GstClockTime first, last;
  gboolean lost;
  gpointer state = NULL;
  fill (&result);
  write_result (buffer, &result, NULL);
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (buffer);
  require (count (meta, gst_analytics_tracking_mtd_get_mtd_type ()) == 1); /* the first face has no id */
  require (classes_of (meta, 1, GST_ANALYTICS_REL_TYPE_CONTAIN, &detection, &classes));
  require (gst_analytics_relation_meta_get_direct_related (meta, detection.id, GST_ANALYTICS_REL_TYPE_RELATE_TO,
                                                           gst_analytics_tracking_mtd_get_mtd_type (), &state, (GstAnalyticsMtd *) &tracking));
  check (gst_analytics_tracking_mtd_get_info (&tracking, &id, &first, &last, &lost) && id == 1 && first == 5 && !lost);
  gst_buffer_unref (buffer);
}

/* An id of 0 means in a ROI meta that there is none. */
static void
gives_detections_an_id (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  fer_result result;
  gint ids[FER_MAX_FACES];
  GstAnalyticsODMtd detection;
  GstAnalyticsClsMtd classes;
  fill (&result);
  write_result (buffer, &result, ids);
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (buffer);
  for (int i = 0; i < 2; i++) {
    require (classes_of (meta, i, GST_ANALYTICS_REL_TYPE_CONTAIN, &detection, &classes));
    check (ids[i] > 0 && detection.id == (guint) ids[i]);
    check (gst_analytics_relation_meta_get_relation (meta, classes.id, detection.id) == GST_ANALYTICS_REL_TYPE_IS_PART_OF);
  }
  gst_buffer_unref (buffer);
}

static void
a_face_that_was_skipped_has_no_classes (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  fer_result result;
  GstAnalyticsODMtd detection;
  GstAnalyticsClsMtd classes;
  fill (&result);
  result.faces[1].skip = FER_SKIP_DARK;
  write_result (buffer, &result, NULL);
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (buffer);
  check (count (meta, gst_analytics_od_mtd_get_mtd_type ()) == 2 && count (meta, gst_analytics_cls_mtd_get_mtd_type ()) == 1);
  check (!classes_of (meta, 1, GST_ANALYTICS_REL_TYPE_ANY, &detection, &classes));
  gst_buffer_unref (buffer);
}

static void
adds_to_what_is_there (void)
{
  GstBuffer *buffer = gst_buffer_new ();
  fer_result result;
  GstAnalyticsODMtd theirs, detection;
  GstAnalyticsClsMtd classes;
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta (buffer);
  fill (&result);
  require (gst_analytics_relation_meta_add_od_mtd (meta, g_quark_from_string ("face"), 0, 20, 30, 41, 0.7f, &theirs));
  write_result (buffer, &result, NULL);
  write_result (buffer, &result, NULL); /* a second element in a row */
  check (count (meta, gst_analytics_od_mtd_get_mtd_type ()) == 2 && count (meta, gst_analytics_cls_mtd_get_mtd_type ()) == 2);
  require (classes_of (meta, 0, GST_ANALYTICS_REL_TYPE_CONTAIN, &detection, &classes));
  check (detection.id == theirs.id);
  gst_buffer_unref (buffer);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  return test_run ((test_case[]) { TEST (relates_faces_to_sorted_classes),
                                   TEST (relates_tracked_faces_to_tracks),
                                   TEST (gives_detections_an_id),
                                   TEST (a_face_that_was_skipped_has_no_classes),
                                   TEST (adds_to_what_is_there),
                                   { 0 } });
}
