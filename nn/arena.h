/* SPDX-License-Identifier: MIT
 * Places for buffers in one piece of memory: two share bytes only when they are never needed at the same time. */
#ifndef NN_ARENA_H
#define NN_ARENA_H

#include <stddef.h>

typedef struct nn_block {
  size_t bytes;    /* rounded up to NN_ALIGN by the planner; 0: no place */
  int first, last; /* steps at which it is in use, both included */
  size_t offset;   /* the answer */
} nn_block;

/* Fills in offset of n blocks, which are sorted by first. Returns the size of the arena. active[n] is working memory. */
size_t nn_arena_plan (int n, nn_block *blocks, int *active);

#endif
