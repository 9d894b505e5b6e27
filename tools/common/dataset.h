/* SPDX-License-Identifier: MIT
 * Data sets by path, for every tool that takes --data. */
#ifndef TOOL_DATASET_H
#define TOOL_DATASET_H

#include "nn_train.h"

/* fer2013.csv or icml_face_data.csv, plain, compressed or in a zip or tar; or a folder tree (folder.h). Errors name the path. */
nn_dataset *tool_load_dataset (const char *path, nn_error *error);

/* FER+'s fer2013new.csv, in the same wrappings: nn_dataset_add_votes. */
bool tool_load_votes (nn_dataset *data, const char *path, nn_error *error);

#endif
