/* SPDX-License-Identifier: MIT */
#include "mcnemar.h"
#include "metrics.h"

#include <math.h>

/* Twice the probability of at most k heads in n tosses of a fair coin. */
static double
toss (int n, int k)
{
  double sum = 0;
  for (int i = 0; i <= k; i++)
    sum += exp (lgamma (n + 1.0) - lgamma (i + 1.0) - lgamma (n - i + 1.0) - n * M_LN2);
  return fmin (2 * sum, 1);
}

eval_mcnemar
eval_mcnemar_of (int n, int b, int c)
{
  eval_mcnemar m = { .n = n, .b = b, .c = c, .exact = b + c < EVAL_FEW, .chi2 = (double) NAN };
  if (m.exact) {
    m.p = toss (b + c, b < c ? b : c);
  } else {
    const double gap = fmax (fabs ((double) b - c) - 1, 0);
    m.chi2 = gap * gap / (b + c);
    m.p = erfc (sqrt (m.chi2 / 2));
  }
  const double first = (b + 1.0) / (n + 2), second = (c + 1.0) / (n + 2), middle = first - second;
  const double half = EVAL_Z * sqrt ((first + second - middle * middle) / (n + 2));
  m.difference = n ? (double) (b - c) / n : (double) NAN;
  m.low = n ? fmax (middle - half, -1) : (double) NAN;
  m.high = n ? fmin (middle + half, 1) : (double) NAN;
  return m;
}
