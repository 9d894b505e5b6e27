/* SPDX-License-Identifier: MIT */
#include "nn_train.h"

#include <math.h>

/* log sum exp of a row, taken from its largest value so that nothing overflows. */
static double
log_sum_exp (int classes, const nn_real *x)
{
  double top = (double) x[0], sum = 0;
  for (int k = 1; k < classes; k++)
    top = fmax (top, (double) x[k]);
  for (int k = 0; k < classes; k++)
    sum += exp ((double) x[k] - top);
  return top + log (sum);
}

double
nn_cross_entropy (int n, int classes, const nn_real *logits, const nn_real *targets, nn_real scale, nn_real *dlogits)
{
  double loss = 0;
  for (int i = 0; i < n; i++) {
    const nn_real *x = logits + (size_t) i * classes, *t = targets + (size_t) i * classes;
    nn_real *dx = dlogits ? dlogits + (size_t) i * classes : NULL;
    const double norm = log_sum_exp (classes, x);
    double weight = 0;
    for (int k = 0; k < classes; k++)
      weight += (double) t[k];
    for (int k = 0; k < classes; k++) {
      const double log_p = (double) x[k] - norm;
      if (t[k] > 0) /* 0 * log 0 is 0, also where the logit is -inf */
        loss -= (double) t[k] * log_p;
      if (dx)
        dx[k] = (nn_real) ((weight * exp (log_p) - (double) t[k]) * (double) scale);
    }
  }
  return loss;
}
