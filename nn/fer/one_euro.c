/* SPDX-License-Identifier: MIT */
#include "one_euro.h"

#include <math.h>

/* The paper's section "Tuning the filter": the cutoff at rest until jitter is gone, then beta until lag is. A face at rest trembles by 1-2 % of its
 * side; at one side a second the cutoff of 6.5 Hz lags behind by 2.5 % of a side. */
#define CUTOFF 1.5f       /* Hz, at rest */
#define BETA 5.0f         /* Hz for each unit a second */
#define SPEED_CUTOFF 1.0f /* Hz */

void
fer_one_euro_start (fer_one_euro *filter, const float *x, int n)
{
  for (int i = 0; i < n; i++) {
    filter->value[i] = x[i];
    filter->speed[i] = 0;
  }
}

/* The share of a new sample: 1 / (1 + tau / dt), tau = 1 / (2 pi cutoff). */
static float
share (float cutoff, float dt)
{
  float r = 2 * (float) M_PI * cutoff * dt;
  return r / (r + 1);
}

void
fer_one_euro_step (fer_one_euro *filter, const float *x, int n, float dt, float unit)
{
  if (!(dt > 0 && unit > 0))
    return;
  for (int i = 0; i < n; i++) {
    float step = x[i] - filter->value[i];
    filter->speed[i] += share (SPEED_CUTOFF, dt) * (step / (dt * unit) - filter->speed[i]);
    filter->value[i] += share (CUTOFF + BETA * fabsf (filter->speed[i]), dt) * step;
  }
}
