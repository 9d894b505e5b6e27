/* SPDX-License-Identifier: MIT
 * Who belongs together: the groups that a table declares in its columns, and those of several columns together. Nobody's group is ever guessed. */
#ifndef EVAL_GROUPS_COLUMNS_H
#define EVAL_GROUPS_COLUMNS_H

#include "manifest.h"

#define GROUPS_MAX_COLUMNS 8

/* The pictures cut into groups by some columns; by none of them: everybody. */
typedef struct groups_partition {
  int n_columns, columns[GROUPS_MAX_COLUMNS]; /* of manifest->more */
  char *name;                                 /* "sex & age"; "everybody" */
  int n_groups;
  char **names;   /* "female & 20-39", in the order of their bytes; "all" */
  int *of;        /* (picture) its group; -1: a group that is too small, or a cell is empty */
  int undeclared; /* pictures with an empty cell */
  int n_small;
  char **small; /* names of groups of fewer than GROUPS_MIN_GROUP pictures, likewise */
  int *small_sizes;
} groups_partition;

typedef struct groups_partitions {
  int n;
  groups_partition *all; /* everybody, each column, pairs of columns, ... */
} groups_partitions;

/* names: "sex,age", or NULL: all columns of manifest. together: of how many columns an intersection is at most. */
bool groups_partitions_make (const eval_manifest *manifest, const char *names, int together, groups_partitions *partitions, nn_error *error);
void groups_partitions_clear (groups_partitions *partitions);

#endif
