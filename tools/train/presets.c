/* SPDX-License-Identifier: MIT */
#include "presets.h"

#include <string.h>

#define RELEASED .half = true, .calibrate = true
#define SURPRISE 5 /* of fer_labels7 */
#define TAUGHT .teacher = "teacher", .teachers = 2

/* s, ferplus-s and default are one training, as are m, ferplus-m and teacher. */
static const train_preset presets[] = {
  { .name = "seed", .recipe = "seed", RELEASED },
  { .name = "s", .recipe = "s", .heads = { .head = TRAIN_HEAD_LABEL }, RELEASED, TAUGHT },
  { .name = "m", .recipe = "m", .heads = { .head = TRAIN_HEAD_LABEL }, RELEASED },
  { .name = "ferplus-s", .recipe = "s", .heads = { .head = TRAIN_HEAD_VOTES }, RELEASED, TAUGHT },
  { .name = "ferplus-m", .recipe = "m", .heads = { .head = TRAIN_HEAD_VOTES }, RELEASED },
  { .name = "default", .recipe = "s", .heads = { .head = TRAIN_HEAD_BLEND, .blend = 0.5f, .prior = { [SURPRISE] = 2 } }, RELEASED, TAUGHT },
  { .name = "teacher", .recipe = "m", .heads = { .head = TRAIN_HEAD_BOTH }, .half = true },
  { .name = "finder", .recipe = "finder" },
};
#undef RELEASED
#undef SURPRISE
#undef TAUGHT
#define N_PRESETS ((int) (sizeof presets / sizeof *presets))

const train_preset *
train_preset_at (int i)
{
  return i >= 0 && i < N_PRESETS ? &presets[i] : NULL;
}

const train_preset *
train_preset_find (const char *name)
{
  for (int i = 0; i < N_PRESETS; i++)
    if (!strcmp (presets[i].name, name))
      return &presets[i];
  return NULL;
}
