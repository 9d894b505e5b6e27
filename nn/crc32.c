/* SPDX-License-Identifier: MIT */
#include "nn.h"

#define STEP 8    /* bytes taken at once from what is long */
#define LONG 4096 /* worth its tables, which take some microseconds to make */

/* The reflected polynomial 0xedb88320 applied to every value of four bits. */
static const uint32_t nibbles[16] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                      0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };

static uint32_t
add_bytes (uint32_t crc, const uint8_t *at, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    crc = nibbles[(crc ^ at[i]) & 15] ^ (crc >> 4);
    crc = nibbles[(crc ^ (at[i] >> 4)) & 15] ^ (crc >> 4);
  }
  return crc;
}

static uint32_t
word (const uint8_t *at)
{
  return (uint32_t) at[0] | (uint32_t) at[1] << 8 | (uint32_t) at[2] << 16 | (uint32_t) at[3] << 24;
}

/* Slicing by 8 (Kounavis and Berry 2005): tables[i][byte] is what a byte becomes when i zero bytes follow it; size is a multiple of STEP. */
static uint32_t
add_steps (uint32_t crc, const uint8_t *at, size_t size)
{
  uint32_t tables[STEP][256];
  for (uint32_t i = 0; i < 256; i++) {
    const uint8_t byte = (uint8_t) i;
    tables[0][i] = add_bytes (0, &byte, 1);
  }
  for (int step = 1; step < STEP; step++)
    for (int i = 0; i < 256; i++)
      tables[step][i] = tables[0][tables[step - 1][i] & 255] ^ (tables[step - 1][i] >> 8);
  for (const uint8_t *end = at + size; at < end; at += STEP) {
    const uint32_t a = crc ^ word (at), b = word (at + 4);
    crc = tables[7][a & 255] ^ tables[6][a >> 8 & 255] ^ tables[5][a >> 16 & 255] ^ tables[4][a >> 24] ^ tables[3][b & 255] ^ tables[2][b >> 8 & 255]
          ^ tables[1][b >> 16 & 255] ^ tables[0][b >> 24];
  }
  return crc;
}

uint32_t
nn_crc32 (uint32_t crc, const void *bytes, size_t size)
{
  const uint8_t *at = bytes;
  const size_t steps = size < LONG ? 0 : size / STEP * STEP;
  crc = ~crc;
  if (steps)
    crc = add_steps (crc, at, steps);
  return ~add_bytes (crc, at + steps, size - steps);
}
