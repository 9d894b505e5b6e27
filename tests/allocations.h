/* SPDX-License-Identifier: MIT
 * Counts every allocation of a program that is linked with
 *   -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc,--wrap=posix_memalign */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdlib.h>

static int n_allocations;

#define COUNTED(type, name, parameters, ...)                                                                                       \
  type __real_##name parameters;                                                                                                   \
  type __wrap_##name parameters;                                                                                                   \
  type __wrap_##name parameters                                                                                                    \
  {                                                                                                                                \
    n_allocations++;                                                                                                               \
    return __real_##name (__VA_ARGS__);                                                                                            \
  }
COUNTED (void *, malloc, (size_t size), size)
COUNTED (void *, calloc, (size_t count, size_t size), count, size)
COUNTED (void *, realloc, (void *old, size_t size), old, size)
COUNTED (void *, aligned_alloc, (size_t alignment, size_t size), alignment, size)
COUNTED (int, posix_memalign, (void **memory, size_t alignment, size_t size), memory, alignment, size)
#undef COUNTED

#endif
