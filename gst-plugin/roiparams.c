/* SPDX-License-Identifier: MIT */
#include "roiparams.h"

#include <math.h>

#include "structure.h"

/* As far as the field holds it. */
static int
short_id (guint64 id)
{
  return (int) (id & G_MAXINT);
}

static void
add_detection (GstVideoRegionOfInterestMeta *roi, const fer_result *result, const fer_face *face)
{
  const fer_box *box = &face->box;
  double w = result->width, h = result->height, score = face->source == FER_FROM_FINDER ? (double) face->score : 1;
  gst_video_region_of_interest_meta_add_param (roi, gst_structure_new ("detection", "x_min", G_TYPE_DOUBLE, (double) box->x / w, "x_max",
                                                                       G_TYPE_DOUBLE, (double) (box->x + box->w) / w, "y_min", G_TYPE_DOUBLE,
                                                                       (double) box->y / h, "y_max", G_TYPE_DOUBLE, (double) (box->y + box->h) / h,
                                                                       "confidence", G_TYPE_DOUBLE, score, NULL));
  if (face->id)
    gst_video_region_of_interest_meta_add_param (roi, gst_structure_new ("object_id", "id", G_TYPE_INT, short_id (face->id), NULL));
}

static GstVideoRegionOfInterestMeta *
add_roi (GstBuffer *buffer, GQuark type, const fer_result *result, const fer_face *face, gint detection)
{
  const fer_box *box = &face->box;
  GstVideoRegionOfInterestMeta *roi = gst_buffer_add_video_region_of_interest_meta_id (buffer, type, (guint) roundf (box->x), (guint) roundf (box->y),
                                                                                       (guint) roundf (box->w), (guint) roundf (box->h));
  roi->id = detection >= 0 ? detection : short_id (face->id);
  add_detection (roi, result, face);
  return roi;
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
roi_params_write (GstBuffer *buffer, GQuark type, const face_place *place, const char *model_name, const fer_result *result, const fer_face *face,
                  gint detection)
{
  GstVideoRegionOfInterestMeta *roi =
      place->came.type ? upstream_roi (buffer, place->came.type, &place->came.box) : upstream_roi (buffer, type, &face->box);
  if (!roi)
    roi = add_roi (buffer, place->came.type ? place->came.type : type, result, face, detection);
  remove_params (roi);

  GValue labels = G_VALUE_INIT;
  GstStructure *s = structure_from_face (ROI_PARAMS_NAME, result, face);
  value_init_strings (&labels, result->labels, result->n_labels);
  gst_structure_take_value (s, "labels", &labels);
  gst_structure_set (s, "label_id", G_TYPE_INT, face->label, "model_name", G_TYPE_STRING, model_name, "attribute_name", G_TYPE_STRING,
                     ROI_PARAMS_NAME, "frame-width", G_TYPE_INT, result->width, "frame-height", G_TYPE_INT, result->height, NULL);
  gst_video_region_of_interest_meta_add_param (roi, s);
}
