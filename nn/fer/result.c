/* SPDX-License-Identifier: MIT */
#include "fer.h"

#include <math.h>

const char *
fer_source_name (fer_source source)
{
  switch (source) {
  case FER_FROM_UPSTREAM: return "upstream";
  case FER_FROM_FINDER: return "finder";
  case FER_FROM_FRAME: return "frame";
  }
  return "unknown";
}

const char *
fer_change_name (fer_change_kind kind)
{
  static const char *const names[FER_N_CHANGES] = { "appeared", "left", "label" };
  return (unsigned) kind < FER_N_CHANGES ? names[kind] : "unknown";
}

int
fer_most_probable (const float *probabilities, int n, float *margin)
{
  int best = 0;
  float second = 0;
  for (int i = 1; i < n; i++) {
    bool better = probabilities[i] > probabilities[best];
    second = fmaxf (second, probabilities[better ? best : i]);
    best = better ? i : best;
  }
  if (margin)
    *margin = probabilities[best] - second;
  return best;
}

void
fer_rank (const float *probabilities, int n, int *order)
{
  for (int i = 0; i < n; i++) {
    int j = i;
    for (; j > 0 && probabilities[order[j - 1]] < probabilities[i]; j--)
      order[j] = order[j - 1];
    order[j] = i;
  }
}

bool
fer_face_is_fresh (const fer_face *face)
{
  return face->age == 0 && face->skip == FER_SKIP_NONE;
}

void
fer_face_decide (fer_face *face, int n_labels, fer_limits limits)
{
  float margin;
  int best = fer_most_probable (face->probabilities, n_labels, &margin);
  face->confidence = face->probabilities[best];
  face->label = face->confidence >= limits.threshold && margin >= limits.margin ? best : -1;
}
