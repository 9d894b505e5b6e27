/* SPDX-License-Identifier: MIT
 * FER+ (Barsoum et al. 2016): ten people's votes for each face of FER-2013. Like its authors' code, an emotion with a single vote counts as
 * none. Contempt, unknown and NF (no face) have no class in FER-2013 and are left out. */
#include "../nn_train.h"

#include "csv.h"

#include <stdlib.h>

enum { CLASSES = 7, USAGE = CLASSES, N_COLUMNS };

/* In FER-2013's order: angry disgust fear happy sad surprise neutral. */
static const char *const names[N_COLUMNS] = { "anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral", "Usage" };

#define MAX_VOTES 1000

static bool
read_vote (const nn_csv *csv, const nn_csv_field *field, const char *name, int *vote, nn_error *error)
{
  *vote = 0;
  const char *p = field->begin;
  for (; p < field->end && *p >= '0' && *p <= '9' && *vote <= MAX_VOTES; p++)
    *vote = *vote * 10 + (*p - '0');
  if (p == field->begin || p < field->end || *vote > MAX_VOTES)
    return nn_csv_fail (csv, field->begin, error, "%s is \"%s\"; expected a number of votes from 0 to %d", name,
                        nn_csv_show (field->begin, field->end).text, MAX_VOTES);
  return true;
}

/* Targets of one row from the current line. */
static bool
read_row (const nn_csv *csv, const int *columns, const nn_dataset *data, int row, float weight, float *targets, nn_error *error)
{
  const nn_csv_field *usage = &csv->fields[columns[USAGE]];
  const char *split = nn_split_names[data->splits[row]];
  if (!nn_csv_equal (usage, split))
    return nn_csv_fail (csv, usage->begin, error, "Usage is \"%s\"; expected %s as in row %d of the data set: other rows, or in another order",
                        nn_csv_show (usage->begin, usage->end).text, split, row + 1);
  int votes[CLASSES], sum = 0;
  for (int k = 0; k < CLASSES; k++) {
    if (!read_vote (csv, &csv->fields[columns[k]], names[k], &votes[k], error))
      return false;
    votes[k] = votes[k] > 1 ? votes[k] : 0;
    sum += votes[k];
  }
  for (int k = 0; k < CLASSES; k++) {
    float label = k == data->labels[row];
    targets[k] = sum ? (1 - weight) * label + weight * (float) votes[k] / (float) sum : label;
  }
  return true;
}

static bool
read_rows (nn_csv *csv, const nn_dataset *data, float weight, float *targets, nn_error *error)
{
  int columns[N_COLUMNS];
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
    if (!read_row (csv, columns, data, row, weight, targets + (size_t) row * CLASSES, error))
      return false;
  }
}

bool
nn_dataset_add_votes (nn_dataset *data, const char *bytes, size_t size, float weight, nn_error *error)
{
  if (data->classes != CLASSES || !(weight >= 0 && weight <= 1))
    return nn_fail (error, "votes of weight %g for %d classes; expected a weight of 0 to 1 and FER-2013's %d classes", (double) weight, data->classes,
                    CLASSES);
  nn_csv csv;
  nn_csv_init (&csv, bytes, size);
  float *targets = calloc ((size_t) data->n, CLASSES * sizeof *targets);
  if (!targets)
    return nn_fail (error, "no memory for the votes of %d rows", data->n);
  if (!read_rows (&csv, data, weight, targets, error)) {
    free (targets);
    return false;
  }
  free (data->targets);
  data->targets = targets;
  nn_dataset_seal (data);
  return true;
}
