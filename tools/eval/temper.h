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

/* Divides the dense layer that the first output's logits come from by temperature; ranges of values follow. Refuses a network whose logits do not
 * come from a dense layer that nothing else reads. */
bool eval_temper_logits (nn_model *model, double temperature, nn_error *error);

/* The model at path (NULL: the embedded one) after eval_temper_logits, as a file; the checksum follows. */
bool eval_temper_model (const char *path, const eval_tempered *tempered, const char *out, nn_error *error);

#endif
