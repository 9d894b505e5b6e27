/* SPDX-License-Identifier: MIT
 * 128-bit vectors: SSE2's instruction where there is one, else two products by shifts. */
#define BUILD nn_kernels16_generic
#define NAME "generic"
#define WIDTH 4
#define PIXELS_1 12
#define PIXELS_2 6
#ifdef __SSE2__
#include <emmintrin.h>
#define DOT(sum, x, w) ((sum) + (sum_vec) _mm_madd_epi16 ((__m128i) (x), (__m128i) (w)))
#else
#define DOT(sum, x, w) ((sum) + ((x) << 16 >> 16) * ((w) << 16 >> 16) + ((x) >> 16) * ((w) >> 16))
#endif
#define MAX(x, y) vec_select ((x) > (y), (x), (y))
#define MIN(x, y) vec_select ((x) < (y), (x), (y))
/* 1.5 * 2^23 leaves the nearest integer in the low bits. */
#define NARROW(x) (__builtin_convertvector ((mask) ((x) + 12582912.0f), value_vec))
#include "conv16_body.h"
