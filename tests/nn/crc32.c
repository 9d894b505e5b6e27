/* SPDX-License-Identifier: MIT */
#include "nn.h"
#include "test.h"

#include <string.h>

static void
gives_the_published_check_value (void)
{
  check (nn_crc32 (0, "123456789", 9) == 0xcbf43926u);
  check (nn_crc32 (0, "", 0) == 0);
  check (nn_crc32 (0, "\0", 1) == 0xd202ef8du);
}

static void
goes_on_from_an_earlier_part (void)
{
  const char *text = "a file that comes in two parts";
  size_t size = strlen (text);
  for (size_t cut = 0; cut <= size; cut++)
    check (nn_crc32 (nn_crc32 (0, text, cut), text + cut, size - cut) == nn_crc32 (0, text, size));
}

/* One bit at a time, as the standard writes it. */
static uint32_t
by_bits (const uint8_t *bytes, size_t size)
{
  uint32_t crc = ~0u;
  for (size_t i = 0; i < size; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

/* Lengths on both sides of where long ways begin, from any address, and on from any part. */
static void
long_ways_are_the_same (void)
{
  enum { MOST = 5000 };
  static uint8_t bytes[MOST + 16];
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t) nn_random_u32 (&random);
  for (size_t size = 4000; size < MOST; size += 3) {
    const uint8_t *at = bytes + size % 16;
    check (nn_crc32 (0, at, size) == by_bits (at, size));
    check (nn_crc32 (nn_crc32 (0, at, 5), at + 5, size - 5) == by_bits (at, size));
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (gives_the_published_check_value), TEST (goes_on_from_an_earlier_part), TEST (long_ways_are_the_same), { 0 } });
}
