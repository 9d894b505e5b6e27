/* SPDX-License-Identifier: MIT */
#include "arena.h"
#include "nn.h"
#include "test.h"

static void
places_a_chain_in_the_room_of_two (void)
{
  nn_block blocks[10];
  int active[10];
  for (int i = 0; i < 10; i++)
    blocks[i] = (nn_block) { .bytes = 100, .first = i, .last = i + 1 };
  check (nn_arena_plan (10, blocks, active) == 256);
  for (int i = 0; i < 10; i++)
    check (blocks[i].offset == (size_t) (i % 2) * 128);
}

/* Blocks that live at the same time never overlap, whatever the mixture. */
static void
never_overlaps_the_living (void)
{
  for (uint64_t seed = 0; seed < 200; seed++) {
    nn_random random = nn_random_new (seed, 0, 0, NN_FOR_TEST);
    enum { N = 40 };
    nn_block blocks[N];
    int active[N];
    size_t sum = 0;
    for (int i = 0; i < N; i++) {
      blocks[i] = (nn_block) { .bytes = nn_random_u32 (&random) % 1000, .first = i, .last = i + (int) (nn_random_u32 (&random) % 12) };
      sum += (blocks[i].bytes + 63) / 64 * 64;
    }
    size_t size = nn_arena_plan (N, blocks, active);
    check (size <= sum);
    for (int i = 0; i < N; i++) {
      check (blocks[i].offset % NN_ALIGN == 0 && (!blocks[i].bytes || blocks[i].offset + blocks[i].bytes <= size));
      for (int j = 0; j < i; j++)
        if (blocks[j].last >= blocks[i].first && blocks[i].bytes && blocks[j].bytes)
          check (blocks[i].offset >= blocks[j].offset + blocks[j].bytes || blocks[j].offset >= blocks[i].offset + blocks[i].bytes);
    }
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (places_a_chain_in_the_room_of_two), TEST (never_overlaps_the_living), { 0 } });
}
