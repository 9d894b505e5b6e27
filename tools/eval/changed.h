/* SPDX-License-Identifier: MIT
 * Faces as a network saw them, changed, and shown to it again. */
#ifndef EVAL_CHANGED_H
#define EVAL_CHANGED_H

#include "read.h"

/* in (size, size) luma 0-255 -> out. A pure function of in and user. */
typedef bool (*eval_change) (const void *user, const float *in, int size, float *out, nn_error *error);

typedef struct eval_changed {
  const eval_readings *seen; /* with pixels */
  eval_change change;
  const void *user;
} eval_changed;

eval_source eval_changed_source (const eval_changed *changed);

#endif
