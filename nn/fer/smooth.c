/* SPDX-License-Identifier: MIT */
#include "fersteady.h"

#include <math.h>
#include <string.h>

#define LEAD 0.05f /* by which another label must be more probable than the one shown, and who is unsure must pass the limits, to 1 at most */

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

static float
raised (float limit)
{
  return limit > 0 ? limit + LEAD * (1 - limit) : limit;
}

int
fer_smoother_label (fer_smoother *smoother, fer_limits limits, uint64_t time)
{
  const float *p = smoother->probabilities;
  bool shown = smoother->since != FER_TIME_NONE && smoother->hold && time >= smoother->since, unsure = shown && smoother->label < 0;
  float margin;
  int best = fer_most_probable (p, smoother->n_labels, &margin);
  bool sure = p[best] >= (unsure ? raised (limits.threshold) : limits.threshold) && margin >= (unsure ? raised (limits.margin) : limits.margin);
  int label = sure ? best : -1;
  if (shown && (label == smoother->label || time - smoother->since < smoother->hold))
    return smoother->label;
  if (shown && sure && !unsure && p[label] < p[smoother->label] + LEAD && p[smoother->label] >= limits.threshold)
    return smoother->label;
  smoother->label = label;
  smoother->since = time;
  return label;
}
