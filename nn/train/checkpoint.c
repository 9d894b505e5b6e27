/* SPDX-License-Identifier: MIT
 * The file, numbers little-endian:
 *   "NNCKPT\r\n", u32 version, u32 sections, u64 length of the file
 *   per section: u64 size, u32 length of the name with its 0, name, 0s to a multiple of 8, the bytes, 0s to a multiple of 8
 *   u32 CRC-32 of all before
 * Sections start at multiples of 8, so that numbers in them can be read in place. */
#include "../nn_train.h"

#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1
#define MAX_NAME 64 /* with its 0 */
#define MAX_SIZE ((size_t) 1 << 40)

static const char magic[8] = { 'N', 'N', 'C', 'K', 'P', 'T', '\r', '\n' };

enum { HEADER = 24, SECTION = 12, CRC = 4 };

static size_t
round_up (size_t size)
{
  return (size + 7) & ~(size_t) 7;
}

static void
put32 (uint8_t *at, uint32_t value)
{
  value = htole32 (value);
  memcpy (at, &value, sizeof value);
}

static void
put64 (uint8_t *at, uint64_t value)
{
  value = htole64 (value);
  memcpy (at, &value, sizeof value);
}

static uint32_t
get32 (const uint8_t *at)
{
  uint32_t value;
  memcpy (&value, at, sizeof value);
  return le32toh (value);
}

static uint64_t
get64 (const uint8_t *at)
{
  uint64_t value;
  memcpy (&value, at, sizeof value);
  return le64toh (value);
}

static void
put_section (uint8_t *at, const nn_section *section)
{
  size_t name_size = strlen (section->name) + 1;
  put64 (at, section->size);
  put32 (at + 8, (uint32_t) name_size);
  memcpy (at + SECTION, section->name, name_size);
  if (section->size)
    memcpy (at + round_up (SECTION + name_size), section->bytes, section->size);
}

bool
nn_checkpoint_write (const char *path, const nn_section *sections, int n, nn_error *error)
{
  size_t length = HEADER + CRC;
  for (int i = 0; i < n; i++) {
    size_t name_size = strlen (sections[i].name) + 1;
    if (name_size < 2 || name_size > MAX_NAME || sections[i].size > MAX_SIZE)
      return nn_fail (error, "checkpoint section %d, \"%s\", of %zu bytes; expected a name of 1 to %d bytes and at most %zu bytes", i,
                      sections[i].name, sections[i].size, MAX_NAME - 1, MAX_SIZE);
    length += round_up (SECTION + name_size) + round_up (sections[i].size);
  }
  uint8_t *bytes = calloc (1, length), *at = bytes + HEADER;
  if (!bytes)
    return nn_fail (error, "%s: no memory for a checkpoint of %zu bytes", path, length);
  memcpy (bytes, magic, sizeof magic);
  put32 (bytes + 8, VERSION);
  put32 (bytes + 12, (uint32_t) n);
  put64 (bytes + 16, length);
  for (int i = 0; i < n; i++) {
    put_section (at, &sections[i]);
    at += round_up (SECTION + strlen (sections[i].name) + 1) + round_up (sections[i].size);
  }
  put32 (at, nn_crc32 (0, bytes, length - CRC));
  bool ok = nn_file_write (path, bytes, length, error);
  free (bytes);
  return ok;
}

static bool
check_header (const uint8_t *bytes, size_t size, nn_error *error)
{
  size_t start = size < sizeof magic ? size : sizeof magic;
  if (memcmp (bytes, magic, start) || size == 0)
    return nn_fail (error, "not a checkpoint: it does not begin with \"NNCKPT\"");
  if (size < HEADER + CRC)
    return nn_fail (error, "checkpoint truncated at byte %zu, within its header of %d", size, HEADER);
  if (get32 (bytes + 8) != VERSION)
    return nn_fail (error, "checkpoint of version %" PRIu32 "; expected %d", get32 (bytes + 8), VERSION);
  uint64_t length = get64 (bytes + 16);
  if (length != size)
    return nn_fail (error, "checkpoint of %zu bytes, but its header says %" PRIu64 ": %s", size, length,
                    size < length ? "truncated" : "bytes behind its end");
  uint32_t crc = nn_crc32 (0, bytes, size - CRC), stored = get32 (bytes + size - CRC);
  if (crc != stored)
    return nn_fail (error, "checkpoint damaged: CRC-32 is %08" PRIx32 "; expected %08" PRIx32, crc, stored);
  return true;
}

/* Section at *at of bytes[0, end); moves *at behind it. */
static bool
get_section (const uint8_t *bytes, size_t end, size_t *at, int i, nn_section *section, nn_error *error)
{
  size_t left = end - *at;
  if (left < SECTION)
    return nn_fail (error, "checkpoint section %d at byte %zu: %zu bytes left; expected its header of %d", i, *at, left, SECTION);
  const uint8_t *p = bytes + *at;
  uint64_t size = get64 (p);
  uint32_t name_size = get32 (p + 8);
  size_t head = round_up (SECTION + (size_t) name_size);
  if (name_size < 2 || name_size > MAX_NAME || head > left || memchr (p + SECTION, 0, name_size) != p + SECTION + name_size - 1)
    return nn_fail (error, "checkpoint section %d at byte %zu: its name is broken", i, *at);
  section->name = (const char *) p + SECTION;
  if (size > left - head || round_up ((size_t) size) > left - head)
    return nn_fail (error, "checkpoint section \"%s\" at byte %zu has %" PRIu64 " bytes; %zu are left", section->name, *at, size, left - head);
  section->size = (size_t) size;
  section->bytes = p + head;
  *at += head + round_up ((size_t) size);
  return true;
}

int
nn_checkpoint_parse (const void *bytes, size_t size, nn_section *sections, int max, nn_error *error)
{
  if (!check_header (bytes, size, error))
    return -1;
  uint32_t n = get32 ((const uint8_t *) bytes + 12);
  if (n > (uint32_t) max) {
    nn_fail (error, "checkpoint of %" PRIu32 " sections; expected at most %d", n, max);
    return -1;
  }
  size_t at = HEADER, end = size - CRC;
  for (int i = 0; i < (int) n; i++) {
    if (!get_section (bytes, end, &at, i, &sections[i], error))
      return -1;
    for (int j = 0; j < i; j++) {
      if (!strcmp (sections[i].name, sections[j].name)) {
        nn_fail (error, "checkpoint has two sections \"%s\"", sections[i].name);
        return -1;
      }
    }
  }
  if (at != end) {
    nn_fail (error, "checkpoint has %zu bytes behind its last section", end - at);
    return -1;
  }
  return (int) n;
}
