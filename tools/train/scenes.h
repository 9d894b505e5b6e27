/* SPDX-License-Identifier: MIT
 * Scenes with faces, from a CSV and folders of pictures. */
#ifndef TRAIN_SCENES_H
#define TRAIN_SCENES_H

#include "nn_train.h"

/* csv: plain or compressed, its files in images; negatives: a folder of pictures without a face, or NULL. At most limit of each kind. Errors name
 * the file. */
nn_scenes *train_load_scenes (const char *csv, const char *images, const char *negatives, const char *sources, int limit, nn_error *error);

#endif
