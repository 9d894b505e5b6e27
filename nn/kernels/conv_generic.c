/* SPDX-License-Identifier: MIT
 * 128-bit vectors, which every machine of interest has (SSE2, NEON): no flags, no check. */
#define BUILD nn_conv_generic
#define NAME "generic"
#define WIDTH 4
#define PIXELS_1 12
#define PIXELS_2 6
#define PIXELS_3 4
#include "conv_body.h"
