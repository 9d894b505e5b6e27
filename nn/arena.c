/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include "memory.h"

/* First fit: the lowest gap between the blocks that are alive, which active holds by offset. */
size_t
nn_arena_plan (int n, nn_block *blocks, int *active)
{
  size_t size = 0;
  int n_active = 0;
  for (int i = 0; i < n; i++) {
    nn_block *block = &blocks[i];
    block->offset = 0;
    if (!block->bytes)
      continue;
    int alive = 0;
    for (int j = 0; j < n_active; j++)
      if (blocks[active[j]].last >= block->first)
        active[alive++] = active[j];
    n_active = alive;
    int at = 0;
    for (; at < n_active; at++) {
      const nn_block *other = &blocks[active[at]];
      if (block->offset + nn_aligned (block->bytes) <= other->offset)
        break;
      block->offset = other->offset + nn_aligned (other->bytes);
    }
    memmove (active + at + 1, active + at, (size_t) (n_active - at) * sizeof *active);
    active[at] = i;
    n_active++;
    size_t end = block->offset + nn_aligned (block->bytes);
    size = end > size ? end : size;
  }
  return size;
}
