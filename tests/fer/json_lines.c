/* SPDX-License-Identifier: MIT
 * Prints lines of JSON in which every key is there at least once: for schema.py. */
#include "fer/fer.h"

#include <glib.h>
#include <stdio.h>

static void
print (const fer_result *result)
{
  char *line = fer_result_to_json (result);
  puts (line);
  g_free (line);
}

/* As the finder's, followed for a while. */
static fer_face
followed (void)
{
  fer_face face = { .id = 3,
                    .box = { -10, 20.25f, 100, 120.123456f },
                    .source = FER_FROM_FINDER,
                    .score = 0.75f,
                    .age = 40000000,
                    .quality = 0.5f,
                    .has_points = true,
                    .has_quality = true,
                    .has_dominant = true,
                    .dominant = 3,
                    .dominant_share = 0.875f };
  for (int k = 0; k < 7; k++)
    face.probabilities[k] = face.raw[k] = k == 3 ? 0.7f : 0.05f;
  for (int k = 0; k < FER_N_POINTS; k++)
    face.points[k] = (fer_point) { 10.5f * (float) k, 20 };
  fer_face_decide (&face, 7, (fer_limits) { 0, 0 });
  return face;
}

int
main (void)
{
  static const fer_field fields[] = { { .name = "camera", .kind = FER_FIELD_INTEGER, .integer = 3 }, { .name = "on", .kind = FER_FIELD_TRUTH } };
  fer_result result = {
    .pts = FER_TIME_NONE, .running_time = FER_TIME_NONE, .time_us = INT64_MIN, .width = 640, .height = 480, .n_labels = 7, .labels = fer_labels7
  };
  print (&result);

  result.pts = result.running_time = 1;
  result.time_us = result.written_us = INT64_C (1700000000250000);
  result.n_faces = 3;
  result.faces[0] = followed ();
  result.faces[1] = (fer_face) { .box = { 0, 0, 640, 480 }, .source = FER_FROM_FRAME, .label = -1, .confidence = 0.2f };
  result.faces[2] = (fer_face) { .id = 4, .box = { 0, 0, 20, 20 }, .label = -1, .skip = FER_SKIP_DARK };
  result.n_skipped = 1;
  result.skipped[0] = (fer_skipped) { 0, { -5, 1.5f, 8, 8 }, FER_FROM_UPSTREAM, FER_SKIP_SMALL };
  result.n_changes = 3;
  result.changes[0] = (fer_change) { .kind = FER_CHANGE_APPEARED, .id = 3, .to = 3 };
  result.changes[1] = (fer_change) { .kind = FER_CHANGE_LEFT, .id = 1, .from = -1, .lasted = 5 };
  result.changes[2] = (fer_change) { .kind = FER_CHANGE_LABEL, .id = 2, .from = 1, .to = 2, .lasted = FER_TIME_NONE };
  result.fields = fields;
  result.n_fields = 2;
  print (&result);

  result.file = "a \"b\".jpg"; /* found, not read */
  result.n_labels = result.n_skipped = result.n_changes = result.n_fields = 0;
  result.n_faces = 1;
  print (&result);
  return 0;
}
