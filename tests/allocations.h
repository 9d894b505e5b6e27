/* SPDX-License-Identifier: MIT
 * Counts every allocation of a program that is linked with
 *   -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=aligned_alloc */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

#include <stdlib.h>

static int n_allocations;

#define COUNTED(name, parameters, ...)                                                                                             \
  void *__real_##name parameters;                                                                                                  \
  void *__wrap_##name parameters;                                                                                                  \
  void *__wrap_##name parameters                                                                                                   \
  {                                                                                                                                \
    n_allocations++;                                                                                                               \
    return __real_##name (__VA_ARGS__);                                                                                            \
  }
COUNTED (malloc, (size_t size), size)
COUNTED (calloc, (size_t count, size_t size), count, size)
COUNTED (realloc, (void *old, size_t size), old, size)
COUNTED (aligned_alloc, (size_t alignment, size_t size), alignment, size)
#undef COUNTED

#endif
