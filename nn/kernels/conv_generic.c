/* SPDX-License-Identifier: MIT
 * 128-bit vectors, which every machine of interest has (SSE2, NEON): no flags, no check. */
#define BUILD nn_conv_generic
#define NAME "generic"
#define WIDTH 4
#define PIXELS_1 12
#ifdef __aarch64__ /* 32 registers, of which the multiply-adds by lane take one more for each pixel */
#define PIXELS_2 8
#define PIXELS_3 6
#else
#define PIXELS_2 6
#define PIXELS_3 4
#endif
#include "conv_body.h"
