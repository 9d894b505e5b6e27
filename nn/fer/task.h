/* SPDX-License-Identifier: MIT
 * What model files of one task must say of themselves in metadata_props (docs/model-file.md). */
#ifndef FER_TASK_H
#define FER_TASK_H

#include "fer.h"

typedef struct fer_task {
  const char *name;                /* fer.task */
  const char *const *keys;         /* of a file of ours, in the order in which they are written; NULL ends them */
  const char *const *needed;       /* without which a foreign file does not run; NULL ends them */
  const char *needed_words;        /* the same for people */
  bool (*reads) (nn_model *model, nn_error *error); /* whether what is there makes sense */
} fer_task;

extern const fer_task fer_task_expression, fer_task_faces;

/* Whether a file is for this task, and has what a file of ours must have and what a foreign one may not lack. */
bool fer_task_check (const fer_task *task, const nn_model *nn, nn_error *error);

/* A copy of fer.trained, NULL where it is missing or empty. Fails when it is no JSON object. */
bool fer_task_trained (const nn_model *nn, char **trained, nn_error *error);

/* nn_model_set with an error. */
bool fer_task_set (nn_model *model, const char *key, const char *text, nn_error *error);

#endif
