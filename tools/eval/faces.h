/* SPDX-License-Identifier: MIT
 * An evaluation of a finder of faces: pictures with known faces in every view, and pictures without any. */
#ifndef EVAL_FACES_H
#define EVAL_FACES_H

#include "finder.h"
#include "tally.h"

#define EVAL_MAX_GROUPS 32

typedef struct eval_task {
  const char *images, *boxes, *negatives, *sources; /* negatives, sources: or NULL */
  bool held_out;                                    /* only files that are never trained on */
  int size;                                         /* of the longer side as shown; 0: as it comes */
  float threshold;
  const char *views; /* names separated by commas; NULL: all */
} eval_task;

/* Face-free pictures whose names begin alike, up to the first "_". */
typedef struct eval_group {
  char name[64];
  int n, false_positives;
} eval_group;

typedef struct eval_faces {
  bool seen[EVAL_N_VIEWS];
  eval_found views[EVAL_N_VIEWS];
  int n_groups;
  eval_group all, groups[EVAL_MAX_GROUPS];
  double ms; /* median; NAN: not measured */
} eval_faces;

bool eval_faces_run (const eval_task *task, eval_finder *finder, eval_faces *result, nn_error *error);

#endif
