/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include "emotionmeta.h"
#include "roiparams.h"
#include "structure.h"
#include "times.h"
#ifdef HAVE_GST_ANALYTICS
#include "analytics.h"
#endif

void
writer_attach (GstBuffer *buffer, const faces *found, const char *roi_type, const char *model_name, const fer_result *result)
{
  const char *type = roi_type && *roi_type ? roi_type : "face";
  for (int i = 0; i < result->n_faces; i++)
    roi_params_write (buffer, found->places[i].roi, type, model_name, result, &result->faces[i]);
#ifdef HAVE_GST_ANALYTICS
  analytics_write (buffer, type, result);
#endif
  emotion_meta_attach (buffer, result);
}

GstMessage *
writer_message (GstBaseTransform *base, GstBuffer *buffer, const fer_result *result)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  GstStructure *s =
      gst_structure_new ("feremotion", "timestamp", G_TYPE_UINT64, pts, "stream-time", G_TYPE_UINT64, times_stream (base, buffer), "running-time",
                         G_TYPE_UINT64, result->running_time, "duration", G_TYPE_UINT64, GST_BUFFER_DURATION (buffer), NULL);
  char *json = fer_result_to_json (result);
  structure_set_result (s, result);
  gst_structure_set (s, "json", G_TYPE_STRING, json, NULL);
  g_free (json);
  return gst_message_new_element (GST_OBJECT (base), s);
}
