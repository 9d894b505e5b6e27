/* SPDX-License-Identifier: MIT
 * Which of the boxes of this frame goes on which of the last. */
#ifndef FER_MATCH_H
#define FER_MATCH_H

#include "fer.h"

/* Intersection over union; 0 where either is empty. */
float fer_match_iou (const fer_box *a, const fer_box *b);

typedef struct fer_match_box {
  fer_box box; /* where it is expected */
  float gate;  /* least likeness, -1 to 1 */
  float rank;  /* added to the likeness where boxes compete */
} fer_match_box;

/* matches (n): the index of found for each of boxes, or -1. n, n_found <= FER_MAX_FACES. */
void fer_match_boxes (const fer_match_box *boxes, int n, const fer_found *found, int n_found, int *matches);

#endif
