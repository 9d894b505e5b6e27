/* SPDX-License-Identifier: MIT
 * One face and why each class was more or less likely. */
#ifndef EXPLAIN_EXPLAINED_H
#define EXPLAIN_EXPLAINED_H

#include "fer/ferexplain.h"

typedef struct explained {
  fer_box square; /* of the picture, turned by roll: where the network looked ... */
  float roll;
  int size;
  const float *pixels; /* (size, size): ... and what it saw there */
  int n_labels;
  float logits[FER_MAX_LABELS];
  int map_h, map_w;
  float *maps; /* (n_labels, map_h, map_w) */
} explained;

/* Face i of classifier's last run, borrowed until the next one. False: out of memory. */
bool explained_init (explained *it, const fer_classifier *classifier, int i, nn_cam *cam, nn_cam_method method, nn_error *error);
void explained_clear (explained *it);

const float *explained_map (const explained *it, int label);

/* The largest value of a class's map, and where: in the network's pixels. */
float explained_peak (const explained *it, int label, float *x, float *y);

#endif
