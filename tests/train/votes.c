/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

#include <string.h>

#define HEADER "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"

static const char votes[] = HEADER "Training,a.png,4,0,0,1,3,2,0,0,0,0\n"
                                   "Training,,1,1,1,1,1,1,1,2,1,0\n"
                                   "PublicTest,c.png,0,10,0,0,0,0,0,0,0,0\n";

/* Three pictures of one pixel: angry, happy, sad. */
static nn_dataset *
make_data (void)
{
  nn_dataset *data = nn_dataset_new (3, 1, 1, 7, NULL);
  if (data) {
    memcpy (data->labels, "\0\3\4", 3);
    data->splits[2] = NN_PUBLIC_TEST;
    nn_dataset_seal (data);
  }
  return data;
}

static void
mixes_labels_and_votes (void)
{
  static const float expected[3][7] = {
    { 0.6f + 0.4f * 3 / 9, 0.4f * 2 / 9, 0, 0, 0, 0, 0.4f * 4 / 9 }, /* sadness has a single vote */
    { 0, 0, 0, 1, 0, 0, 0 },                                         /* nothing usable: the label */
    { 0, 0, 0, 0.4f, 0.6f, 0, 0 },
  };
  nn_dataset *data = make_data ();
  require (data);
  uint64_t before = data->hash;
  nn_error error;
  require (nn_dataset_add_votes (data, votes, strlen (votes), 0.4f, &error));
  for (int i = 0; i < 21; i++)
    check_near (data->targets[i], expected[i / 7][i % 7], 1e-6);
  check (data->hash != before);
  uint64_t mixed = data->hash;
  check (nn_dataset_add_votes (data, votes, strlen (votes), 1, &error) && data->hash != mixed);
  check_near (data->targets[0], 3.0 / 9, 1e-6);
  nn_dataset_free (data);
}

static void
names_the_place_of_an_error (void)
{
  static const struct {
    const char *text, *message;
  } bad[] = {
    { "", "line 1, column 1: the file is empty; expected a header with Usage, Image name, neutral, happiness, ... as FER+ has" },
    { "Usage,anger\n", "line 1, column 1: the header \"Usage,anger\" has no column disgust" },
    { HEADER "PublicTest,a.png,4,0,0,1,3,2,0,0,0,0\n",
      "line 2, column 1: Usage is \"PublicTest\"; expected Training as in row 1 of the data set: other rows, or in another order" },
    { HEADER "Training,a.png,4,0,0,1,x,2,0,0,0,0\n", "line 2, column 24: anger is \"x\"; expected a number of votes from 0 to 1000" },
    { HEADER "Training,a.png,4,0,0,1,,2,0,0,0,0\n", "line 2, column 24: anger is \"\"; expected a number of votes from 0 to 1000" },
    { HEADER "Training,a.png,4,0,0,1,99999999999999,2,0,0,0,0\n",
      "line 2, column 24: anger is \"99999999999999\"; expected a number of votes from 0 to 1000" },
    { HEADER "Training,a.png,4,0,0\n", "line 2, column 21: 5 columns; expected 12 as in the header" },
    { HEADER "Training,a.png,4,0,0,1,3,2,0,0,0,0\n", "line 2, column 1: fewer than 3 rows; expected one for each of the data set" },
  };
  nn_dataset *data = make_data ();
  require (data);
  uint64_t hash = data->hash;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_error error = { "" };
    check (!nn_dataset_add_votes (data, bad[i].text, strlen (bad[i].text), 0.5f, &error));
    check (!strcmp (error.text, bad[i].message));
    if (strcmp (error.text, bad[i].message))
      test_note ("%zu: %s", i, error.text);
    check (!data->targets && data->hash == hash);
  }
  nn_error error;
  check (!nn_dataset_add_votes (data, votes, strlen (votes), 1.5f, &error) && strstr (error.text, "weight 1.5"));
  data->n = 2;
  check (!nn_dataset_add_votes (data, votes, strlen (votes), 1, &error) && strstr (error.text, "line 4, column 1: more than 2 rows"));
  nn_dataset_free (data);
}

/* Every truncation and 2,000 mutations: an error with its place, or targets that are distributions. */
static void
bad_bytes_are_errors_or_distributions (void)
{
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  size_t size = strlen (votes);
  for (size_t i = 0; i < size + 2000; i++) {
    size_t length = i < size ? i : size;
    char *bytes = malloc (length ? length : 1);
    nn_dataset *data = make_data ();
    nn_error error = { "" };
    int line, column;
    require (bytes && data);
    memcpy (bytes, votes, length);
    if (i >= size)
      bytes[nn_random_u32 (&random) % length] = "0123456789,\"\n x\xff"[nn_random_u32 (&random) % 16];
    if (nn_dataset_add_votes (data, bytes, length, 1, &error)) {
      for (int row = 0; row < 3; row++) {
        double sum = 0;
        for (int k = 0; k < 7; k++)
          sum += (double) data->targets[row * 7 + k];
        check_near (sum, 1, 1e-6);
      }
    } else {
      check (sscanf (error.text, "line %d, column %d: ", &line, &column) == 2);
    }
    free (bytes);
    nn_dataset_free (data);
  }
}

int
main (void)
{
  return test_run (
      (test_case[]) { TEST (mixes_labels_and_votes), TEST (names_the_place_of_an_error), TEST (bad_bytes_are_errors_or_distributions), { 0 } });
}
