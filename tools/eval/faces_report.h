/* SPDX-License-Identifier: MIT
 * An evaluation of a finder for people and for programs. */
#ifndef EVAL_FACES_REPORT_H
#define EVAL_FACES_REPORT_H

#include "faces.h"

void eval_faces_print (const char *model, const eval_task *task, const eval_faces *result);

/* docs/evaluation.md names the keys; path "-" is standard output. */
bool eval_faces_write_json (const char *model, const eval_task *task, const eval_faces *result, const char *path, nn_error *error);

#endif
