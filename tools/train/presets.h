/* SPDX-License-Identifier: MIT
 * Released models by name: a recipe, what becomes of its heads, and who teaches it. */
#ifndef TRAIN_PRESETS_H
#define TRAIN_PRESETS_H

#include "heads.h"

typedef struct train_preset {
  const char *name, *recipe; /* nn_preset */
  train_heads heads;
  bool half, calibrate; /* as it is written */
  const char *teacher;  /* preset that is trained first, or NULL, */
  int teachers;         /* with so many seeds */
} train_preset;

const train_preset *train_preset_find (const char *name); /* NULL: no such */
const train_preset *train_preset_at (int i);              /* NULL: no more */

#endif
