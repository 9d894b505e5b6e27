/* SPDX-License-Identifier: MIT */
#include "places.h"

#include <string.h>

fer_result
tool_result_begin (const fer_model *model, const fer_image *image)
{
  return (fer_result) { .pts = FER_TIME_NONE, .running_time = FER_TIME_NONE, .time_us = INT64_MIN, .width = image->width, .height = image->height,
                        .n_labels = model->n_labels, .labels = (const char *const *) model->labels };
}

bool
tool_places_find (fer_finder *finder, const fer_crop *crop, const fer_image *image, const char *path, fer_result *result, tool_places *at,
                  nn_error *error)
{
  fer_found found[FER_MAX_FACES];
  if (!fer_finder_resize (finder, image->width, image->height, 0, error))
    return nn_fail_prefix (error, path);
  const int n = fer_finder_run (finder, image, FER_FINDER_THRESHOLD, found, FER_MAX_FACES);
  for (int i = 0; i < n; i++) {
    const int k = result->n_faces;
    fer_face face = { .box = found[i].box, .score = found[i].score, .has_points = found[i].has_points, .source = FER_FROM_FINDER };
    if (fer_box_clip (&face.box, image->width, image->height) != FER_SKIP_NONE)
      continue;
    memcpy (face.points, found[i].points, sizeof face.points);
    at->squares[k] = fer_crop_face (crop, &found[i].box, found[i].has_points ? found[i].points : NULL, &at->rolls[k]);
    result->faces[result->n_faces++] = face;
  }
  return true;
}

void
tool_places_frame (const fer_image *image, fer_result *result, tool_places *at)
{
  at->squares[result->n_faces] = fer_frame_square (image->width, image->height);
  at->rolls[result->n_faces] = 0;
  result->faces[result->n_faces++] = (fer_face) { .box = { 0, 0, (float) image->width, (float) image->height }, .source = FER_FROM_FRAME };
}
