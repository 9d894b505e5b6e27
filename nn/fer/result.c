/* SPDX-License-Identifier: MIT */
#include "fer.h"

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

void
fer_face_decide (fer_face *face, int n_labels, float threshold)
{
  int best = 0;
  for (int i = 1; i < n_labels; i++)
    if (face->probabilities[i] > face->probabilities[best])
      best = i;
  face->confidence = face->probabilities[best];
  face->label = face->confidence >= threshold ? best : -1;
}
