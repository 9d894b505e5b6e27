/* SPDX-License-Identifier: MIT
 * An evaluation for people and for programs. */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include "metrics.h"

/* What was evaluated on what. */
typedef struct eval_subject {
  const char *model, *data, *split;
} eval_subject;

void eval_print (const eval_subject *subject, const eval_metrics *metrics);

/* docs/evaluation.md names the keys; path "-" is standard output. */
bool eval_write_json (const eval_subject *subject, const eval_metrics *metrics, const char *path, nn_error *error);

#endif
