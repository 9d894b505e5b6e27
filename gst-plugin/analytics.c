/* SPDX-License-Identifier: MIT */
#include "analytics.h"

#include <gst/analytics/analytics.h>
#include <math.h>

typedef struct rectangle {
  gint x, y, w, h;
} rectangle;

static rectangle
rounded (const fer_box *box)
{
  return (rectangle) { (gint) roundf (box->x), (gint) roundf (box->y), (gint) roundf (box->w), (gint) roundf (box->h) };
}

static gboolean
find_detection (GstAnalyticsRelationMeta *meta, GQuark type, const rectangle *r, GstAnalyticsODMtd *detection)
{
  gpointer state = NULL;
  while (gst_analytics_relation_meta_iterate (meta, &state, gst_analytics_od_mtd_get_mtd_type (), (GstAnalyticsMtd *) detection)) {
    rectangle at;
    gfloat confidence;
    if (gst_analytics_od_mtd_get_obj_type (detection) == type
        && gst_analytics_od_mtd_get_location (detection, &at.x, &at.y, &at.w, &at.h, &confidence) && at.x == r->x && at.y == r->y && at.w == r->w
        && at.h == r->h)
      return TRUE;
  }
  return FALSE;
}

static gboolean
has_classes (GstAnalyticsRelationMeta *meta, guint detection, GQuark label)
{
  gpointer state = NULL;
  GstAnalyticsClsMtd classes;
  while (gst_analytics_relation_meta_get_direct_related (meta, detection, GST_ANALYTICS_REL_TYPE_RELATE_TO, gst_analytics_cls_mtd_get_mtd_type (),
                                                         &state, (GstAnalyticsMtd *) &classes))
    if (gst_analytics_cls_mtd_get_index_by_quark (&classes, label) >= 0)
      return TRUE;
  return FALSE;
}

/* Class indices by falling probability; equal ones in the model's order. */
static void
sort_classes (const float *probabilities, int n, int *order)
{
  for (int i = 0; i < n; i++) {
    int j = i;
    for (; j > 0 && probabilities[order[j - 1]] < probabilities[i]; j--)
      order[j] = order[j - 1];
    order[j] = i;
  }
}

static void
add_classes (GstAnalyticsRelationMeta *meta, guint detection, const fer_result *result, const fer_face *face)
{
  int order[FER_MAX_LABELS];
  gfloat levels[FER_MAX_LABELS];
  GQuark quarks[FER_MAX_LABELS];
  GstAnalyticsClsMtd classes;
  sort_classes (face->probabilities, result->n_labels, order);
  for (int i = 0; i < result->n_labels; i++) {
    levels[i] = face->probabilities[order[i]];
    quarks[i] = g_quark_from_string (result->labels[order[i]]);
  }
  if (gst_analytics_relation_meta_add_cls_mtd (meta, (gsize) result->n_labels, levels, quarks, &classes))
    gst_analytics_relation_meta_set_relation (meta, GST_ANALYTICS_REL_TYPE_CONTAIN | GST_ANALYTICS_REL_TYPE_RELATE_TO, detection, classes.id);
}

static void
add_tracking (GstAnalyticsRelationMeta *meta, guint detection, const fer_result *result, const fer_face *face)
{
  GstAnalyticsTrackingMtd tracking;
  if (gst_analytics_relation_meta_add_tracking_mtd (meta, face->id, result->running_time, &tracking))
    gst_analytics_relation_meta_set_relation (meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, detection, tracking.id);
}

void
analytics_write (GstBuffer *buffer, const char *roi_type, const fer_result *result)
{
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta (buffer); /* or the one that is there */
  GQuark type = g_quark_from_string (roi_type), first_label = g_quark_from_string (result->labels[0]);
  for (int i = 0; i < result->n_faces; i++) {
    const fer_face *face = &result->faces[i];
    rectangle r = rounded (&face->box);
    GstAnalyticsODMtd detection;
    float score = face->source == FER_FROM_FINDER ? face->score : 1;
    if (!find_detection (meta, type, &r, &detection) && !gst_analytics_relation_meta_add_od_mtd (meta, type, r.x, r.y, r.w, r.h, score, &detection))
      continue;
    if (has_classes (meta, detection.id, first_label))
      continue;
    if (face->skip == FER_SKIP_NONE)
      add_classes (meta, detection.id, result, face);
    if (face->id)
      add_tracking (meta, detection.id, result, face);
  }
}
