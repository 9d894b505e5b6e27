/* SPDX-License-Identifier: MIT */
#ifndef NN_MEMORY_H
#define NN_MEMORY_H

#include "nn.h"

#include <stdlib.h>
#include <string.h>

/* bytes rounded up to whole cache lines. */
static inline size_t
nn_aligned (size_t bytes)
{
  return (bytes + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
}

/* Memory at a multiple of NN_ALIGN, never of size 0; NULL when there is none. free () it. */
static inline void *
nn_alloc (size_t bytes)
{
  if (bytes > SIZE_MAX - NN_ALIGN)
    return NULL;
  return aligned_alloc (NN_ALIGN, bytes ? nn_aligned (bytes) : NN_ALIGN);
}

#endif
