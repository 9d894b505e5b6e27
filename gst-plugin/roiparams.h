/* SPDX-License-Identifier: MIT
 * The result as parameters of GstVideoRegionOfInterestMeta. Each face has a structure "emotion" with the fields of structure.h's "face", what Deep
 * Learning Streamer reads (label, label_id, confidence, model_name, attribute_name), labels, and the frame's size as frame-width and frame-height. A
 * meta of ours also has Deep Learning Streamer's "detection" (x_min, y_max and so on, 0-1) and, where the face is followed, its "object_id". */
#ifndef ROIPARAMS_H
#define ROIPARAMS_H

#include <gst/video/video.h>

#include "faces.h"

#define ROI_PARAMS_NAME "emotion"

/* For face place of result: replaces what an earlier element wrote for it, on the meta of an earlier element where one of the type lies; else on one
 * of type that is added, with the id of the face's detection in GstAnalytics (not negative) or else of its track. */
void roi_params_write (GstBuffer *buffer, GQuark type, const face_place *place, const char *model_name, const fer_result *result,
                       const fer_face *face, gint detection);

#endif
