/* SPDX-License-Identifier: MIT
 * What a model makes of the faces of one group: counts, and the figures that follow from them. Pure arithmetic. */
#ifndef EVAL_GROUPS_FIGURES_H
#define EVAL_GROUPS_FIGURES_H

#include "calibration.h"
#include "labels.h"

/* One face that the table names. */
typedef struct groups_reading {
  bool found, read;     /* by the finder; good enough to be read, too */
  int truth, predicted; /* classes; truth -1: nobody said */
  double confidence;    /* probability of predicted */
} groups_reading;

/* What there is to read. */
typedef struct groups_labels {
  eval_labels all;
  int neutral;                   /* -1: there is no such class */
  bool negative[FER_MAX_LABELS]; /* angry, disgust, fear, sad, contempt */
} groups_labels;

groups_labels groups_labels_of (const char *const *names, int n);

typedef struct groups_counts {
  int pictures, found, read;
  int predicted[FER_MAX_LABELS];
  int confusion[FER_MAX_LABELS][FER_MAX_LABELS]; /* [truth][predicted], of labelled faces that were read */
  eval_bin bins[EVAL_BINS];                      /* of the same */
} groups_counts;

void groups_counts_add (groups_counts *counts, const groups_reading *reading);

/* The figures of a group, in one array: those of the whole group, then those of each class.
 *   detection            found / pictures
 *   refusal              too poor to be read / found
 *   negative             read as a negative class / read
 *   accuracy             read as labelled / labelled
 *   balanced accuracy    mean true positive rate of the classes that are a label here
 *   macro F1             mean F1 of the classes that are a label or a reading here
 *   calibration error    eval_calibration's ece
 *   negative on neutral  read as a negative class / labelled neutral
 *   true positives       of a class: read as it / labelled so
 *   false positives      of a class: read as it / labelled otherwise
 *   predicted            of a class: read as it / read, labelled or not */
enum {
  GROUPS_DETECTION,
  GROUPS_REFUSAL,
  GROUPS_NEGATIVE,
  GROUPS_ACCURACY,
  GROUPS_BALANCED,
  GROUPS_MACRO_F1,
  GROUPS_CALIBRATION,
  GROUPS_NEGATIVE_ON_NEUTRAL,
  GROUPS_TPR,
  GROUPS_FPR = GROUPS_TPR + FER_MAX_LABELS,
  GROUPS_PREDICTED = GROUPS_FPR + FER_MAX_LABELS,
  GROUPS_N_FIGURES = GROUPS_PREDICTED + FER_MAX_LABELS
};

/* A share of n has a count, anything else of n faces -1. NAN where n is 0. */
typedef struct groups_figure {
  int n, count;
  double value;
} groups_figure;

void groups_figures_of (const groups_counts *counts, const groups_labels *labels, groups_figure figures[GROUPS_N_FIGURES]);

#endif
