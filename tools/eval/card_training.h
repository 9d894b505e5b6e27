/* SPDX-License-Identifier: MIT
 * The part of a model's card that says how it was made. */
#ifndef EVAL_CARD_TRAINING_H
#define EVAL_CARD_TRAINING_H

#include "page.h"

#include <json-glib/json-glib.h>

/* model: its file's name without folder and ending. trained: fer.trained, or NULL. A command is given only where the recipe and what became of its
 * heads are those of a preset. */
void eval_page_training (eval_page *page, const char *model, JsonObject *trained);

#endif
