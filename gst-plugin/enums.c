/* SPDX-License-Identifier: MIT */
#include "enums.h"

#include "nn_grad.h"

#include <gst/gst.h>

static GType
register_enum (const char *name, const GEnumValue *values)
{
  GType type = g_enum_register_static (name, values);
  gst_type_mark_as_plugin_api (type, 0);
  return type;
}

#define DEFINE_ENUM_TYPE(function, name, ...)                                                                                                        \
  GType function (void)                                                                                                                              \
  {                                                                                                                                                  \
    static const GEnumValue values[] = { __VA_ARGS__, { 0, NULL, NULL } };                                                                           \
    static gsize type;                                                                                                                               \
    if (g_once_init_enter (&type))                                                                                                                   \
      g_once_init_leave (&type, register_enum (name, values));                                                                                       \
    return type;                                                                                                                                     \
  }

DEFINE_ENUM_TYPE (faces_choice_type, "GstFerEmotionFaces", { FACES_AUTO, "Upstream's boxes where some come, else the finder's", "auto" },
                  { FACES_UPSTREAM, "The boxes of region-of-interest metas of type roi-type", "upstream" },
                  { FACES_FINDER, "The built-in finder, or finder-model", "finder" },
                  { FACES_FRAME, "The frame is one face, already cut out", "frame" })

DEFINE_ENUM_TYPE (overlay_choice_type, "GstFerEmotionOverlay", { OVERLAY_NONE, "Draw nothing", "none" },
                  { OVERLAY_LABELS, "Boxes, labels and a bar per class", "labels" },
                  { OVERLAY_HEATMAP, "Heat maps: what in each face speaks for a class, see heatmap-class", "heatmap" },
                  { OVERLAY_BOTH, "Heat map and labels", "both" })

DEFINE_ENUM_TYPE (anonymize_choice_type, "GstFerEmotionAnonymize", { ANONYMIZE_NONE, "Leave faces as they are", "none" },
                  { ANONYMIZE_BLUR, "Blur faces, with a soft edge", "blur" }, { ANONYMIZE_PIXELATE, "Show faces as a few large blocks", "pixelate" })

DEFINE_ENUM_TYPE (heatmap_method_type, "GstFerEmotionHeatmapMethod", { NN_CAM_GRAD, "Grad-CAM: which regions, on the last map of 6x6 or more", "gradcam" },
                  { NN_CAM_GRAD_PLUS, "Grad-CAM++: the same, fairer to several small regions", "gradcam++" },
                  { NN_CAM_LAYER, "LayerCAM: finer, on a map of 12x12 or more where there is one", "layercam" })

DEFINE_ENUM_TYPE (updates_choice_type, "GstFerEmotionUpdates", { UPDATES_NONE, "No messages", "none" },
                  { UPDATES_ON_CHANGE, "When the number of faces or a label changes", "on-change" },
                  { UPDATES_ON_FACE, "For frames with at least one face", "on-face" }, { UPDATES_EVERY_FRAME, "For every frame", "every-frame" })

DEFINE_ENUM_TYPE (precision_choice_type, "GstFerEmotionPrecision", { NN_PRECISION_FULL, "Floats", "full" },
                  { NN_PRECISION_EXACT, "Floats, every convolution summed directly", "exact" },
                  { NN_PRECISION_FAST, "16-bit integers, with a model that says how large its values become", "fast" })

DEFINE_ENUM_TYPE (format_choice_type, "GstFerEmotionJsonFormat", { FORMAT_JSON, "A line of JSON a frame", "json" },
                  { FORMAT_VTT, "Subtitles as WebVTT", "vtt" }, { FORMAT_SRT, "Subtitles as SubRip", "srt" })

static GType
register_flags (const char *name, const GFlagsValue *values)
{
  GType type = g_flags_register_static (name, values);
  gst_type_mark_as_plugin_api (type, 0);
  return type;
}

GType
meta_formats_type (void)
{
  static const GFlagsValue values[] = {
    { META_AUTO, "All of roi, custom and analytics that this GStreamer has", "auto" },
    { META_ROI, "Parameters of region-of-interest metas, for Deep Learning Streamer; lost in every videoconvert", "roi" },
    { META_CUSTOM, "FerEmotionMeta, which is copied, and scaled with the picture; feremotionjson reads it", "custom" },
    { META_ANALYTICS, "GstAnalyticsRelationMeta, for GStreamer's own elements; needs 1.24", "analytics" },
    { META_JSON, "FerEmotionMeta, with the frame's line of JSON as its field json", "json" },
    { 0, NULL, NULL }
  };
  static gsize type;
  if (g_once_init_enter (&type))
    g_once_init_leave (&type, register_flags ("GstFerEmotionMetaFormat", values));
  return type;
}
