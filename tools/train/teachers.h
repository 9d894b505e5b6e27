/* SPDX-License-Identifier: MIT
 * Trained models that a network learns from as well. */
#ifndef TRAIN_TEACHERS_H
#define TRAIN_TEACHERS_H

#include "nn_train.h"

/* Makes trainer learn from the model files at paths (NULL: none). Each must normalise pictures as the recipe does and have FER-2013's seven labels or
 * FER+'s eight in their order: probabilities of other pictures or of other classes would teach nonsense. Errors name the file. */
bool train_find_teachers (nn_trainer *trainer, const nn_recipe *recipe, char *const *paths, nn_error *error);

#endif
