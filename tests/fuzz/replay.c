/* SPDX-License-Identifier: MIT
 * Runs a fuzz target without a fuzzer: on every seed of the folders (or files) given, on cuts of it, and on random changes of it. What counts
 * is that it comes back, and what the sanitizers say. */
#include "nn.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHANGES 300 /* of each seed */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Memory of exactly that size, so that a read beyond it is seen. */
static void
run (const uint8_t *bytes, size_t size)
{
  uint8_t *copy = malloc (size ? size : 1);
  if (!copy)
    abort ();
  memcpy (copy, bytes, size);
  LLVMFuzzerTestOneInput (size ? copy : copy + 1, size);
  free (copy);
}

/* Any byte, or one of those that end or lengthen numbers. */
static uint8_t
random_byte (nn_random *random)
{
  static const uint8_t special[] = { 0, 1, 127, 128, 255 };
  return nn_random_u32 (random) & 1 ? (uint8_t) nn_random_u32 (random) : special[nn_random_u32 (random) % sizeof special];
}

/* One to four bytes changed, or a piece repeated, taken out or cut off. */
static size_t
change (uint8_t *bytes, size_t size, nn_random *random)
{
  size_t at = nn_random_u32 (random) % size, length = 1 + nn_random_u32 (random) % (size - at);
  switch (nn_random_u32 (random) % 8) {
  case 0:
    return at;
  case 1:
    memmove (bytes + at, bytes + at + length, size - at - length);
    return size - length;
  case 2:
    memmove (bytes + at + length, bytes + at, size - at);
    return size + length;
  default:
    for (uint32_t i = nn_random_u32 (random) % 4 + 1; i; i--)
      bytes[nn_random_u32 (random) % size] = random_byte (random);
    return size;
  }
}

static void
run_changes (const uint8_t *bytes, size_t size, uint64_t seed)
{
  uint8_t *changed = malloc (2 * size);
  if (!changed)
    abort ();
  for (uint64_t i = 0; i < CHANGES; i++) {
    nn_random random = nn_random_new (seed, i, 0, NN_FOR_TEST);
    memcpy (changed, bytes, size);
    run (changed, change (changed, size, &random));
  }
  free (changed);
}

static int cases;

static bool
replay_file (const char *path)
{
  nn_error error;
  void *bytes;
  size_t size;
  if (!nn_file_read (path, 0, &bytes, &size, &error)) {
    printf ("not ok %d - %s\n", ++cases, error.text);
    return false;
  }
  run (bytes, size);
  for (size_t step = size / 64 + 1, cut = 0; cut < size; cut += step)
    run (bytes, cut);
  if (size)
    run_changes (bytes, size, nn_crc32 (0, bytes, size));
  free (bytes);
  printf ("ok %d - %s\n", ++cases, path);
  return true;
}

static bool
replay_folder (const char *path)
{
  struct dirent **entries;
  int n = scandir (path, &entries, NULL, alphasort);
  bool ok = n > 2;
  if (!ok)
    printf ("not ok %d - %s: no seeds\n", ++cases, path);
  for (int i = 0; i < n; i++) {
    char file[4096];
    snprintf (file, sizeof file, "%s/%s", path, entries[i]->d_name);
    if (entries[i]->d_name[0] != '.')
      ok = replay_file (file) && ok;
    free (entries[i]);
  }
  free (n < 0 ? NULL : entries);
  return ok;
}

int
main (int argc, char **argv)
{
  bool ok = argc > 1;
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (int i = 1; i < argc; i++) {
    struct stat st;
    bool folder = stat (argv[i], &st) == 0 && S_ISDIR (st.st_mode);
    ok = (folder ? replay_folder (argv[i]) : replay_file (argv[i])) && ok;
  }
  printf ("1..%d\n", cases);
  return !ok;
}
