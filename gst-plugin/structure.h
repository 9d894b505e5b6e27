/* SPDX-License-Identifier: MIT
 * A result as a GstStructure: what FerEmotionMeta holds and element messages carry.
 *
 *   timestamp       uint64, ns: the frame's; GST_CLOCK_TIME_NONE: it has none
 *   running-time    uint64, likewise
 *   width, height   int, size of the picture that the boxes refer to
 *   time            int64, microseconds since 1970 UTC; absent when not known
 *   labels          array of string, the model's classes in order
 *   faces           array of structures "face":
 *     id            uint64, track from 1, 0: not tracked
 *     x, y, w, h    double, pixels
 *     label         string, "unsure" under the threshold
 *     confidence    double, 0-1, of the most probable class
 *     probabilities array of double, one per label
 *     source        string: upstream, finder, frame
 *     age           uint64, ns since the face was read
 *     fresh         boolean, it was read from this very frame
 *     margin        double, by how much the most probable class leads the second; of faces that were read
 *     ranking       array of string, labels from the most to the least probable; likewise
 *     raw           array of double, the last reading by itself; of faces with an id
 *     score         double, of faces that the finder found
 *     points        array of double, x, y of right eye, left eye, nose, right and left corner of the mouth; where they are known
 *     quality       double, where the face's picture was looked at
 *     skipped       string, why there is no label, where there is none
 *     dominant      string, the label that was shown longest of late, and dominant-share, double, its share of that time; where asked for
 *   skipped         array of structures "skipped", where there are faces that are not among faces:
 *     id, x, y, w, h, source
 *     reason        string, why
 *   changes         array of structures "change", where something is different from the frame before:
 *     id            uint64, of the face
 *     change        string: appeared, left, label
 *     from, to      string, its labels before and now
 *     lasted        uint64, ns for which a face that left was there, or the label before was shown; where that is known
 *   json            string, all of this as one line of JSON, where it was asked for */
#ifndef STRUCTURE_H
#define STRUCTURE_H

#include <gst/gst.h>

#include "fer/fer.h"

void structure_set_result (GstStructure *structure, const fer_result *result);

void structure_set_json (GstStructure *structure, const fer_result *result);

/* One of its faces. */
GstStructure *structure_from_face (const char *name, const fer_result *result, const fer_face *face);

/* The other way round. labels[FER_MAX_LABELS] receives pointers into structure, for result->labels. FALSE when
 * structure is not such a structure; result is then not to be used. */
gboolean structure_get_result (const GstStructure *structure, fer_result *result, const char **labels);

/* "unsure" or the label, for people. */
const char *result_label (const fer_result *result, const fer_face *face);

/* An array value of n doubles. */
void value_init_doubles (GValue *array, const float *numbers, int n);
/* An array value of n strings. */
void value_init_strings (GValue *array, const char *const *strings, int n);

#endif
