/* SPDX-License-Identifier: MIT */
#include "calibration.h"

#include <float.h>
#include <math.h>

#define LOWEST 0.05 /* of 1 / temperature, and of temperature */
#define STEPS 60    /* of a bisection in doubles */

static double
log_of (float p)
{
  return log (fmax ((double) p, (double) FLT_MIN));
}

int
eval_bin_of (double confidence)
{
  const int bin = (int) ceil (confidence * EVAL_BINS) - 1;
  return bin < 0 ? 0 : bin < EVAL_BINS ? bin : EVAL_BINS - 1;
}

void
eval_calibration_of (int n, int classes, const uint8_t *truth, const float *p, eval_calibration *c)
{
  *c = (eval_calibration) { .n = n };
  for (int i = 0; i < n; i++, p += classes) {
    int top = 0;
    for (int k = 1; k < classes; k++)
      top = p[k] > p[top] ? k : top;
    eval_bin *bin = &c->bins[eval_bin_of ((double) p[top])];
    bin->n++;
    bin->hits += top == truth[i];
    bin->confidence += (double) p[top];
    c->nll -= log_of (p[truth[i]]);
  }
  for (int i = 0; i < EVAL_BINS; i++)
    c->ece += fabs (c->bins[i].hits - c->bins[i].confidence);
  c->ece = n ? c->ece / n : (double) NAN;
  c->nll = n ? c->nll / n : (double) NAN;
}

/* out[k] = softmax (log p * beta) */
static void
sharpen (int classes, const float *p, double beta, double *out)
{
  double highest = log_of (p[0]), sum = 0;
  for (int k = 1; k < classes; k++)
    highest = fmax (highest, log_of (p[k]));
  for (int k = 0; k < classes; k++)
    sum += out[k] = exp (beta * (log_of (p[k]) - highest));
  for (int k = 0; k < classes; k++)
    out[k] /= sum;
}

void
eval_temper (int n, int classes, const float *p, double temperature, float *tempered)
{
  double out[256];
  for (int i = 0; i < n; i++, p += classes, tempered += classes) {
    sharpen (classes, p, 1 / temperature, out);
    for (int k = 0; k < classes; k++)
      tempered[k] = (float) out[k];
  }
}

/* Classes that some row finds possible. Rows of any other, contempt for a model of seven labels, say nothing of how sure the model may be. */
static void
find_known (int n, int classes, const float *p, bool *known)
{
  for (int i = 0; i < n; i++, p += classes)
    for (int k = 0; k < classes; k++)
      known[k] |= p[k] > 0;
}

/* d nll / d beta = sum over known rows of (sum over k of q_k log p_k) - log p_truth, q = p at beta; it grows with beta. */
static double
slope (int n, int classes, const uint8_t *truth, const float *p, const bool *known, double beta)
{
  double sum = 0, q[256];
  for (int i = 0; i < n; i++, p += classes) {
    if (!known[truth[i]])
      continue;
    sharpen (classes, p, beta, q);
    for (int k = 0; k < classes; k++)
      sum += q[k] * log_of (p[k]);
    sum -= log_of (p[truth[i]]);
  }
  return sum;
}

double
eval_fit_temperature (int n, int classes, const uint8_t *truth, const float *p)
{
  bool known[256] = { false };
  double low = LOWEST, high = 1 / LOWEST;
  find_known (n, classes, p, known);
  for (int step = 0; step < STEPS; step++) {
    const double middle = sqrt (low * high);
    if (slope (n, classes, truth, p, known, middle) < 0)
      low = middle;
    else
      high = middle;
  }
  return 1 / sqrt (low * high);
}
