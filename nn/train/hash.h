/* SPDX-License-Identifier: MIT */
#ifndef NN_HASH_H
#define NN_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Continues a 64-bit hash over size bytes, eight at a time (Stafford's mix 13 of hash ^ word); not against adversaries. */
static inline uint64_t
hash_bytes (uint64_t hash, const void *bytes, size_t size)
{
  const unsigned char *p = bytes;
  for (size_t i = 0; i < size; i += 8) {
    uint64_t word = 0;
    memcpy (&word, p + i, size - i < 8 ? size - i : 8);
    hash = (hash ^ word) + 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    hash ^= hash >> 31;
  }
  return hash;
}

#endif
