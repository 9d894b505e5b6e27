/* SPDX-License-Identifier: MIT
 * What a network is made of besides its recipe, and in which form it is written, as fer.trained says it. */
#ifndef TRAIN_ORIGIN_H
#define TRAIN_ORIGIN_H

#include "common/json.h"
#include "options.h"

/* Members of the object at hand: data, votes, init, teachers (names of files, without folders), dedupe, limit_train, half where they were asked for; of an
 * expression model head, blend and prior. */
void train_origin_add (JsonBuilder *b, const train_options *options);

/* Whether trained (fer.trained) says the same, and is calibrated where options ask for it. error: the first member that differs, here and there. */
bool train_origin_same (const train_options *options, JsonObject *trained, nn_error *error);

#endif
