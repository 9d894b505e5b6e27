/* SPDX-License-Identifier: MIT */
#define BUILD nn_depthwise_avx2
#define WIDTH 8
#include "depthwise_body.h"
