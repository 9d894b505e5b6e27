/* SPDX-License-Identifier: MIT
 * An evaluation of an expression model, from its command line to its reports. */
#ifndef EVAL_EXPRESSION_H
#define EVAL_EXPRESSION_H

#include "read.h"

typedef struct eval_order {
  const char *model, *finder;       /* NULL: the embedded ones */
  const char *data;                 /* a data set and ... */
  nn_split split;
  const char *images, *manifest;    /* ... or pictures; either may be NULL */
  eval_half half;
  bool frame;
  nn_precision precision;
  int threads;
  const char *json, *plot;          /* files to write, or NULL */
} eval_order;

bool eval_expression (const eval_order *order, nn_error *error);

#endif
