/* SPDX-License-Identifier: MIT */
#include "upstream.h"

#include "fer/match.h"
#include "roiparams.h"
#ifdef HAVE_GST_ANALYTICS
#include "analytics.h"
#endif

#define SAME 0.5f /* IoU; rounding costs a face of 12 pixels a quarter of it, and two faces never have as much */

GQuark
upstream_type (const char *name)
{
  return name && *name ? g_quark_from_string (name) : 0;
}

gboolean
upstream_is_same (float iou)
{
  return iou >= SAME;
}

/* The fields are unsigned, yet a finder may mean a face that begins left of or above the picture. */
static fer_box
box_of (const GstVideoRegionOfInterestMeta *roi)
{
  return (fer_box) { (float) (gint) roi->x, (float) (gint) roi->y, (float) roi->w, (float) roi->h };
}

static gboolean
is_bare (const GstVideoRegionOfInterestMeta *roi)
{
  gboolean bare = roi->id == 0 && roi->parent_id == 0;
  for (const GList *l = roi->params; l && bare; l = l->next)
    bare = gst_structure_has_name (l->data, ROI_PARAMS_NAME);
  return bare;
}

static GstVideoRegionOfInterestMeta *
next_roi (GstBuffer *buffer, GQuark type, gpointer *state)
{
  GstMeta *meta;
  while ((meta = gst_buffer_iterate_meta_filtered (buffer, state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    GstVideoRegionOfInterestMeta *roi = (GstVideoRegionOfInterestMeta *) meta;
    if (!type || roi->roi_type == type)
      return roi;
  }
  return NULL;
}

GstVideoRegionOfInterestMeta *
upstream_roi (GstBuffer *buffer, GQuark type, const fer_box *box)
{
  gpointer state = NULL;
  GstVideoRegionOfInterestMeta *roi, *best = NULL;
  float best_iou = 0;
  while ((roi = next_roi (buffer, type, &state))) {
    fer_box at = box_of (roi);
    float iou = fer_match_iou (&at, box);
    if (upstream_is_same (iou) && iou > best_iou) {
      best = roi;
      best_iou = iou;
    }
  }
  return best;
}

gboolean
upstream_next (GstBuffer *buffer, GQuark type, upstream_state *state, upstream_box *box)
{
  GstVideoRegionOfInterestMeta *roi = state->rois_done ? NULL : next_roi (buffer, type, &state->roi);
  if (roi) {
    *box = (upstream_box) { roi->roi_type, box_of (roi), is_bare (roi) };
    return TRUE;
  }
  state->rois_done = TRUE;
#ifdef HAVE_GST_ANALYTICS
  while (analytics_next (buffer, type, &state->detection, &box->type, &box->box)) {
    box->bare = FALSE;
    if (!upstream_roi (buffer, box->type, &box->box))
      return TRUE;
  }
#endif
  return FALSE;
}
