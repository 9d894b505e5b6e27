/* SPDX-License-Identifier: MIT
 * A small expression model for tests that need one: random weights, seven labels, quick to run. */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include <stdbool.h>

#include "nn.h"

/* Writes it to path. It reads (size, size) grey pixels, has a feature map of size / 2, and its answers differ from picture to picture. */
bool test_model_write (const char *path, int size, nn_error *error);

#endif
