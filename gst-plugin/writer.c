/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include "emotionmeta.h"
#include "roiparams.h"
#include "structure.h"
#include "times.h"
#ifdef HAVE_GST_ANALYTICS
#include "analytics.h"
#define AVAILABLE (META_ROI | META_CUSTOM | META_JSON | META_ANALYTICS)
#else
#define AVAILABLE (META_ROI | META_CUSTOM | META_JSON)
#endif

/* What wanted stands for. */
static meta_formats
formats_of (meta_formats wanted)
{
  if (wanted & META_AUTO)
    wanted |= META_ROI | META_CUSTOM | (AVAILABLE & META_ANALYTICS);
  return wanted & ~(meta_formats) META_AUTO;
}

void
writer_check (GstElement *element, meta_formats wanted)
{
  if (formats_of (wanted) & ~(meta_formats) AVAILABLE)
    GST_ELEMENT_WARNING (element, LIBRARY, SETTINGS, ("meta-format=analytics is not written: this plug-in was built without GstAnalytics."),
                         ("GstAnalytics came with GStreamer 1.24."));
}

void
writer_attach (GstBuffer *buffer, meta_formats wanted, const faces *found, const char *roi_type, const char *model_name, const fer_result *result)
{
  meta_formats formats = formats_of (wanted);
  GQuark type = g_quark_from_string (roi_type && *roi_type ? roi_type : "face");
  gint detections[FER_MAX_FACES];
  for (int i = 0; i < result->n_faces; i++)
    detections[i] = -1;
#ifdef HAVE_GST_ANALYTICS
  if (formats & META_ANALYTICS)
    analytics_write (buffer, type, found, result, detections);
#endif
  for (int i = 0; i < result->n_faces && (formats & META_ROI); i++)
    roi_params_write (buffer, type, &found->places[i], model_name, result, &result->faces[i], detections[i]);
  if (formats & (META_CUSTOM | META_JSON))
    emotion_meta_attach (buffer, result, (formats & META_JSON) != 0);
}

GstMessage *
writer_message (GstBaseTransform *base, GstBuffer *buffer, const fer_result *result)
{
  GstStructure *s = gst_structure_new ("feremotion", "stream-time", G_TYPE_UINT64, times_stream (base, buffer), "duration", G_TYPE_UINT64,
                                       GST_BUFFER_DURATION (buffer), NULL);
  structure_set_result (s, result);
  structure_set_json (s, result);
  return gst_message_new_element (GST_OBJECT (base), s);
}
