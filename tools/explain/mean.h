/* SPDX-License-Identifier: MIT
 * What many faces have in common: the mean map of each class. */
#ifndef EXPLAIN_MEAN_H
#define EXPLAIN_MEAN_H

#include "explained.h"

typedef struct mean {
  explained maps;                 /* their means; no square, pixels and logits */
  int n_faces, n[FER_MAX_LABELS]; /* of how many faces each is the mean */
  int n_points;                   /* faces of which ... */
  fer_point points[FER_N_POINTS]; /* ... eyes, nose and mouth are known: their means, 0-1 across the square */
} mean;

/* Takes the maps of wanted[n_labels] in, each scaled to its own largest value, so that all faces count alike. m is zeroed before the first face, all of
 * which are of one model and layer. False: out of memory. */
bool mean_add (mean *m, const explained *it, const fer_face *face, const bool *wanted, nn_error *error);
void mean_clear (mean *m);

#endif
