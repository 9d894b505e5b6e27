/* SPDX-License-Identifier: MIT
 * An evaluation of an expression model, from its command line to its reports. */
#ifndef EVAL_EXPRESSION_H
#define EVAL_EXPRESSION_H

#include "average.h"
#include "read.h"

/* NULL, 0: not asked for. */
typedef struct eval_order {
  const char *command;        /* the line that was typed */
  const char *model, *finder; /* NULL: the embedded ones */
  const char *data;           /* a data set and ... */
  nn_split split;
  const char *votes;             /* FER+'s, whose majority is the label */
  const char *images, *manifest; /* ... or pictures; either may be NULL */
  eval_half half;
  bool frame;
  nn_precision precision;
  int threads;
  uint64_t seed;
  char **seeds;          /* other models of the same recipe */
  const char *compare;   /* another model */
  const char *calibrate; /* a model file to write */
  eval_looks looks;
  bool robustness;
  const char *json, *plot, *reliability, *mistakes, *report; /* files to write */
  const char *card, *runs;
} eval_order;

bool eval_expression (const eval_order *order, nn_error *error);

#endif
