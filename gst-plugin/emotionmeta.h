/* SPDX-License-Identifier: MIT
 * FerEmotionMeta: the result of a frame as a custom GstMeta, one per buffer. It exists beside the parameters of ROI metas because those are lost in
 * every videoconvert; this one is copied, and scaled with the picture. Its GstStructure is described in structure.h; applications read it by
 * gst_buffer_get_custom_meta (buffer, "FerEmotionMeta"). */
#ifndef EMOTIONMETA_H
#define EMOTIONMETA_H

#include <gst/gst.h>

#include "fer/fer.h"

#define EMOTION_META_NAME "FerEmotionMeta"

/* Once per process; FALSE when the name is taken by something else. */
gboolean emotion_meta_register (void);

/* Replaces what an earlier element attached. with_json: the JSON line as well, which is written anew when the picture is scaled. buffer is writable. */
void emotion_meta_attach (GstBuffer *buffer, const fer_result *result, gboolean with_json);

/* FALSE: buffer has none. labels: see structure_get_result; valid as long as the meta. */
gboolean emotion_meta_read (GstBuffer *buffer, fer_result *result, const char **labels);

#endif
