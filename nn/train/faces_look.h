/* SPDX-License-Identifier: MIT
 * A finder in the making looks at whole scenes: to be scored, and to name those that fool it. */
#ifndef NN_FACES_LOOK_H
#define NN_FACES_LOOK_H

#include "../nn_train.h"

#define NN_FACES_LOOK_SIDE 320 /* pixels of a scene's longer side */
#define NN_FACES_LOOK_MAX 100  /* detections of a scene */

/* Called once for each scene, in any order, by any thread: its index in which, and what was found, best first, in pixels of the scene. */
typedef void (*nn_faces_seen) (void *user, int i, const nn_detection *found, int n);

/* Runs weights over scenes which[n], scaled to that side, and reports all with a score of at least threshold. */
bool nn_faces_look (const nn_graph *graph, const nn_real *weights, const nn_input *input, const nn_scenes *scenes, const int *which, int n,
                    int threads, float threshold, nn_faces_seen seen, void *user, nn_error *error);

/* Average precision at an IoU of 0.4 over those scenes. */
bool nn_faces_score (const nn_graph *graph, const nn_real *weights, const nn_input *input, const nn_scenes *scenes, const int *which, int n,
                     int threads, double *score, nn_error *error);

#endif
