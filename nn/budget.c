/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include "memory.h"

#define BLOCK 65536

/* Small items share a block; the items follow the header. */
typedef struct nn_budget_block {
  struct nn_budget_block *next;
  size_t used, size;
  _Alignas (max_align_t) unsigned char items[];
} block;

bool
nn_budget_take (nn_budget *budget, size_t bytes)
{
  if (bytes > budget->limit - budget->used)
    return nn_fail (budget->error, "needs more memory than the %zu bytes that a file of this size may use", budget->limit);
  budget->used += bytes;
  return true;
}

static block *
new_block (nn_budget *budget, size_t size)
{
  if (!nn_budget_take (budget, sizeof (block) + size))
    return NULL;
  block *new = nn_alloc (sizeof (block) + size);
  if (!new) {
    nn_fail (budget->error, "out of memory");
    return NULL;
  }
  *new = (block) { .size = size, .next = budget->blocks };
  budget->blocks = new;
  return new;
}

void *
nn_budget_alloc (nn_budget *budget, size_t count, size_t size)
{
  const size_t align = _Alignof (max_align_t);
  size_t bytes;
  if (__builtin_mul_overflow (count, size, &bytes) || bytes > SIZE_MAX / 2) {
    nn_fail (budget->error, "needs more memory than there is: %zu items of %zu bytes", count, size);
    return NULL;
  }
  bytes = (bytes + align - 1) / align * align;
  block *first = budget->blocks;
  if (!first || bytes > first->size - first->used) {
    block *new = new_block (budget, bytes > BLOCK / 4 ? bytes : BLOCK);
    if (!new)
      return NULL;
    /* A block of its own for a large item leaves the shared one in front. */
    if (first && bytes > BLOCK / 4) {
      budget->blocks = first;
      new->next = first->next;
      first->next = new;
    }
    first = new;
  }
  void *item = first->items + first->used;
  first->used += bytes;
  return memset (item, 0, bytes);
}

void
nn_budget_free (nn_budget *budget)
{
  for (block *at = budget->blocks; at;) {
    block *next = at->next;
    free (at);
    at = next;
  }
  budget->blocks = NULL;
  budget->used = 0;
}
