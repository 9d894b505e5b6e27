/* SPDX-License-Identifier: MIT
 * A contact sheet of the worst mistakes: faces that were read wrong and with the highest probability. */
#ifndef EVAL_MISTAKES_H
#define EVAL_MISTAKES_H

#include "common/surface.h"
#include "result.h"

/* Rows of outcome that were read wrong, the surest reading first; equal ones in their order. At most most of them; returns how many. */
int eval_mistakes_find (const eval_outcome *outcome, int most, int *rows);

/* What the network saw of each (seen, with pixels), label and reading below. */
cairo_surface_t *eval_mistakes_draw (const eval_samples *samples, const eval_readings *seen, const eval_outcome *outcome, nn_error *error);

/* As a PNG. */
bool eval_mistakes_save (const eval_samples *samples, const eval_readings *seen, const eval_outcome *outcome, const char *path, nn_error *error);

#endif
