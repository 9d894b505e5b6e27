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
reads_what_people_saw (void)
{
  static const uint8_t expected[3 * NN_N_VOTES] = { 4, 0, 0, 1, 3, 2, 0, 0, 0, 0, /**/ 1, 1, 1, 1, 1, 1, 1, 2, 1, 0, /**/ 0, 10 };
  nn_dataset *data = make_data ();
  require (data);
  uint64_t before = data->hash;
  nn_error error;
  require (nn_dataset_add_votes (data, votes, strlen (votes), &error));
  check (!memcmp (data->votes, expected, sizeof expected) && data->hash != before);
  nn_dataset_free (data);
}

/* A single vote counts as none; unknown and NF are no expressions. */
static void
shares_leave_single_votes_out (void)
{
  static const uint8_t row[NN_N_VOTES] = { 4, 0, 0, 1, 3, 2, 0, 0, 0, 0 }, contempt[NN_N_VOTES] = { 1, 1, 1, 1, 1, 1, 1, 2, 1, 0 },
                       nothing[NN_N_VOTES] = { 1, 1, 0, 0, 0, 0, 0, 0, 5, 3 };
  float p[NN_VOTE_CLASSES], p7[7];
  require (nn_votes_share (row, p) && nn_votes_share7 (row, p7));
  check_near (p[0], 4.0 / 9, 1e-6);
  check_near (p[4], 3.0 / 9, 1e-6);
  check_near (p[5], 2.0 / 9, 1e-6);
  check (p[3] == 0);
  check_near (p7[6], 4.0 / 9, 1e-6);
  check_near (p7[0], 3.0 / 9, 1e-6);
  check_near (p7[1], 2.0 / 9, 1e-6);
  check (nn_votes_share (contempt, p) && p[7] == 1 && !nn_votes_share7 (contempt, p7));
  check (!nn_votes_share (nothing, p) && !nn_votes_share7 (nothing, p7) && p[0] == 0 && p7[0] == 0);
}

static void
majority_is_more_than_half_of_all_votes (void)
{
  static const struct {
    uint8_t votes[NN_N_VOTES];
    int majority;
  } rows[] = {
    { { 0, 10 }, 1 },
    { { 5, 4, 1 }, 0 },                         /* the single vote is no vote: 5 of 9 */
    { { 5, 5 }, -1 },                           /* half */
    { { 4, 3, 0, 0, 0, 0, 0, 0, 3 }, -1 },      /* unknown counts among all: 4 of 10 */
    { { 0, 2, 0, 0, 0, 0, 0, 0, 8 }, -1 },      /* unknown wins */
    { { 0, 2, 0, 0, 0, 0, 0, 0, 0, 8 }, -1 },   /* no face */
    { { 0, 0, 0, 0, 0, 0, 0, 9, 1 }, 7 },
    { { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, -1 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check (nn_votes_majority (rows[i].votes) == rows[i].majority);
}

static void
names_the_place_of_an_error (void)
{
  static const struct {
    const char *text, *message;
  } bad[] = {
    { "", "line 1, column 1: the file is empty; expected a header with Usage, Image name, neutral, happiness, ... as FER+ has" },
    { "Usage,anger\n", "line 1, column 1: the header \"Usage,anger\" has no column neutral" },
    { HEADER "PublicTest,a.png,4,0,0,1,3,2,0,0,0,0\n",
      "line 2, column 1: Usage is \"PublicTest\"; expected Training as in row 1 of the data set: other rows, or in another order" },
    { HEADER "Training,a.png,4,0,0,1,x,2,0,0,0,0\n", "line 2, column 24: anger is \"x\"; expected a number of votes from 0 to 255" },
    { HEADER "Training,a.png,4,0,0,1,,2,0,0,0,0\n", "line 2, column 24: anger is \"\"; expected a number of votes from 0 to 255" },
    { HEADER "Training,a.png,4,0,0,1,99999999999999,2,0,0,0,0\n",
      "line 2, column 24: anger is \"99999999999999\"; expected a number of votes from 0 to 255" },
    { HEADER "Training,a.png,4,0,0\n", "line 2, column 21: 5 columns; expected 12 as in the header" },
    { HEADER "Training,a.png,4,0,0,1,3,2,0,0,0,0\n", "line 2, column 1: fewer than 3 rows; expected one for each of the data set" },
  };
  nn_dataset *data = make_data ();
  require (data);
  uint64_t hash = data->hash;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_error error = { "" };
    check (!nn_dataset_add_votes (data, bad[i].text, strlen (bad[i].text), &error));
    check (!strcmp (error.text, bad[i].message));
    if (strcmp (error.text, bad[i].message))
      test_note ("%zu: %s", i, error.text);
    check (!data->votes && data->hash == hash);
  }
  nn_error error;
  data->n = 2;
  check (!nn_dataset_add_votes (data, votes, strlen (votes), &error) && strstr (error.text, "line 4, column 1: more than 2 rows"));
  nn_dataset_free (data);
}

/* Every truncation and 2,000 mutations: an error with its place, or shares that are distributions. */
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
    if (nn_dataset_add_votes (data, bytes, length, &error)) {
      for (int row = 0; row < 3; row++) {
        float p[NN_VOTE_CLASSES];
        double sum = 0;
        const bool some = nn_votes_share (data->votes + row * NN_N_VOTES, p);
        for (int k = 0; k < NN_VOTE_CLASSES; k++)
          sum += (double) p[k];
        check_near (sum, some, 1e-6);
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
  return test_run ((test_case[]) { TEST (reads_what_people_saw), TEST (shares_leave_single_votes_out), TEST (majority_is_more_than_half_of_all_votes),
                                   TEST (names_the_place_of_an_error), TEST (bad_bytes_are_errors_or_distributions), { 0 } });
}
