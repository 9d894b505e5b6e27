/* SPDX-License-Identifier: MIT
 * Calibration as part of a model file, so that every engine gives calibrated probabilities. */
#ifndef EVAL_TEMPER_H
#define EVAL_TEMPER_H

#include "nn.h"

/* What is written into fer.trained beside what stands there. */
typedef struct eval_tempered {
  double temperature;
  const char *data, *split; /* where it was fitted */
  int n;                    /* faces */
} eval_tempered;

/* The model at path (NULL: the embedded one) with its last dense layer divided by temperature, as a file; ranges of values and checksum follow. Refuses a
 * network whose logits do not come from a dense layer that nothing else reads. */
bool eval_temper_model (const char *path, const eval_tempered *tempered, const char *out, nn_error *error);

#endif
