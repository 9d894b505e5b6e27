/* SPDX-License-Identifier: MIT */
#ifndef NN_MEMORY_H
#define NN_MEMORY_H

#include "nn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* bytes rounded up to whole cache lines. */
static inline size_t
nn_aligned (size_t bytes)
{
  return (bytes + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
}

#define NN_HUGE ((size_t) 2 << 20) /* bytes of a large page */

/* Memory at a multiple of NN_ALIGN, never of size 0; NULL when there is none. free () it. What is large asks for large pages: to be given small ones,
 * each at its first touch, took longer than to fill them. */
static inline void *
nn_alloc (size_t bytes)
{
  if (bytes > SIZE_MAX - NN_HUGE)
    return NULL;
  if (bytes < NN_HUGE)
    return aligned_alloc (NN_ALIGN, bytes ? nn_aligned (bytes) : NN_ALIGN);
  /* A last page that is used by half or more is a large one too. */
  const size_t size = bytes % NN_HUGE < NN_HUGE / 2 ? nn_aligned (bytes) : (bytes + NN_HUGE - 1) / NN_HUGE * NN_HUGE;
  void *memory;
  if (posix_memalign (&memory, NN_HUGE, size)) /* aligned_alloc may refuse what is no multiple of the alignment */
    return NULL;
#ifdef MADV_HUGEPAGE
  madvise (memory, size, MADV_HUGEPAGE); /* a hint: without it the memory is as good */
#endif
  return memory;
}

#endif
