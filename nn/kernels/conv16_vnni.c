/* SPDX-License-Identifier: MIT
 * AVX-512 with VNNI: product and addition are one instruction. In assembly, because gcc 12 keeps the sums of its intrinsic in memory. */
#include <immintrin.h>
#define BUILD nn_kernels16_vnni
#define NAME "vnni"
#define WIDTH 16
#define PIXELS_1 12
#define PIXELS_2 12
#define DOT(sum, x, w)                                                                                                             \
  ({                                                                                                                               \
    __m512i total = (__m512i) (sum);                                                                                               \
    __asm__ ("vpdpwssd %2, %1, %0" : "+v"(total) : "v"((__m512i) (x)), "v"((__m512i) (w)));                                        \
    (sum_vec) total;                                                                                                               \
  })
#define MAX(x, y) ((vec) _mm512_max_ps ((__m512) (x), (__m512) (y)))
#define MIN(x, y) ((vec) _mm512_min_ps ((__m512) (x), (__m512) (y)))
#define NARROW(x) ((value_vec) _mm512_cvtsepi32_epi16 (_mm512_cvtps_epi32 ((__m512) (x))))
#include "conv16_body.h"
