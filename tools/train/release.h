/* SPDX-License-Identifier: MIT
 * From a finished training to a model file that says where it comes from. */
#ifndef TRAIN_RELEASE_H
#define TRAIN_RELEASE_H

#include "nn_train.h"

#include <stdio.h>

typedef struct train_finished {
  const nn_trainer *trainer;
  const nn_recipe *recipe;
  const nn_dataset *data;
  const char *data_name;
  int threads;
} train_finished;

/* Reads PrivateTest, this once, with the best weights; prints what came of it; writes the model with its provenance (fer.trained). */
bool train_release (const train_finished *finished, const char *path, FILE *out, nn_error *error);

#endif
