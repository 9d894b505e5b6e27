/* SPDX-License-Identifier: MIT */
#include "fer.h"

const char *const fer_labels7[7] = { "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral" };
const char *const fer_labels8[8] = { "neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt" };
