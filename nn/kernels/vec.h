/* SPDX-License-Identifier: MIT
 * What the fast bodies share: WIDTH floats in a vector, and loops that unroll so that arrays of vectors become registers, in gcc and in clang. */
#ifndef NN_KERNELS_VEC_H
#define NN_KERNELS_VEC_H

typedef float vec __attribute__ ((vector_size (WIDTH * sizeof (float)), aligned (sizeof (float))));

#define ALWAYS_INLINE inline __attribute__ ((always_inline))

#ifdef __clang__
#define UNROLL _Pragma ("clang loop unroll(full)")
#else
#define UNROLL _Pragma ("GCC unroll 16")
#endif

#endif
