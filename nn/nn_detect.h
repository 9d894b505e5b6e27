/* SPDX-License-Identifier: MIT
 * nn_detect: what a single-shot network says of the faces in a picture, and how well it says it. Needs nn.h alone; the finder that runs such a
 * network and the trainer that makes it share every line.
 *
 * The network is fully convolutional. Each output is a map (h, w, 15), one for each stride of 8, 16 and 32: cell (i, j) of stride s looks from
 * the point ((j + 0.5) s, (i + 0.5) s) of the input and says
 *   0       the logit of the score
 *   1, 2    the box's centre less that point, in strides
 *   3, 4    the logarithm of the box's width and height in strides
 *   5 ... 14  x, y of the right eye, left eye, nose, right and left corner of the mouth less that point, in strides
 * (right and left are the person's own: the right eye lies on the left of a picture). */
#ifndef NN_DETECT_H
#define NN_DETECT_H

#include "nn.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NN_DETECT_POINTS 5
enum { NN_DETECT_SCORE = 0, NN_DETECT_BOX = 1, NN_DETECT_POINT = 5, NN_DETECT_CHANNELS = 15 };
extern const char *const nn_detect_point_names[NN_DETECT_POINTS]; /* "right_eye", "left_eye", "nose", "mouth_right", "mouth_left" */

/* In pixels of the network's input, or of the picture it was made from. */
typedef struct nn_detection {
  float x, y, w, h;
  float score; /* 0-1 */
  float points[NN_DETECT_POINTS][2];
} nn_detection;

/* One output's cells with a score of at least threshold, appended to found, which has n of at most max; returns how many are there then. When
 * there is no room, the best stay. Values that are not finite give no detection. */
int nn_detect_decode (const nn_real *map, nn_shape shape, int stride, float threshold, nn_detection *found, int n, int max);

/* Appends detection to found, which has n of at most max; returns how many are there then. When there is no room, the best stay; what is not finite
 * does not come in. */
int nn_detect_add (nn_detection *found, int n, int max, const nn_detection *detection);

/* Greedy non-maximum suppression, in place: sorts by score, best first, and drops what overlaps a better one by more than iou, or lies (nearly) all
 * in it: an eye of a large face looks like a face. Returns how many are left. */
int nn_detect_suppress (nn_detection *found, int n, float iou);

/* Intersection over union of two boxes; 0 where either is empty. */
float nn_detect_iou (const nn_detection *a, const nn_detection *b);

/* A detection seen through a map from its picture to another: points exactly; the box as the upright box around the ellipse that it holds, which is
 * what a face is to its box, so that a turned face does not get a larger one. */
nn_detection nn_detect_transform (const nn_detection *detection, const nn_affine *map);

/* ---- average precision --------------------------------------------------------------------------------------------------- */

/* A face that is there. */
typedef struct nn_truth {
  nn_detection box;   /* score unused */
  bool ignore;        /* neither face nor background: what matches it counts neither way */
} nn_truth;

/* matches[n]: for each of found, which is sorted best first, the truth that it hits (best overlap of at least iou among those not taken yet), -1:
 * none, a false positive; NN_DETECT_IGNORED: it lies on one to be ignored (at least half of it, or with an IoU of at least iou). */
enum { NN_DETECT_MISSED = -1, NN_DETECT_IGNORED = -2 };
void nn_detect_match (const nn_detection *found, int n, const nn_truth *truths, int n_truths, float iou, int *matches);

/* Scores of detections over many pictures, hit or not. */
typedef struct nn_precision_point {
  float score;
  bool hit;
} nn_precision_point;

/* Area under the curve of precision over recall, precision made monotonous from the right (VOC 2010 and later), for n detections of n_faces faces.
 * Sorts points. 0 where there are no faces. */
double nn_average_precision (nn_precision_point *points, int n, int n_faces);

#ifdef __cplusplus
}
#endif
#endif
