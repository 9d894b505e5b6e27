/* SPDX-License-Identifier: MIT
 * Probabilities that can be taken at their word (Guo et al. 2017, "On calibration of modern neural networks", section 4.2). */
#ifndef TRAIN_CALIBRATE_H
#define TRAIN_CALIBRATE_H

#include "release.h"

/* What the logits were divided by. */
typedef struct train_calibrated {
  double temperature; /* 0: the model is not calibrated */
  int n;              /* rows of PublicTest that it was fitted on */
} train_calibrated;

/* Divides the last dense layer of model by the temperature that gives PublicTest the least mean negative log-likelihood. votes: the classes are
 * FER+'s eight, the truth their majority. Refuses data without PublicTest. */
bool train_calibrate (const train_finished *finished, nn_model *model, bool votes, train_calibrated *calibrated, nn_error *error);

#endif
