/* SPDX-License-Identifier: MIT */
#include "emotionmeta.h"

#include <gst/video/video.h>
#include <math.h>

#include "structure.h"

static void
scale_box (fer_box *box, float x, float y)
{
  *box = (fer_box) { box->x * x, box->y * y, box->w * x, box->h * y };
}

static void
scale (fer_result *result, const GstVideoMetaTransform *transform)
{
  float x = (float) GST_VIDEO_INFO_WIDTH (transform->out_info) / (float) GST_VIDEO_INFO_WIDTH (transform->in_info);
  float y = (float) GST_VIDEO_INFO_HEIGHT (transform->out_info) / (float) GST_VIDEO_INFO_HEIGHT (transform->in_info);
  for (int i = 0; i < result->n_faces; i++) {
    scale_box (&result->faces[i].box, x, y);
    for (int k = 0; k < FER_N_POINTS; k++) {
      fer_point *point = &result->faces[i].points[k];
      *point = (fer_point) { point->x * x, point->y * y };
    }
  }
  for (int i = 0; i < result->n_skipped; i++)
    scale_box (&result->skipped[i].box, x, y);
  result->width = (int) roundf ((float) result->width * x);
  result->height = (int) roundf ((float) result->height * y);
}

#if GST_CHECK_VERSION(1, 28, 0)
static gboolean
move_points (fer_face *face, const GstVideoMetaTransformMatrix *matrix)
{
  for (int k = 0; k < FER_N_POINTS && face->has_points; k++) {
    int x = (int) roundf (face->points[k].x), y = (int) roundf (face->points[k].y);
    if (!gst_video_meta_transform_matrix_point (matrix, &x, &y))
      return FALSE;
    face->points[k] = (fer_point) { (float) x, (float) y };
  }
  return TRUE;
}

/* Not by the function that clips: it also fails for a box that is partly outside. */
static gboolean
move_box (fer_box *box, const GstVideoMetaTransformMatrix *matrix)
{
  GstVideoRectangle r = { (int) roundf (box->x), (int) roundf (box->y), (int) roundf (box->w), (int) roundf (box->h) };
  if (!gst_video_meta_transform_matrix_rectangle (matrix, &r))
    return FALSE;
  *box = (fer_box) { (float) r.x, (float) r.y, (float) r.w, (float) r.h };
  return TRUE;
}

/* FALSE: nothing remains. */
static gboolean
clip (fer_box *box, int width, int height)
{
  float left = fmaxf (box->x, 0), top = fmaxf (box->y, 0);
  float right = fminf (box->x + box->w, (float) width), bottom = fminf (box->y + box->h, (float) height);
  *box = (fer_box) { left, top, right - left, bottom - top };
  return right > left && bottom > top;
}

/* Cropped, letterboxed, turned. A face of which nothing remains is dropped; FALSE when boxes do not stay boxes. */
static gboolean
move (fer_result *result, const GstVideoMetaTransformMatrix *matrix)
{
  int width = GST_VIDEO_INFO_WIDTH (matrix->out_info), height = GST_VIDEO_INFO_HEIGHT (matrix->out_info), kept = 0;
  for (int i = 0; i < result->n_faces; i++) {
    if (!move_box (&result->faces[i].box, matrix) || !move_points (&result->faces[i], matrix))
      return FALSE;
    if (clip (&result->faces[i].box, width, height))
      result->faces[kept++] = result->faces[i];
  }
  for (int i = 0; i < result->n_skipped; i++)
    if (!move_box (&result->skipped[i].box, matrix))
      return FALSE;
  result->n_faces = kept;
  result->width = width;
  result->height = height;
  return TRUE;
}
#endif

static gboolean
transform (GstBuffer *to, GstCustomMeta *meta, GstBuffer *from, GQuark type, gpointer data, gpointer user_data)
{
  fer_result result;
  const char *labels[FER_MAX_LABELS];
  (void) from, (void) user_data;
  if (!structure_get_result (gst_custom_meta_get_structure (meta), &result, labels))
    return FALSE;
  if (GST_VIDEO_META_TRANSFORM_IS_SCALE (type))
    scale (&result, data);
#if GST_CHECK_VERSION(1, 28, 0)
  else if (GST_VIDEO_META_TRANSFORM_IS_MATRIX (type)) {
    if (!move (&result, data))
      return FALSE;
  }
#endif
  else if (!GST_META_TRANSFORM_IS_COPY (type))
    return FALSE;
  emotion_meta_attach (to, &result, gst_structure_has_field (gst_custom_meta_get_structure (meta), "json"));
  return TRUE;
}

gboolean
emotion_meta_register (void)
{
  static const char *tags[] = { GST_META_TAG_VIDEO_STR, GST_META_TAG_VIDEO_SIZE_STR, GST_META_TAG_VIDEO_ORIENTATION_STR, NULL };
  const GstMetaInfo *info = gst_meta_get_info (EMOTION_META_NAME);
  if (!info)
    info = gst_meta_register_custom (EMOTION_META_NAME, tags, transform, NULL, NULL);
  return info && gst_meta_info_is_custom (info);
}

void
emotion_meta_attach (GstBuffer *buffer, const fer_result *result, gboolean with_json)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer, EMOTION_META_NAME);
  if (meta)
    gst_buffer_remove_meta (buffer, &meta->meta);
  meta = gst_buffer_add_custom_meta (buffer, EMOTION_META_NAME);
  structure_set_result (gst_custom_meta_get_structure (meta), result);
  if (with_json)
    structure_set_json (gst_custom_meta_get_structure (meta), result);
}

gboolean
emotion_meta_read (GstBuffer *buffer, fer_result *result, const char **labels)
{
  GstCustomMeta *meta = gst_buffer_get_custom_meta (buffer, EMOTION_META_NAME);
  return meta && structure_get_result (gst_custom_meta_get_structure (meta), result, labels);
}
