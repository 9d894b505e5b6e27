/* SPDX-License-Identifier: MIT
 * Test-time averaging: what a model would read if it looked several times. */
#ifndef EVAL_AVERAGE_H
#define EVAL_AVERAGE_H

#include "read.h"

/* flip: the face and its mirror image. ten: squares of 11/12 of the side (44 of 48 pixels) in the four corners and the middle, each enlarged to the
 * network's input, and their mirror images. */
typedef enum eval_looks { EVAL_ONE_LOOK, EVAL_FLIP, EVAL_TEN, EVAL_N_LOOKS } eval_looks;
extern const char *const eval_looks_names[EVAL_N_LOOKS]; /* NULL, "flip", "ten" */

/* seen: one look at each face, with pixels. averaged: mean probabilities over the looks. */
bool eval_average (eval_reader *reader, const eval_readings *seen, const eval_labels *classes, eval_looks looks, eval_readings *averaged,
                   nn_error *error);

#endif
