/* SPDX-License-Identifier: MIT
 * FER+ (Barsoum et al. 2016): ten people's votes for each face of FER-2013. Like its authors' code, an emotion with a single vote counts as none. */
#include "../nn_train.h"

#include "csv.h"

#include <stdlib.h>
#include <string.h>

const char *const nn_vote_names[NN_N_VOTES] = { "neutral", "happiness", "surprise", "sadness",  "anger",
                                                "disgust", "fear",      "contempt", "unknown", "NF" };
const int nn_vote_labels[NN_VOTE_CLASSES] = { 6, 3, 5, 4, 0, 1, 2, -1 };

#define MAX_VOTES 255
enum { USAGE = NN_N_VOTES, N_COLUMNS };

/* ---- what votes say ------------------------------------------------------------------------------------------------------ */

static int
counted (uint8_t votes)
{
  return votes > 1 ? votes : 0;
}

bool
nn_votes_share (const uint8_t votes[NN_N_VOTES], float p[NN_VOTE_CLASSES])
{
  int sum = 0;
  for (int k = 0; k < NN_VOTE_CLASSES; k++)
    sum += counted (votes[k]);
  for (int k = 0; k < NN_VOTE_CLASSES; k++)
    p[k] = sum ? (float) counted (votes[k]) / (float) sum : 0;
  return sum > 0;
}

bool
nn_votes_share7 (const uint8_t votes[NN_N_VOTES], float p[7])
{
  int sum = 0;
  memset (p, 0, 7 * sizeof *p);
  for (int k = 0; k < NN_VOTE_CLASSES; k++)
    sum += nn_vote_labels[k] >= 0 ? counted (votes[k]) : 0;
  for (int k = 0; sum && k < NN_VOTE_CLASSES; k++)
    if (nn_vote_labels[k] >= 0)
      p[nn_vote_labels[k]] = (float) counted (votes[k]) / (float) sum;
  return sum > 0;
}

int
nn_votes_majority (const uint8_t votes[NN_N_VOTES])
{
  int sum = 0, top = 0;
  for (int k = 0; k < NN_N_VOTES; k++) {
    sum += counted (votes[k]);
    top = counted (votes[k]) > counted (votes[top]) ? k : top;
  }
  return 2 * counted (votes[top]) > sum && top < NN_VOTE_CLASSES ? top : -1;
}

/* ---- the file ------------------------------------------------------------------------------------------------------------ */

static bool
read_vote (const nn_csv *csv, const nn_csv_field *field, const char *name, uint8_t *vote, nn_error *error)
{
  int value = 0;
  const char *p = field->begin;
  for (; p < field->end && *p >= '0' && *p <= '9' && value <= MAX_VOTES; p++)
    value = value * 10 + (*p - '0');
  if (p == field->begin || p < field->end || value > MAX_VOTES)
    return nn_csv_fail (csv, field->begin, error, "%s is \"%s\"; expected a number of votes from 0 to %d", name,
                        nn_csv_show (field->begin, field->end).text, MAX_VOTES);
  *vote = (uint8_t) value;
  return true;
}

static bool
read_row (const nn_csv *csv, const int *columns, const nn_dataset *data, int row, uint8_t *votes, nn_error *error)
{
  const nn_csv_field *usage = &csv->fields[columns[USAGE]];
  const char *split = nn_split_names[data->splits[row]];
  if (!nn_csv_equal (usage, split))
    return nn_csv_fail (csv, usage->begin, error, "Usage is \"%s\"; expected %s as in row %d of the data set: other rows, or in another order",
                        nn_csv_show (usage->begin, usage->end).text, split, row + 1);
  for (int k = 0; k < NN_N_VOTES; k++)
    if (!read_vote (csv, &csv->fields[columns[k]], nn_vote_names[k], &votes[k], error))
      return false;
  return true;
}

static bool
read_rows (nn_csv *csv, const nn_dataset *data, uint8_t *votes, nn_error *error)
{
  const char *names[N_COLUMNS];
  int columns[N_COLUMNS];
  memcpy (names, nn_vote_names, sizeof nn_vote_names);
  names[USAGE] = "Usage";
  if (!nn_csv_header (csv, names, N_COLUMNS, "Usage, Image name, neutral, happiness, ... as FER+ has", columns, error))
    return false;
  int header_fields = csv->n_fields;
  for (int row = 0;; row++) {
    nn_csv_state state = nn_csv_next (csv, error);
    if (state == NN_CSV_ERROR)
      return false;
    if (state == NN_CSV_END && row == data->n)
      return true;
    if (state == NN_CSV_END || row == data->n)
      return nn_csv_fail (csv, csv->line_begin, error, "%s than %d rows; expected one for each of the data set",
                          state == NN_CSV_END ? "fewer" : "more", data->n);
    if (csv->n_fields != header_fields)
      return nn_csv_fail (csv, csv->line_end, error, "%d columns; expected %d as in the header", csv->n_fields, header_fields);
    if (!read_row (csv, columns, data, row, votes + (size_t) row * NN_N_VOTES, error))
      return false;
  }
}

bool
nn_dataset_add_votes (nn_dataset *data, const char *bytes, size_t size, nn_error *error)
{
  nn_csv csv;
  nn_csv_init (&csv, bytes, size);
  uint8_t *votes = calloc (data->n ? (size_t) data->n : 1, NN_N_VOTES);
  if (!votes)
    return nn_fail (error, "no memory for the votes of %d rows", data->n);
  if (!read_rows (&csv, data, votes, error)) {
    free (votes);
    return false;
  }
  free (data->votes);
  data->votes = votes;
  nn_dataset_seal (data);
  return true;
}
