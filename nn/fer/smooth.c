/* SPDX-License-Identifier: MIT */
#include "fer.h"

#include <math.h>
#include <string.h>

#define LEAD 0.05f /* by which another label must be more probable than the one shown */

/* p += (1 - exp (-dt / constant)) (reading - p): the same curve for any number of readings a second. */
void
fer_smoother_add (fer_smoother *smoother, const float *probabilities, int n_labels, uint64_t time, uint64_t constant)
{
  bool first = smoother->n_labels != n_labels || time < smoother->time;
  double dt = first ? 0 : (double) (time - smoother->time);
  float k = first || !constant ? 1 : (float) -expm1 (-dt / (double) constant);
  for (int i = 0; i < n_labels; i++)
    smoother->probabilities[i] = first ? probabilities[i] : smoother->probabilities[i] + k * (probabilities[i] - smoother->probabilities[i]);
  memcpy (smoother->raw, probabilities, (size_t) n_labels * sizeof *probabilities);
  if (first)
    smoother->since = FER_TIME_NONE;
  smoother->hold = constant ? FER_LABEL_HOLD : 0;
  smoother->time = time;
  smoother->n_labels = n_labels;
}

int
fer_smoother_label (fer_smoother *smoother, float threshold, uint64_t time)
{
  const float *p = smoother->probabilities;
  bool shown = smoother->since != FER_TIME_NONE && smoother->hold && time >= smoother->since;
  int best = 0;
  for (int i = 1; i < smoother->n_labels; i++)
    if (p[i] > p[best])
      best = i;
  int label = p[best] >= threshold ? best : -1;
  if (shown && (label == smoother->label || time - smoother->since < smoother->hold))
    return smoother->label;
  if (shown && label >= 0 && smoother->label >= 0 && p[label] < p[smoother->label] + LEAD)
    return smoother->label;
  smoother->label = label;
  smoother->since = time;
  return label;
}
