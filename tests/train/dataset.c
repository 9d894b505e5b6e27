/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <string.h>

static const char plain[] = "emotion,pixels,Usage\n"
                            "0,0 1 2 3 40 5 6 7 8,Training\n"
                            "6,255 254 253 9 8 7 100 10 1,PublicTest\n"
                            "3,9 9 9 9 9 9 9 9 9,PrivateTest\n";

static nn_dataset *
parse (const char *text, nn_error *error)
{
  return nn_dataset_parse_csv (text, strlen (text), error);
}

static void
reads_rows_in_order (void)
{
  nn_error error;
  nn_dataset *data = parse (plain, &error);
  require (data);
  check (data->n == 3 && data->h == 3 && data->w == 3 && data->classes == 7 && !data->votes);
  check (!memcmp (data->labels, "\0\6\3", 3));
  check (!memcmp (data->splits, (uint8_t[]) { NN_TRAINING, NN_PUBLIC_TEST, NN_PRIVATE_TEST }, 3));
  check (!memcmp (data->pixels, (uint8_t[]) { 0, 1, 2, 3, 40, 5, 6, 7, 8, 255, 254, 253, 9, 8, 7, 100, 10, 1, 9, 9 }, 20));
  nn_dataset_free (data);
}

/* Every way of writing the same rows gives the same data set. */
static void
accepts_other_layouts (void)
{
  static const char *const same[] = {
    "emotion, Usage, pixels\n0,Training,0 1 2 3 40 5 6 7 8\n6,PublicTest,255 254 253 9 8 7 100 10 1\n3,PrivateTest,9 9 9 9 9 9 9 9 9\n",
    "\xef\xbb\xbf"
    "emotion,pixels,Usage\r\n0,0 1 2 3 40 5 6 7 8,Training\r\n6,255 254 253 9 8 7 100 10 1,PublicTest\r\n3,9 9 9 9 9 9 9 9 9,PrivateTest",
    "\"emotion\",\"pixels\",\"Usage\"\n\"0\",\"0 1 2 3 40 5 6 7 8\",\"Training\"\n6, \"255 254 253 9 8 7 100 10 1\" ,PublicTest\n\n3,9 9 9 9 9 9 9 9 "
    "9,PrivateTest\n\n",
    "id,Usage,pixels,emotion\n\"1, or 2\",Training, 000 1  2 3\t40 5 6 7 8 ,0\n,PublicTest,255 254 253 9 8 7 100 10 1,6\n,PrivateTest,9 9 9 9 9 9 9 "
    "9 9,3",
  };
  nn_error error;
  nn_dataset *first = parse (plain, &error);
  require (first);
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    nn_dataset *data = parse (same[i], &error);
    check (data && data->hash == first->hash);
    if (!data)
      test_note ("layout %zu: %s", i, error.text);
    nn_dataset_free (data);
  }
  nn_dataset_free (first);
}

