/* SPDX-License-Identifier: MIT */
#ifndef GST_FER_EMOTION_JSON_H
#define GST_FER_EMOTION_JSON_H

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_FER_EMOTION_JSON (gst_fer_emotion_json_get_type ())
G_DECLARE_FINAL_TYPE (GstFerEmotionJson, gst_fer_emotion_json, GST, FER_EMOTION_JSON, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (feremotionjson);

G_END_DECLS

#endif
