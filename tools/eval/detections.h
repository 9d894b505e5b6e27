/* SPDX-License-Identifier: MIT
 * What a finder said of the views of pictures, as a table: so other programs' findings are scored by the same code as ours. */
#ifndef EVAL_DETECTIONS_H
#define EVAL_DETECTIONS_H

#include "nn_detect.h"

typedef struct eval_detections eval_detections;

/* A CSV with the header view,file,x,y,w,h,score, and optionally right_eye_x, ..., mouth_left_y (all ten or none), in pixels of the picture as it was
 * shown. Errors name the path and the line. */
eval_detections *eval_detections_load (const char *path, nn_error *error);
void eval_detections_free (eval_detections *detections);

bool eval_detections_have_points (const eval_detections *detections);

/* What was found in a view of a file, best first; returns how many. */
int eval_detections_of (const eval_detections *detections, const char *view, const char *file, const nn_detection **found);

#endif
