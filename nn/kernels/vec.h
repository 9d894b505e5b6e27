/* SPDX-License-Identifier: MIT
 * What the fast bodies share: WIDTH floats in a vector, and loops that unroll so that arrays of vectors become registers, in gcc and in clang. */
#ifndef NN_KERNELS_VEC_H
#define NN_KERNELS_VEC_H

#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

typedef float vec __attribute__ ((vector_size (WIDTH * sizeof (float)), aligned (sizeof (float))));

typedef int mask __attribute__ ((vector_size (WIDTH * sizeof (int)), aligned (sizeof (int))));

#define ALWAYS_INLINE inline __attribute__ ((always_inline))

#ifdef __clang__
#define UNROLL _Pragma ("clang loop unroll(full)")
#else
#define UNROLL _Pragma ("GCC unroll 16")
#endif

#define BROADCAST(s) ((s) - (vec) { 0 }) /* s - 0 is s, also for -0: no instruction but the broadcast */

/* a where m, else b */
static ALWAYS_INLINE vec
vec_select (mask m, vec a, vec b)
{
  return (vec) ((m & (mask) a) | (~m & (mask) b));
}

/* nn_clamp, lane by lane. With intrinsics, because gcc makes of the masks two to seven instructions for each of theirs. */
static ALWAYS_INLINE vec
vec_clamp (vec x, vec low, vec high)
{
#if defined(__AVX512F__)
  return (vec) _mm512_min_ps ((__m512) high, _mm512_max_ps ((__m512) low, (__m512) x));
#elif defined(__AVX__)
  return (vec) _mm256_min_ps ((__m256) high, _mm256_max_ps ((__m256) low, (__m256) x));
#elif defined(__SSE2__)
  return (vec) _mm_min_ps ((__m128) high, _mm_max_ps ((__m128) low, (__m128) x));
#else
  x = vec_select (low > x, low, x);
  return vec_select (high < x, high, x);
#endif
}

/* The first lanes floats at x (none if negative), the others 0; nothing behind them is touched. */
static ALWAYS_INLINE vec
vec_load (const float *x, int lanes)
{
  if (lanes >= WIDTH)
    return *(const vec *) x;
#if defined(__AVX512F__)
  return (vec) _mm512_maskz_loadu_ps ((__mmask16) (lanes > 0 ? (1u << lanes) - 1 : 0), x);
#elif defined(__AVX__)
  return (vec) _mm256_maskload_ps (x, (__m256i) ((mask) { 0, 1, 2, 3, 4, 5, 6, 7 } < lanes));
#else
  vec y = { 0 };
  for (int i = 0; i < lanes; i++)
    y[i] = x[i];
  return y;
#endif
}

/* Lanes [from, to) of x, as far as it has them. */
static ALWAYS_INLINE void
vec_store_part (float *y, vec x, int from, int to)
{
  from = from > 0 ? from : 0;
  to = to < WIDTH ? to : WIDTH;
  if (from >= to)
    return;
#ifdef __AVX512F__
  _mm512_mask_storeu_ps (y, (__mmask16) ((1u << to) - (1u << from)), (__m512) x);
#else
  memcpy (y + from, (const float *) &x + from, (size_t) (to - from) * sizeof *y);
#endif
}

static ALWAYS_INLINE void
vec_store (float *y, vec x, int lanes)
{
  if (lanes >= WIDTH)
    *(vec *) y = x;
  else
    vec_store_part (y, x, 0, lanes);
}

#endif
