/* SPDX-License-Identifier: MIT
 * Ranges of a model's values, fitted on the Training faces of a data set. */
#ifndef TOOL_RANGES_H
#define TOOL_RANGES_H

#include "fer/fer.h"
#include "nn_train.h"

#define TOOL_RANGES_FACES 512 /* enough; more change hardly anything */

/* The text for NN_RANGES_KEY, malloc'ed, from so many Training faces spread over all. */
char *tool_fit_ranges (const nn_model *model, const fer_crop *crop, const nn_dataset *data, int faces, nn_error *error);

#endif
