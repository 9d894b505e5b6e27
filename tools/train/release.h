/* SPDX-License-Identifier: MIT
 * From a finished training to a model file that says where it comes from. */
#ifndef TRAIN_RELEASE_H
#define TRAIN_RELEASE_H

#include "options.h"

#include <stdio.h>

typedef struct train_finished {
  const nn_trainer *trainer;
  const train_options *options; /* its recipe has the architecture that was trained */
  const nn_dataset *data;       /* faces: what is pasted, or NULL */
  const nn_scenes *scenes;      /* faces */
} train_finished;

/* The network with its best weights, as they are to be written. */
nn_model *train_best_model (const train_finished *finished, nn_error *error);

/* Reads PrivateTest, this once, with the model as it is written; prints what came of it; writes the model with its provenance (fer.trained). */
bool train_release (const train_finished *finished, const char *path, FILE *out, nn_error *error);

/* The same for a finder, which knows no PrivateTest: bench pictures are read by fer-eval. */
bool train_release_faces (const train_finished *finished, const char *path, FILE *out, nn_error *error);

/* What every fer.trained begins with: an open object of tool, recipe, origin (train_origin_add), the data's hash, seed, epochs,
 * time, kernels. */
struct _JsonBuilder *train_provenance_begin (const train_finished *finished, uint64_t hash, const char *kernels);

#endif
