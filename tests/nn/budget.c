/* SPDX-License-Identifier: MIT */
#include "budget.h"
#include "test.h"

#include <stdint.h>
#include <string.h>

static void
gives_zeroed_aligned_memory (void)
{
  nn_error error;
  nn_budget budget = { .limit = 1 << 20, .error = &error };
  for (size_t size = 0; size < 5000; size += 7) {
    unsigned char *item = nn_budget_alloc (&budget, size, 1), sum = 0;
    require (item);
    check ((uintptr_t) item % _Alignof (max_align_t) == 0);
    for (size_t i = 0; i < size; i++)
      sum |= item[i];
    check (!sum);
    memset (item, 0xff, size);
    if (budget.used > (1 << 19))
      break;
  }
  nn_budget_free (&budget);
  check (budget.used == 0);
}

static void
stops_at_the_limit (void)
{
  nn_error error = { "" };
  nn_budget budget = { .limit = 1 << 20, .error = &error };
  check (nn_budget_alloc (&budget, 1 << 10, 1 << 9));
  check (!nn_budget_alloc (&budget, 1 << 10, 1 << 9));
  check (strstr (error.text, "1048576 bytes"));
  check (nn_budget_take (&budget, 1 << 10) && budget.used <= budget.limit);
  check (!nn_budget_take (&budget, SIZE_MAX));
  size_t used = budget.used;
  check (!nn_budget_alloc (&budget, SIZE_MAX / 2, 4) && !nn_budget_alloc (&budget, SIZE_MAX, 1));
  check (budget.used == used);
  nn_budget_free (&budget);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (gives_zeroed_aligned_memory), TEST (stops_at_the_limit), { 0 } });
}
