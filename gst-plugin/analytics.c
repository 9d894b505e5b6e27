/* SPDX-License-Identifier: MIT */
#include "analytics.h"

#include <gst/analytics/analytics.h>
#include <math.h>

#include "fer/match.h"

#define NONE -1

gboolean
analytics_next (GstBuffer *buffer, GQuark type, gpointer *state, GQuark *its_type, fer_box *box)
{
  GstAnalyticsRelationMeta *meta = gst_buffer_get_analytics_relation_meta (buffer);
  GstAnalyticsODMtd detection;
  while (meta && gst_analytics_relation_meta_iterate (meta, state, gst_analytics_od_mtd_get_mtd_type (), (GstAnalyticsMtd *) &detection)) {
    gint x, y, w, h;
    gfloat confidence;
    *its_type = gst_analytics_od_mtd_get_obj_type (&detection);
    if ((type && *its_type != type) || !gst_analytics_od_mtd_get_location (&detection, &x, &y, &w, &h, &confidence))
      continue;
    *box = (fer_box) { (float) x, (float) y, (float) w, (float) h };
    return TRUE;
  }
  return FALSE;
}

/* The detection that lies where box is. */
static gint
find_detection (GstAnalyticsRelationMeta *meta, GQuark type, const fer_box *box)
{
  gpointer state = NULL;
  GstAnalyticsODMtd detection;
  gint best = NONE;
  float best_iou = 0;
  while (gst_analytics_relation_meta_iterate (meta, &state, gst_analytics_od_mtd_get_mtd_type (), (GstAnalyticsMtd *) &detection)) {
    gint x, y, w, h;
    gfloat confidence;
    if (gst_analytics_od_mtd_get_obj_type (&detection) != type || !gst_analytics_od_mtd_get_location (&detection, &x, &y, &w, &h, &confidence))
      continue;
    fer_box at = { (float) x, (float) y, (float) w, (float) h };
    float iou = fer_match_iou (&at, box);
    if (upstream_is_same (iou) && iou > best_iou) {
      best = (gint) detection.id;
      best_iou = iou;
    }
  }
  return best;
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

static gboolean
has_tracking (GstAnalyticsRelationMeta *meta, guint detection)
{
  gpointer state = NULL;
  GstAnalyticsTrackingMtd tracking;
  return gst_analytics_relation_meta_get_direct_related (meta, detection, GST_ANALYTICS_REL_TYPE_RELATE_TO,
                                                         gst_analytics_tracking_mtd_get_mtd_type (), &state, (GstAnalyticsMtd *) &tracking);
}

/* The id of the face's classes, or NONE. */
static gint
add_classes (GstAnalyticsRelationMeta *meta, const fer_result *result, const fer_face *face)
{
  int order[FER_MAX_LABELS];
  gfloat levels[FER_MAX_LABELS];
  GQuark quarks[FER_MAX_LABELS];
  GstAnalyticsClsMtd classes;
  fer_rank (face->probabilities, result->n_labels, order);
  for (int i = 0; i < result->n_labels; i++) {
    levels[i] = face->probabilities[order[i]];
    quarks[i] = g_quark_from_string (result->labels[order[i]]);
  }
  gboolean added = gst_analytics_relation_meta_add_cls_mtd (meta, (gsize) result->n_labels, levels, quarks, &classes);
  return added ? (gint) classes.id : NONE;
}

static gint
add_tracking (GstAnalyticsRelationMeta *meta, const fer_result *result, const fer_face *face)
{
  GstAnalyticsTrackingMtd tracking;
  return gst_analytics_relation_meta_add_tracking_mtd (meta, face->id, result->running_time, &tracking) ? (gint) tracking.id : NONE;
}

static gint
add_detection (GstAnalyticsRelationMeta *meta, GQuark type, const fer_face *face)
{
  const fer_box *box = &face->box;
  float score = face->source == FER_FROM_FINDER ? face->score : 1;
  GstAnalyticsODMtd detection;
  gboolean added = gst_analytics_relation_meta_add_od_mtd (meta, type, (gint) roundf (box->x), (gint) roundf (box->y), (gint) roundf (box->w),
                                                           (gint) roundf (box->h), score, &detection);
  return added ? (gint) detection.id : NONE;
}

static void
relate (GstAnalyticsRelationMeta *meta, GstAnalyticsRelTypes how, gint first, gint second)
{
  if (first != NONE && second != NONE)
    gst_analytics_relation_meta_set_relation (meta, how, (guint) first, (guint) second);
}

/* A detection of ours comes behind what it is related to, so that its id is not 0 and can be the ROI meta's, where 0 means that there is none. */
static gint
write_face (GstAnalyticsRelationMeta *meta, GQuark type, const fer_box *came, const fer_result *result, const fer_face *face)
{
  gint theirs = find_detection (meta, type, came);
  if (theirs != NONE && has_classes (meta, (guint) theirs, g_quark_from_string (result->labels[0])))
    return theirs;
  gint classes = face->skip == FER_SKIP_NONE ? add_classes (meta, result, face) : NONE;
  gint tracking = face->id && !(theirs != NONE && has_tracking (meta, (guint) theirs)) ? add_tracking (meta, result, face) : NONE;
  gint detection = theirs != NONE ? theirs : add_detection (meta, type, face);
  relate (meta, GST_ANALYTICS_REL_TYPE_CONTAIN | GST_ANALYTICS_REL_TYPE_RELATE_TO, detection, classes);
  relate (meta, GST_ANALYTICS_REL_TYPE_IS_PART_OF, classes, detection);
  relate (meta, GST_ANALYTICS_REL_TYPE_RELATE_TO, detection, tracking);
  return detection;
}

void
analytics_write (GstBuffer *buffer, GQuark type, const faces *found, const fer_result *result, gint *ids)
{
  GstAnalyticsRelationMeta *meta = gst_buffer_add_analytics_relation_meta (buffer); /* or the one that is there */
  for (int i = 0; i < result->n_faces; i++) {
    const face_place *place = &found->places[i];
    const fer_face *face = &result->faces[i];
    ids[i] =
        place->came.type ? write_face (meta, place->came.type, &place->came.box, result, face) : write_face (meta, type, &face->box, result, face);
  }
}