static void
names_the_place_of_an_error (void)
{
  static const struct {
    const char *text, *message;
  } bad[] = {
    { "", "line 1, column 1: the file is empty; expected a header with emotion, pixels, Usage" },
    { "\n\n", "line 1, column 1: the file is empty; expected a header with emotion, pixels, Usage" },
    { "emotion,pixels\n", "line 1, column 1: the header \"emotion,pixels\" has no column Usage" },
    { "emotion,pixels,Usage,pixels\n", "line 1, column 22: a second column pixels" },
    { "emotion,pixels,Usage", "line 1, column 21: the file ends after its header; expected rows of emotion, pixels, Usage" },
    { "emotion,pixels,Usage\n1,1 2 3,Training\n",
      "line 2, column 3: 3 pixels in the first row; expected a square picture with sides of 1 to 256, as 2304 (48x48)" },
    { "emotion,pixels,Usage\n1,,Training\n",
      "line 2, column 3: 0 pixels in the first row; expected a square picture with sides of 1 to 256, as 2304 (48x48)" },
    { "emotion,pixels,Usage\n1,1 2 3 4,Training\n2,1 2 3,Training\n",
      "line 3, column 8: the row ends after 3 pixels; expected 4 numbers from 0 to 255" },
    { "emotion,pixels,Usage\n1,1 2 3 4,Training\n2,1 2 3 4 5,Training\n", "line 3, column 11: more pixels than the first row has; expected 4" },
    { "emotion,pixels,Usage\n1,1 2 256 4,Training\n", "line 2, column 7: pixel 3 is \"256\"; expected 4 numbers from 0 to 255" },
    { "emotion,pixels,Usage\n1,1 -2 3 4,Training\n", "line 2, column 5: pixel 2 is \"-2\"; expected 4 numbers from 0 to 255" },
    { "emotion,pixels,Usage\n1,1 2 3 4x\377,Training\n", "line 2, column 9: pixel 4 is \"4x?\"; expected 4 numbers from 0 to 255" },
    { "emotion,pixels,Usage\n7,1 2 3 4,Training\n", "line 2, column 1: emotion is \"7\"; expected a number from 0 to 6" },
    { "emotion,pixels,Usage\n,1 2 3 4,Training\n", "line 2, column 1: emotion is \"\"; expected a number from 0 to 6" },
    { "emotion,pixels,Usage\n1,1 2 3 4,training\n", "line 2, column 11: Usage is \"training\"; expected Training, PublicTest or PrivateTest" },
    { "emotion,pixels,Usage\n1,1 2 3 4\n", "line 2, column 10: 2 columns; expected 3 as in the header" },
    { "emotion,pixels,Usage\n1,\"1 2 3 4,Training\n", "line 2, column 3: the quote is not closed on this line" },
    { "emotion,pixels,Usage\n1,\"1 2\"3 4,Training\n", "line 2, column 8: \"3 4,Training\" after a closing quote; expected a comma" },
    { ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", "line 1, column 33: more than 32 columns" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_error error = { "" };
    nn_dataset *data = parse (bad[i].text, &error);
    check (!data);
    check (!strcmp (error.text, bad[i].message));
    if (strcmp (error.text, bad[i].message))
      test_note ("%zu: %s", i, error.text);
    nn_dataset_free (data);
  }
}

/* Parses bytes in a block of exactly their size. What comes back must be whole, or an error with its place. */
static int
try_bytes (const char *bytes, size_t size)
{
  char *exact = malloc (size ? size : 1);
  if (!exact)
    return -1;
  memcpy (exact, bytes, size);
  nn_error error = { "" };
  nn_dataset *data = nn_dataset_parse_csv (exact, size, &error);
  free (exact);
  int n = data ? data->n : 0, line, column;
  if (!data)
    check (sscanf (error.text, "line %d, column %d: ", &line, &column) == 2 && line >= 1 && column >= 1);
  for (int i = 0; i < n; i++)
    check (data->labels[i] < 7 && data->splits[i] < NN_N_SPLITS);
  if (data) {
    uint64_t hash = data->hash;
    nn_dataset_seal (data);
    check (data->n > 0 && data->h == data->w && data->hash == hash);
  }
  nn_dataset_free (data);
  return n;
}

static void
every_truncation_is_an_error_or_whole_rows (void)
{
  size_t size = strlen (plain), header = strcspn (plain, "\n") + 1;
  size_t row1 = header + strcspn (plain + header, "\n"), row2 = row1 + 1 + strcspn (plain + row1 + 1, "\n");
  for (size_t i = 0; i <= size; i++) {
    int n = try_bytes (plain, i);
    check (n == (i >= size - 1 ? 3 : i == row2 || i == row2 + 1 ? 2 : i == row1 || i == row1 + 1 ? 1 : 0));
  }
}

static void
every_mutation_is_an_error_or_valid (void)
{
  static const char alphabet[] = "0123456789 ,\"\n\r\t-.aTU\0\xff\xef";
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  int valid = 0, total = 4000;
  for (int i = 0; i < total; i++) {
    char text[sizeof plain];
    memcpy (text, plain, sizeof plain);
    for (uint32_t changes = 1 + nn_random_u32 (&random) % 3; changes; changes--)
      text[nn_random_u32 (&random) % (sizeof plain - 1)] = alphabet[nn_random_u32 (&random) % (sizeof alphabet - 1)];
    valid += try_bytes (text, sizeof plain - 1) > 0;
  }
  test_note ("%d of %d mutations are valid", valid, total);
  check (valid > 0 && valid < total);
}

static void
hash_covers_everything (void)
{
  nn_dataset *data = parse (plain, NULL);
  require (data);
  uint8_t votes[3 * NN_N_VOTES] = { 1 };
  uint64_t hashes[5] = { data->hash };
  data->pixels[26]++;
  nn_dataset_seal (data), hashes[1] = data->hash;
  data->labels[2]++;
  nn_dataset_seal (data), hashes[2] = data->hash;
  data->splits[0]++;
  nn_dataset_seal (data), hashes[3] = data->hash;
  data->votes = votes;
  nn_dataset_seal (data), hashes[4] = data->hash;
  data->votes = NULL;
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < i; j++)
      check (hashes[i] != hashes[j]);
  nn_dataset_free (data);
}

static void
refuses_absurd_sizes (void)
{
  nn_error error = { "" };
  check (!nn_dataset_new (1, 0, 48, 7, &error) && strstr (error.text, "48x0"));
  check (!nn_dataset_new (1, 48, NN_MAX_SIDE + 1, 7, &error) && !nn_dataset_new (-1, 48, 48, 7, &error) && !nn_dataset_new (1, 48, 48, 0, &error));
  nn_dataset *data = nn_dataset_new (0, 48, 48, 7, &error);
  check (data);
  nn_dataset_free (data);
  nn_dataset_free (NULL);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (reads_rows_in_order),
                                   TEST (accepts_other_layouts),
                                   TEST (names_the_place_of_an_error),
                                   TEST (every_truncation_is_an_error_or_whole_rows),
                                   TEST (every_mutation_is_an_error_or_valid),
                                   TEST (hash_covers_everything),
                                   TEST (refuses_absurd_sizes),
                                   { 0 } });
}
