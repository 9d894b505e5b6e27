/* SPDX-License-Identifier: MIT
 * AVX2. Measured on Zen 3: the additions share ports with the products, so that a tile runs at 1.6 times the float kernel's rate, not twice. */
#include <immintrin.h>
#define BUILD nn_kernels16_avx2
#define NAME "avx2"
#define WIDTH 8
#define PIXELS_1 12
#define PIXELS_2 6
#define DOT(sum, x, w) ((sum) + (sum_vec) _mm256_madd_epi16 ((__m256i) (x), (__m256i) (w)))
#define MAX(x, y) ((vec) _mm256_max_ps ((__m256) (x), (__m256) (y)))
#define MIN(x, y) ((vec) _mm256_min_ps ((__m256) (x), (__m256) (y)))
#define NARROW(x)                                                                                                                  \
  ({                                                                                                                               \
    __m256i whole = _mm256_cvtps_epi32 ((__m256) (x));                                                                             \
    (value_vec) _mm_packs_epi32 (_mm256_castsi256_si128 (whole), _mm256_extracti128_si256 (whole, 1));                            \
  })
#include "conv16_body.h"
