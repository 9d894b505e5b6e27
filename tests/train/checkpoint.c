/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/nn-checkpoint-XXXXXX", path[64];

static const double numbers[] = { 1.5, -2, 1e300 };
static const nn_section three[] = { { "recipe", "seed=1;epochs=55", 16 }, { "weights", numbers, sizeof numbers }, { "best", NULL, 0 } };

/* The file of three[], malloc'ed in a block of exactly its size. */
static uint8_t *
make_file (size_t *size)
{
  nn_error error = { "" };
  void *bytes = NULL;
  if (!nn_checkpoint_write (path, three, 3, &error) || !nn_file_read (path, 0, &bytes, size, &error))
    test_note ("%s", error.text);
  uint8_t *exact = bytes ? malloc (*size) : NULL;
  if (exact)
    memcpy (exact, bytes, *size);
  free (bytes);
  return exact;
}

static void
gives_back_what_was_written (void)
{
  size_t size;
  nn_section sections[4];
  nn_error error = { "" };
  uint8_t *bytes = make_file (&size);
  require (bytes);
  require (nn_checkpoint_parse (bytes, size, sections, 4, &error) == 3);
  for (int i = 0; i < 3; i++) {
    check (!strcmp (sections[i].name, three[i].name) && sections[i].size == three[i].size);
    check (!three[i].size || !memcmp (sections[i].bytes, three[i].bytes, three[i].size));
    check (((const uint8_t *) sections[i].bytes - bytes) % 8 == 0);
  }
  check (nn_checkpoint_write (path, three + 1, 1, &error)); /* over the first */
  void *second;
  require (nn_file_read (path, 0, &second, &size, &error));
  check (nn_checkpoint_parse (second, size, sections, 4, &error) == 1 && !strcmp (sections[0].name, "weights"));
  free (second);
  free (bytes);
}

static void
every_truncation_is_an_error (void)
{
  size_t size;
  uint8_t *bytes = make_file (&size);
  require (bytes);
  for (size_t i = 0; i < size; i++) {
    uint8_t *cut = malloc (i ? i : 1);
    nn_section sections[4];
    nn_error error = { "" };
    require (cut);
    memcpy (cut, bytes, i);
    check (nn_checkpoint_parse (cut, i, sections, 4, &error) == -1 && strstr (error.text, "checkpoint"));
    check (i < 8 || strstr (error.text, "truncated"));
    free (cut);
  }
  free (bytes);
}

static void
every_changed_bit_is_an_error (void)
{
  size_t size;
  uint8_t *bytes = make_file (&size);
  require (bytes);
  for (size_t bit = 0; bit < 8 * size; bit++) {
    nn_section sections[4];
    nn_error error = { "" };
    bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
    check (nn_checkpoint_parse (bytes, size, sections, 4, &error) == -1 && strstr (error.text, "checkpoint"));
    bytes[bit / 8] ^= (uint8_t) (1 << bit % 8);
  }
  free (bytes);
}

static void
set_crc (uint8_t *bytes, size_t size)
{
  uint32_t crc = nn_crc32 (0, bytes, size - 4);
  for (int i = 0; i < 4; i++)
    bytes[size - 4 + (size_t) i] = (uint8_t) (crc >> 8 * i);
}

/* Somebody who knows the CRC: an error, or sections that lie within the file (the sum makes the sanitizers look). */
static void
hostile_bytes_stay_within_bounds (void)
{
  size_t size;
  uint8_t *bytes = make_file (&size);
  require (bytes);
  uint8_t *changed = malloc (size);
  require (changed);
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  int valid = 0, total = 20000;
  for (int i = 0; i < total; i++) {
    static const uint8_t values[] = { 0, 1, 7, 8, 0x7f, 0x80, 0xff };
    memcpy (changed, bytes, size);
    for (uint32_t changes = 1 + nn_random_u32 (&random) % 4; changes; changes--)
      changed[12 + nn_random_u32 (&random) % (size - 16)] = values[nn_random_u32 (&random) % sizeof values];
    set_crc (changed, size);
    nn_section sections[4];
    nn_error error = { "" };
    int n = nn_checkpoint_parse (changed, size, sections, 4, &error);
    unsigned sum = 0;
    for (int j = 0; j < n; j++) {
      for (size_t k = 0; k < sections[j].size; k++)
        sum += ((const uint8_t *) sections[j].bytes)[k];
      check (strlen (sections[j].name) > 0 && (const uint8_t *) sections[j].bytes + sections[j].size <= changed + size && sum <= 255 * size);
    }
    check (n >= 0 || strstr (error.text, "checkpoint"));
    valid += n >= 0;
  }
  test_note ("%d of %d are valid", valid, total);
  check (valid > 0 && valid < total);
  free (changed);
  free (bytes);
}

static void
parse_fails (const uint8_t *bytes, size_t size, int max, const char *reason)
{
  nn_section sections[8];
  nn_error error = { "" };
  check (nn_checkpoint_parse (bytes, size, sections, max, &error) == -1 && strstr (error.text, reason));
  if (!strstr (error.text, reason))
    test_note ("expected \"%s\": %s", reason, error.text);
}

static void
names_what_is_wrong (void)
{
  size_t size;
  uint8_t *bytes = make_file (&size);
  require (bytes);
  parse_fails (bytes, size, 2, "checkpoint of 3 sections; expected at most 2");
  parse_fails ((const uint8_t *) "PK\3\4", 4, 8, "not a checkpoint: it does not begin with \"NNCKPT\"");
  parse_fails (bytes, 0, 8, "not a checkpoint");
  bytes[12] = 2;
  set_crc (bytes, size);
  parse_fails (bytes, size, 8, "bytes behind its last section");
  bytes[12] = 4;
  set_crc (bytes, size);
  parse_fails (bytes, size, 8, "checkpoint section 3 at byte ");
  bytes[8] = 2;
  parse_fails (bytes, size, 8, "checkpoint of version 2; expected 1");
  free (bytes);
  nn_error error = { "" };
  check (nn_checkpoint_write (path, (const nn_section[]) { three[0], three[1], three[0] }, 3, &error));
  void *twice;
  require (nn_file_read (path, 0, &twice, &size, &error));
  parse_fails (twice, size, 8, "checkpoint has two sections \"recipe\"");
  free (twice);
}

static int
count_files (void)
{
  int n = 0;
  DIR *dir = opendir (folder);
  while (dir && readdir (dir))
    n++;
  if (dir)
    closedir (dir);
  return n - 2; /* . and .. */
}

static void
a_failed_write_leaves_nothing (void)
{
  nn_error error = { "" };
  check (!nn_checkpoint_write ("/nowhere/a.ckpt", three, 3, &error) && strstr (error.text, "/nowhere/a.ckpt"));
  unlink (path);
  check (count_files () == 0);
  check (!nn_checkpoint_write (path, (const nn_section[]) { { "", "x", 1 } }, 1, &error) && strstr (error.text, "expected a name"));
  check (count_files () == 0);
  check (nn_checkpoint_write (path, NULL, 0, &error) && count_files () == 1);
}

int
main (void)
{
  if (!mkdtemp (folder))
    return 1;
  snprintf (path, sizeof path, "%s/a.ckpt", folder);
  int result = test_run ((test_case[]) { TEST (gives_back_what_was_written),
                                         TEST (every_truncation_is_an_error),
                                         TEST (every_changed_bit_is_an_error),
                                         TEST (hostile_bytes_stay_within_bounds),
                                         TEST (names_what_is_wrong),
                                         TEST (a_failed_write_leaves_nothing),
                                         { 0 } });
  unlink (path);
  rmdir (folder);
  return result;
}
