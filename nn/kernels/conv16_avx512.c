/* SPDX-License-Identifier: MIT
 * AVX-512F and BW, for CPUs that have no VNNI. */
#include <immintrin.h>
#define BUILD nn_kernels16_avx512
#define NAME "avx512"
#define WIDTH 16
#define PIXELS_1 12
#define PIXELS_2 12
#define DOT(sum, x, w) ((sum) + (sum_vec) _mm512_madd_epi16 ((__m512i) (x), (__m512i) (w)))
#define MAX(x, y) ((vec) _mm512_max_ps ((__m512) (x), (__m512) (y)))
#define MIN(x, y) ((vec) _mm512_min_ps ((__m512) (x), (__m512) (y)))
#define NARROW(x) ((value_vec) _mm512_cvtsepi32_epi16 (_mm512_cvtps_epi32 ((__m512) (x))))
#include "conv16_body.h"
