/* SPDX-License-Identifier: MIT
 * Any bytes as a checkpoint: as they are, and with the magic, version, length and CRC that the format asks for put in, so that what lies behind
 * them is reached. */
#include "nn_train.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = 16, HEADER = 24, CRC = 4 };

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static void
must (bool condition)
{
  if (!condition)
    abort ();
}

/* Every section must lie within bytes: the sanitizers see the reads. */
static void
read_sections (const uint8_t *bytes, size_t size)
{
  nn_section sections[MAX];
  nn_error error = { "" };
  int n = nn_checkpoint_parse (bytes, size, sections, MAX, &error);
  must (n <= MAX && (n >= 0 || error.text[0]));
  unsigned sum = 0;
  for (int i = 0; i < n; i++) {
    must (strlen (sections[i].name) > 0 && sections[i].size <= size);
    for (size_t j = 0; j < sections[i].size; j++)
      sum += ((const uint8_t *) sections[i].bytes)[j];
  }
  must (sum <= 255 * size);
}

static void
put (uint8_t *at, uint64_t value, int n)
{
  for (int i = 0; i < n; i++)
    at[i] = (uint8_t) (value >> 8 * i);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
  read_sections (bytes, size);
  if (size < HEADER + CRC)
    return 0;
  uint8_t *repaired = malloc (size);
  if (!repaired)
    return 0;
  memcpy (repaired, bytes, size);
  memcpy (repaired, "NNCKPT\r\n", 8);
  put (repaired + 8, 1, 4);
  put (repaired + 12, repaired[12] % (MAX + 1), 4);
  put (repaired + 16, size, 8);
  put (repaired + size - CRC, nn_crc32 (0, repaired, size - CRC), CRC);
  read_sections (repaired, size);
  free (repaired);
  return 0;
}
