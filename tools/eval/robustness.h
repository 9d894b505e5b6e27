/* SPDX-License-Identifier: MIT
 * How much a model still reads of faces whose pictures are spoilt. */
#ifndef EVAL_ROBUSTNESS_H
#define EVAL_ROBUSTNESS_H

#include "metrics.h"
#include "read.h"
#include "spoil.h"

typedef struct eval_robustness {
  uint64_t seed;
  eval_share clean, effects[EVAL_N_EFFECTS][EVAL_STRENGTHS]; /* accuracy */
} eval_robustness;

/* seen: all faces, with pixels; what is spoilt is what the network saw. */
bool eval_robustness_of (eval_reader *reader, const eval_samples *samples, const eval_readings *seen, uint64_t seed, eval_robustness *robustness,
                         nn_error *error);

#endif
