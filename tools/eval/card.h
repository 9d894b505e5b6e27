/* SPDX-License-Identifier: MIT
 * Model cards (Mitchell et al. 2019, "Model cards for model reporting"). */
#ifndef EVAL_CARD_H
#define EVAL_CARD_H

#include "result.h"

typedef struct eval_card {
  const char *command; /* the line that was typed */
  const char *model;   /* the file; NULL: the embedded one */
  const char *data;    /* the file that it was evaluated on; NULL: a folder of pictures */
  const char *runs;    /* CSV of the trainings that led to it, or NULL */
} eval_card;

/* As Markdown. What depends on the model is from its metadata; of training data other than FER-2013 it says that it knows no faults of theirs. */
bool eval_write_card (const eval_result *result, const eval_card *card, const char *path, nn_error *error);

#endif
