/* SPDX-License-Identifier: MIT
 * Bias: how alike a model reads the faces of groups of people. Whose group is whose stands in a table; nothing here guesses it. */
#ifndef EVAL_GROUPS_H
#define EVAL_GROUPS_H

#include "groups_columns.h"
#include "groups_read.h"
#include "groups_resample.h"

#define GROUPS_MIN_RESAMPLES 2000
#define GROUPS_MAX_RESAMPLES 1000000
#define GROUPS_OVER 3 /* exit status: a gap is larger than --max-gap allows */

/* What fer-eval --groups was asked for. NULL: not asked for; of model and finder: those inside the program. */
typedef struct groups_order {
  const char *command; /* the line that was typed */
  const char *manifest;
  const char *predictions; /* read instead of the pictures */
  groups_eyes eyes;
  const char *columns; /* "sex,age"; NULL: all */
  int together, resamples, threads;
  uint64_t seed;
  double max_gap;     /* HUGE_VAL: no limit */
  const char *gap_of; /* "accuracy,equalised_odds": what max_gap is for; NULL: what is usual */
  const char *json, *page, *report, *plot, *write_predictions;
} groups_order;

/* The figures of all groups of a partition. */
typedef struct groups_part {
  const groups_partition *partition;
  groups_counts *counts;                      /* (group) */
  groups_figure (*figures)[GROUPS_N_FIGURES]; /* (group) */
  groups_known *known;                        /* (group) */
  groups_gap gaps[GROUPS_N_GAPS];
  groups_inference inference;
  double p_holm[GROUPS_N_GAPS]; /* over all gaps of all parts */
} groups_part;

typedef struct groups_result {
  const groups_order *order;
  char *model, *data;                                                 /* names, for people */
  char model_digest[TOOL_DIGEST_SIZE], data_digest[TOOL_DIGEST_SIZE]; /* model_digest "": predictions were given */
  int n, n_labelled;                                                  /* pictures */
  groups_labels labels;
  int n_parts, n_tests; /* the first part is everybody */
  groups_part *parts;
  bool limited[GROUPS_N_GAPS]; /* which gaps max_gap is for */
  int n_over, n_compared;      /* of them, in all parts: too large; having a value */
} groups_result;

/* readings: (n). Fills parts, n_tests, n_over and n_compared from the rest. */
void groups_measure (groups_result *result, const groups_partitions *partitions, const groups_reading *readings, nn_workers *workers);
void groups_result_clear (groups_result *result);

/* Whether a figure is one of this run's: its class is a label, labels are there, faces were looked for, as it needs. */
bool groups_is_asked (const groups_result *result, int figure);

/* Whether gap is one that max_gap is for and is larger. */
bool groups_is_over (const groups_result *result, const groups_gap *gaps, int gap);

/* Everything, from the table to the reports: TOOL_GOOD, TOOL_ERROR or GROUPS_OVER. */
int groups_run (const groups_order *order, nn_error *error);

#endif
