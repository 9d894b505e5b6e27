/* SPDX-License-Identifier: MIT
 * Memory with a limit: everything that reading a hostile file needs is taken from one budget and given back at once. */
#ifndef NN_BUDGET_H
#define NN_BUDGET_H

#include "nn.h"

typedef struct nn_budget {
  size_t limit, used; /* bytes, with the blocks' own overhead */
  struct nn_budget_block *blocks;
  nn_error *error;    /* told when an allocation fails */
} nn_budget;

/* count zeroed items of size bytes, aligned for any type; NULL when the limit or the memory is exceeded. 0 items: not NULL. */
void *nn_budget_alloc (nn_budget *budget, size_t count, size_t size);

/* Counts bytes that are allocated elsewhere. */
bool nn_budget_take (nn_budget *budget, size_t bytes);

void nn_budget_free (nn_budget *budget);

#endif
