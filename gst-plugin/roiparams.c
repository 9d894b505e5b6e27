/* SPDX-License-Identifier: MIT */
#include "roiparams.h"

#include <math.h>

#include "structure.h"

/* The ROI meta that an earlier element made for the same box, or a new one. */
static GstVideoRegionOfInterestMeta *
roi_of_box (GstBuffer *buffer, const char *roi_type, const fer_box *box)
{
  guint x = (guint) roundf (box->x), y = (guint) roundf (box->y), w = (guint) roundf (box->w), h = (guint) roundf (box->h);
  GQuark type = g_quark_from_string (roi_type);
  gpointer state = NULL;
  GstMeta *meta;
  while ((meta = gst_buffer_iterate_meta_filtered (buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE))) {
    GstVideoRegionOfInterestMeta *roi = (GstVideoRegionOfInterestMeta *) meta;
    if (roi->roi_type == type && roi->x == x && roi->y == y && roi->w == w && roi->h == h)
      return roi;
  }
  return gst_buffer_add_video_region_of_interest_meta_id (buffer, type, x, y, w, h);
}

/* As far as the meta's field holds it: what has an id is not taken for one of facedetect's. */
static int
short_id (guint64 id)
{
  return (int) (id & G_MAXINT);
}

static void
remove_params (GstVideoRegionOfInterestMeta *roi)
{
  GstStructure *s;
  while ((s = gst_video_region_of_interest_meta_get_param (roi, ROI_PARAMS_NAME))) {
    roi->params = g_list_remove (roi->params, s);
    gst_structure_free (s);
  }
}

void
roi_params_write (GstBuffer *buffer, GstVideoRegionOfInterestMeta *roi, const char *roi_type, const char *model_name, const fer_result *result,
                  const fer_face *face)
{
  if (!roi)
    (roi = roi_of_box (buffer, roi_type, &face->box))->id = short_id (face->id);
  remove_params (roi);

  GstStructure *s = gst_structure_new (ROI_PARAMS_NAME, "label", G_TYPE_STRING, result_label (result, face), "label_id", G_TYPE_INT, face->label,
                                       "confidence", G_TYPE_DOUBLE, (double) face->confidence, "model_name", G_TYPE_STRING, model_name,
                                       "attribute_name", G_TYPE_STRING, "emotion", "id", G_TYPE_UINT64, face->id, NULL);
  GValue labels = G_VALUE_INIT, probabilities = G_VALUE_INIT;
  value_init_strings (&labels, result->labels, result->n_labels);
  value_init_doubles (&probabilities, face->probabilities, result->n_labels);
  gst_structure_take_value (s, "labels", &labels);
  gst_structure_take_value (s, "probabilities", &probabilities);
  gst_video_region_of_interest_meta_add_param (roi, s);
}
