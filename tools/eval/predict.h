/* SPDX-License-Identifier: MIT
 * Every face of a data set through the classifier that the element uses. */
#ifndef EVAL_PREDICT_H
#define EVAL_PREDICT_H

#include "fer.h"
#include "nn_train.h"

/* rows[n] of data, each as a picture that is one face, -> predicted[n]: classes of data (fer_labels7's order, whatever the model's).
 * model_path NULL: the embedded model. The result does not depend on threads. */
bool eval_predict (const char *model_path, nn_precision precision, const nn_dataset *data, const int *rows, int n, int threads, uint8_t *predicted, nn_error *error);

#endif
