/* SPDX-License-Identifier: MIT */
#include "fer.h"

const char *const fer_labels7[7] = { "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral" };
