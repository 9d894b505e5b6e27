/* SPDX-License-Identifier: MIT
 * Names of expressions: data sets and models call the same thing "happy" and "happiness". */
#ifndef EVAL_LABELS_H
#define EVAL_LABELS_H

#include "fer.h"

/* FER-2013's seven in their order, and FER+'s eighth. */
enum { EVAL_CONTEMPT = 7, EVAL_N_EXPRESSIONS };
extern const char *const eval_expressions[EVAL_N_EXPRESSIONS];

/* By its name or a synonym, in any case; -1: none of the eight. */
int eval_expression_of (const char *name);

/* What faces are sorted into, whoever reads them. */
typedef struct eval_labels {
  int n;
  const char *names[FER_MAX_LABELS]; /* borrowed */
} eval_labels;

/* FER-2013's seven, or FER+'s eight with contempt as the last. */
eval_labels eval_labels_of_fer (bool contempt);

/* A class by its name, else by a synonym; -1. */
int eval_class_of (const eval_labels *classes, const char *label);

/* The class of each of the model's labels. Contempt may be missing on either side: a model's label is then -1, or the class is never read. Any other
 * difference is an error. */
bool eval_labels_match (const eval_labels *classes, const fer_model *model, int of_model[FER_MAX_LABELS], nn_error *error);

/* The model's p (n_labels) in classes: what has none is left out, and the others are what they are among themselves (equal, where
 * nothing is left). */
void eval_labels_sort (const eval_labels *classes, const int *of_model, int n_labels, const float *p, float *sorted);

#endif
