/* SPDX-License-Identifier: MIT */
#ifndef GST_FER_EMOTION_H
#define GST_FER_EMOTION_H

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_FER_EMOTION (gst_fer_emotion_get_type ())
G_DECLARE_FINAL_TYPE (GstFerEmotion, gst_fer_emotion, GST, FER_EMOTION, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (feremotion);

G_END_DECLS

#endif
