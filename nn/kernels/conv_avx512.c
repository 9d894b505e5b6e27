/* SPDX-License-Identifier: MIT
 * AVX-512F: 32 registers. */
#define BUILD nn_conv_avx512
#define NAME "avx512"
#define WIDTH 16
#define PIXELS_1 12
#define PIXELS_2 12
#define PIXELS_3 8
#include "conv_body.h"
