/* SPDX-License-Identifier: MIT
 * Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): key[0] is its key; its
 * counter is the number of the block, below, and the stream key[1], above. A block is four numbers. */
#include "nn.h"

#include <math.h>

/* A bijection that spreads every bit over all 64 (Stafford's mix 13). */
static uint64_t
mix (uint64_t x)
{
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

static void
philox (uint64_t key, uint64_t low, uint64_t high, uint32_t out[4])
{
  uint32_t x0 = (uint32_t) low, x1 = (uint32_t) (low >> 32), x2 = (uint32_t) high, x3 = (uint32_t) (high >> 32);
  uint32_t k0 = (uint32_t) key, k1 = (uint32_t) (key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t a = (uint64_t) 0xd2511f53u * x0, b = (uint64_t) 0xcd9e8d57u * x2;
    x0 = (uint32_t) (b >> 32) ^ x1 ^ k0;
    x1 = (uint32_t) b;
    x2 = (uint32_t) (a >> 32) ^ x3 ^ k1;
    x3 = (uint32_t) a;
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  out[0] = x0, out[1] = x1, out[2] = x2, out[3] = x3;
}

nn_random
nn_random_new (uint64_t seed, uint64_t epoch, uint64_t sample, nn_purpose purpose)
{
  uint64_t stream = mix (mix (mix ((uint64_t) purpose) + epoch) + sample);
  return (nn_random) { .key = { seed, stream } };
}

uint32_t
nn_random_u32 (nn_random *random)
{
  int lane = random->lane;
  if (!lane)
    philox (random->key[0], random->counter++, random->key[1], random->block);
  random->lane = (lane + 1) & 3;
  return random->block[lane];
}

float
nn_random_uniform (nn_random *random)
{
  return (float) (nn_random_u32 (random) >> 8) * 0x1p-24f;
}

/* Box and Muller 1958; always two numbers for one, so that nothing is left over. */
float
nn_random_normal (nn_random *random)
{
  float radius = sqrtf (-2.0f * logf (1.0f - nn_random_uniform (random)));
  return radius * cosf (6.28318531f * nn_random_uniform (random));
}
