/* SPDX-License-Identifier: MIT */
/**
 * SECTION:element-feremotion
 * @title: feremotion
 *
 * Classifies the expression of each face in raw video. Frames pass unchanged.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=30 ! feremotion ! fakesink
 * ]|
 */
#include "gstferemotion.h"

#include <gst/video/video.h>

GST_DEBUG_CATEGORY_STATIC (feremotion_debug);
#define GST_CAT_DEFAULT feremotion_debug

struct _GstFerEmotion {
  GstBaseTransform parent;
  GstVideoInfo info;
};

G_DEFINE_FINAL_TYPE (GstFerEmotion, gst_fer_emotion, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (feremotion, "feremotion", GST_RANK_NONE, GST_TYPE_FER_EMOTION,
                                       GST_DEBUG_CATEGORY_INIT (feremotion_debug, "feremotion", 0, "facial expressions"))

static gboolean
gst_fer_emotion_set_caps (GstBaseTransform *base, GstCaps *incaps, GstCaps *outcaps)
{
  GstFerEmotion *self = GST_FER_EMOTION (base);
  (void) outcaps;
  return gst_video_info_from_caps (&self->info, incaps);
}

static GstFlowReturn
gst_fer_emotion_transform_ip (GstBaseTransform *base, GstBuffer *buffer)
{
  GST_LOG_OBJECT (base, "%" GST_PTR_FORMAT, buffer);
  return GST_FLOW_OK;
}

static void
add_pad_template (GstElementClass *klass, GstPadDirection direction, const char *name)
{
  GstCaps *caps = gst_video_make_raw_caps (NULL, 0);
  gst_caps_append (caps, gst_video_make_raw_caps_with_features (NULL, 0, gst_caps_features_new (GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY,
                                                                                             GST_CAPS_FEATURE_META_GST_VIDEO_OVERLAY_COMPOSITION, NULL)));
  gst_element_class_add_pad_template (klass, gst_pad_template_new (name, direction, GST_PAD_ALWAYS, caps));
  gst_caps_unref (caps);
}

static void
gst_fer_emotion_class_init (GstFerEmotionClass *klass)
{
  GstElementClass *element = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *base = GST_BASE_TRANSFORM_CLASS (klass);

  gst_element_class_set_static_metadata (element, "Facial expressions", "Filter/Analyzer/Video", "Classifies the expression of each face in raw video",
                                         "The feremotion authors");
  add_pad_template (element, GST_PAD_SINK, "sink");
  add_pad_template (element, GST_PAD_SRC, "src");
  base->set_caps = GST_DEBUG_FUNCPTR (gst_fer_emotion_set_caps);
  base->transform_ip = GST_DEBUG_FUNCPTR (gst_fer_emotion_transform_ip);
  base->transform_ip_on_passthrough = FALSE;
}

/* In place, but never passthrough: the base then hands over a writable buffer (metas may be added) whose memory is still shared. */
static void
gst_fer_emotion_init (GstFerEmotion *self)
{
  GstBaseTransform *base = GST_BASE_TRANSFORM (self);
  gst_base_transform_set_in_place (base, TRUE);
  gst_base_transform_set_passthrough (base, FALSE);
  gst_base_transform_set_gap_aware (base, TRUE);
  gst_base_transform_set_qos_enabled (base, FALSE);
}
