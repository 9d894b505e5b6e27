/* SPDX-License-Identifier: MIT
 * What a model says of the faces of a table of pictures, from the model or from a file. */
#ifndef EVAL_PREDICTIONS_H
#define EVAL_PREDICTIONS_H

#include "manifest.h"

typedef enum groups_face { GROUPS_FACE_NONE, GROUPS_FACE_REFUSED, GROUPS_FACE_READ } groups_face; /* not found; too poor to be read */

typedef struct eval_predictions {
  int n, n_labels;
  char *labels[FER_MAX_LABELS];
  uint8_t *faces;       /* (n) groups_face */
  float *probabilities; /* (n, n_labels) */
} eval_predictions;

/* n faces, none found yet. */
eval_predictions *eval_predictions_new (int n, const char *const *labels, int n_labels);
void eval_predictions_free (eval_predictions *predictions);

/* A CSV file with a column path, in any order, one for each label, and face, which may be missing: none, refused or read. Without it an empty
 * probability says none. Predictions for the pictures of manifest, by name; where a name stands there several times, in their order. */
eval_predictions *eval_predictions_load (const char *path, const eval_manifest *manifest, nn_error *error);
eval_predictions *eval_predictions_parse (const char *bytes, size_t size, const eval_manifest *manifest, nn_error *error);

/* Writes such a file; "-" is standard output. */
bool eval_predictions_write (const eval_predictions *predictions, const eval_manifest *manifest, const char *path, nn_error *error);

#endif
