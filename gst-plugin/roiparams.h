/* SPDX-License-Identifier: MIT
 * The result as parameters of GstVideoRegionOfInterestMeta, one structure "emotion" a face, with the fields that Deep Learning Streamer's
 * gvametaconvert and gvawatermark read (label, label_id, confidence, model_name, attribute_name), and labels and probabilities as arrays. */
#ifndef ROIPARAMS_H
#define ROIPARAMS_H

#include <gst/video/video.h>

#include "fer/fer.h"

#define ROI_PARAMS_NAME "emotion"

/* Replaces what an earlier element wrote for this face. roi NULL: the face came from elsewhere and gets a ROI meta of roi_type of its own. */
void roi_params_write (GstBuffer *buffer, GstVideoRegionOfInterestMeta *roi, const char *roi_type, const char *model_name, const fer_result *result,
                       const fer_face *face);

#endif
