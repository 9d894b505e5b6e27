/* SPDX-License-Identifier: MIT
 * Figures of a finder of faces: what it says of many pictures against what is there. Pure arithmetic. */
#ifndef EVAL_TALLY_H
#define EVAL_TALLY_H

#include "metrics.h"
#include "nn_train.h"

#define EVAL_IOU 0.4f      /* conventions of boxes differ: what overlaps so far is the same face */
#define EVAL_LARGE 40      /* pixels: smaller faces tell little of an expression */
#define EVAL_MIN_EYES 0.2f /* of the box's width: nearer eyes are those of a profile, and no measure of anything */

/* A face's size is the square root of its box's area. Bin i: eval_sizes[i] to less than eval_sizes[i + 1] pixels. */
#define EVAL_N_SIZES 6
extern const int eval_sizes[EVAL_N_SIZES];

enum { EVAL_EYES, EVAL_NOSE, EVAL_MOUTH, EVAL_N_PARTS };
extern const char *const eval_parts[EVAL_N_PARTS]; /* "eyes", "nose", "mouth" */

/* Distance from where a part is, in eye distances; of eyes and of the mouth's corners the mean of both. NAN without a face. */
typedef struct eval_distance {
  int n;
  double mean, median;
} eval_distance;

/* recall, false positives and points: of what has at least the threshold's score, at EVAL_IOU. */
typedef struct eval_found {
  int n_pictures, n_faces, false_positives;
  double ap40, ap50;
  eval_share recall, recall_large, by_size[EVAL_N_SIZES];
  eval_distance points[EVAL_N_PARTS];
} eval_found;

typedef struct eval_tally eval_tally;

eval_tally *eval_tally_new (float threshold);
void eval_tally_free (eval_tally *tally);

/* A picture: found[n], best first, and its faces. Returns how many were found with the threshold's score where there is none. */
int eval_tally_add (eval_tally *tally, const nn_detection *found, bool have_points, int n, const nn_scene_face *faces, int n_faces);

void eval_tally_measure (const eval_tally *tally, eval_found *result);

#endif
