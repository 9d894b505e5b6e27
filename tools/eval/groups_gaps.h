/* SPDX-License-Identifier: MIT
 * How far groups are apart in each figure: the highest of them less the lowest. Pure arithmetic. */
#ifndef EVAL_GROUPS_GAPS_H
#define EVAL_GROUPS_GAPS_H

#include "groups_figures.h"

/* Fewer faces than that say nothing of a group. */
#define GROUPS_MIN_GROUP 30

/* A gap per figure, then those that are the greatest of several:
 *   equalised odds of a class  the greater of its gaps in true and in false positives
 *   equal opportunity          the greatest gap in true positives of any class
 *   equalised odds             the greatest equalised-odds gap of any class
 *   demographic parity         the greatest gap in what is predicted, of any class */
enum { GROUPS_ODDS = GROUPS_N_FIGURES, GROUPS_EQUAL_OPPORTUNITY = GROUPS_ODDS + FER_MAX_LABELS, GROUPS_EQUALISED_ODDS, GROUPS_PARITY, GROUPS_N_GAPS };

/* NAN without two groups to compare. lowest and highest are groups; of the greatest of several gaps those of that one, which source is. */
typedef struct groups_gap {
  double gap, ratio; /* lowest value / highest; NAN where both are 0 */
  int n_groups, lowest, highest, source;
} groups_gap;

/* Which figures of a group are measured on at least GROUPS_MIN_GROUP faces. */
typedef struct groups_known {
  bool of[GROUPS_N_FIGURES];
} groups_known;

groups_known groups_known_of (const groups_figure figures[GROUPS_N_FIGURES]);

void groups_gaps_of (const groups_figure (*groups)[GROUPS_N_FIGURES], const groups_known *known, int n_groups, int n_classes,
                     groups_gap gaps[GROUPS_N_GAPS]);

/* Where what is compared comes from, and so what else could have come about. */
typedef enum groups_pool {
  GROUPS_WITHIN_LABELS, /* labelled faces that were read: a model that treats groups alike treats those of the same label alike */
  GROUPS_AMONG_READ,
  GROUPS_AMONG_FOUND,
  GROUPS_AMONG_PICTURES,
  GROUPS_N_POOLS
} groups_pool;

/* What people and programs call a figure or gap, of which class it is (-1: of none), and whether more of it is better (1), worse (-1) or neither. */
typedef struct groups_about {
  const char *key, *title;
  int label, good;
  groups_pool pool;
} groups_about;

groups_about groups_about_of (int figure_or_gap);

/* The figure or gap of that key that is of no class; -1: there is none. */
int groups_gap_of_key (const char *key);

#endif
