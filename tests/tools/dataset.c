/* SPDX-License-Identifier: MIT
 * FER-2013 itself, where it is there. What is read here is proved on drawn faces by unpack.c, folder.c and train/{dataset,votes,twins}.c. */
#include "common/dataset.h"
#include "faces.h"
#include "test.h"

#include <glib.h>
#include <string.h>

static void
check_twins (const nn_dataset *data)
{
  bool *twins = g_new0 (bool, data->n);
  int n[NN_N_SPLITS] = { 0 };
  check (nn_dataset_twins (data, twins));
  for (int row = 0; row < data->n; row++)
    n[data->splits[row]] += twins[row];
  g_free (twins);
  test_note ("rows with a twin in Training: PublicTest %d, PrivateTest %d", n[NN_PUBLIC_TEST], n[NN_PRIVATE_TEST]);
  check (n[NN_TRAINING] == 0 && n[NN_PUBLIC_TEST] == 280 && n[NN_PRIVATE_TEST] == 288);
}

/* Row 0, angry: 4 people said neutral, 3 anger, 2 disgust, 1 sadness. */
static void
check_votes (nn_dataset *data, const char *path)
{
  static const uint8_t first[NN_N_VOTES] = { 4, 0, 0, 1, 3, 2, 0, 0, 0, 0 };
  nn_error error = { "" };
  require (tool_load_votes (data, path, &error));
  check (!memcmp (data->votes, first, sizeof first));
  int agree = 0;
  for (int row = 0; row < data->n; row++) {
    float shares[7];
    int best = 0;
    if (!nn_votes_share7 (data->votes + row * NN_N_VOTES, shares))
      continue;
    for (int k = 1; k < 7; k++)
      best = shares[k] > shares[best] ? k : best;
    agree += best == data->labels[row];
  }
  test_note ("the label has most votes in %.1f %% of the rows", 100.0 * agree / data->n);
  check (agree > 0.55 * data->n && agree < 0.75 * data->n);
}

static void
reads_fer2013 (void)
{
  const char *path = test_fer2013 ();
  if (!path)
    skip (TEST_NO_FER2013);
  nn_error error = { "" };
  nn_dataset *data = tool_load_dataset (path, &error);
  if (!data)
    test_note ("%s", error.text);
  require (data);
  int n[NN_N_SPLITS] = { 0 }, labels[7] = { 0 };
  for (int row = 0; row < data->n; row++) {
    n[data->splits[row]]++;
    labels[data->labels[row]] += data->splits[row] == NN_TRAINING;
  }
  check (data->n == 35887 && data->h == 48 && data->w == 48 && data->classes == 7);
  check (n[NN_TRAINING] == 28709 && n[NN_PUBLIC_TEST] == 3589 && n[NN_PRIVATE_TEST] == 3589);
  check (labels[0] == 3995 && labels[1] == 436 && labels[2] == 4097 && labels[3] == 7215 && labels[4] == 4830 && labels[5] == 3171
         && labels[6] == 4965);
  check_twins (data);
  char *folder = g_path_get_dirname (path), *votes = g_build_filename (folder, "ferplus.csv.xz", NULL);
  if (g_file_test (votes, G_FILE_TEST_EXISTS))
    check_votes (data, votes);
  g_free (votes);
  g_free (folder);
  nn_dataset_free (data);
}

static void
names_a_missing_votes_file (void)
{
  nn_dataset *data = test_faces (7, 0, 0, 1);
  nn_error error = { "" };
  check (!tool_load_votes (data, "/nowhere/fer2013new.csv", &error) && strstr (error.text, "/nowhere/fer2013new.csv"));
  check (!data->votes);
  nn_dataset_free (data);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (reads_fer2013), TEST (names_a_missing_votes_file), { 0 } });
}
