/* SPDX-License-Identifier: MIT */
#include "robustness.h"
#include "changed.h"
#include "common/progress.h"

#include <stdio.h>

typedef struct spoilt {
  int effect, strength;
  uint64_t seed;
} spoilt;

static bool
spoil (const void *user, const float *in, int size, float *out, nn_error *error)
{
  const spoilt *s = user;
  return eval_spoil (s->effect, s->strength, s->seed, in, size, out, error);
}

static eval_share
accuracy_of (const eval_samples *samples, const eval_readings *readings)
{
  int hits = 0;
  for (int i = 0; i < samples->n; i++)
    hits += readings->found[i] && readings->predicted[i] == samples->truth[i];
  return eval_share_of (hits, readings->n_found);
}

bool
eval_robustness_of (eval_reader *reader, const eval_samples *samples, const eval_readings *seen, uint64_t seed, eval_robustness *robustness,
                    nn_error *error)
{
  tool_progress progress;
  bool good = true;
  *robustness = (eval_robustness) { .seed = seed, .clean = accuracy_of (samples, seen) };
  tool_progress_init (&progress, stderr);
  for (int k = 0; good && k < EVAL_N_EFFECTS * EVAL_STRENGTHS; k++) {
    const spoilt it = { k / EVAL_STRENGTHS, k % EVAL_STRENGTHS, seed };
    const eval_changed changed = { seen, spoil, &it };
    const eval_source source = eval_changed_source (&changed);
    eval_readings readings;
    tool_progress_draw (&progress, "", (double) k / (EVAL_N_EFFECTS * EVAL_STRENGTHS), eval_effects[it.effect].name);
    good = eval_read (reader, &source, &samples->classes, false, &readings, error);
    if (good)
      robustness->effects[it.effect][it.strength] = accuracy_of (samples, &readings);
    if (good)
      eval_readings_clear (&readings);
  }
  tool_progress_clear (&progress);
  return good;
}
