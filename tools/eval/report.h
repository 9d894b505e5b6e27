/* SPDX-License-Identifier: MIT
 * An evaluation for people and for programs. */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include "result.h"

void eval_print (const eval_result *result);

/* docs/evaluation.md names the keys; path "-" is standard output. */
bool eval_write_json (const eval_result *result, const char *path, nn_error *error);

/* A page of its own with everything that was measured, plots by gnuplot and the surest mistakes in it. seen: with pixels. command: the line typed. */
bool eval_write_html (const eval_result *result, const eval_samples *samples, const eval_readings *seen, const char *command, const char *path,
                      nn_error *error);

#endif
