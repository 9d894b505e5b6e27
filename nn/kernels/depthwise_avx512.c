/* SPDX-License-Identifier: MIT */
#define BUILD nn_depthwise_avx512
#define WIDTH 16
#include "depthwise_body.h"
