/* SPDX-License-Identifier: MIT
 * Whether 70 % means 70 %: pure arithmetic. */
#ifndef EVAL_CALIBRATION_H
#define EVAL_CALIBRATION_H

#include <stdbool.h>
#include <stdint.h>

#define EVAL_BINS 15

/* Of the readings whose highest probability lies in (i / 15, (i + 1) / 15]. */
typedef struct eval_bin {
  int n, hits;
  double confidence; /* sum of the highest probabilities */
} eval_bin;

/* ece = sum over bins of n_i / n |hits_i / n_i - confidence_i / n_i| (Guo et al. 2017, "On calibration of modern neural networks", equation 3);
 * nll = mean of -log p[truth], of a p below the least normal float that of the float. NAN of nothing. */
typedef struct eval_calibration {
  int n;
  eval_bin bins[EVAL_BINS];
  double ece, nll;
} eval_calibration;

/* truth[n]; p (n, classes). */
void eval_calibration_of (int n, int classes, const uint8_t *truth, const float *p, eval_calibration *calibration);

int eval_bin_of (double confidence);

/* Readings at another temperature, softmax (log p / temperature), as p or elsewhere. */
void eval_temper (int n, int classes, const float *p, double temperature, float *tempered);

/* The temperature from 0.05 to 20 with the least nll, where rows of a class that no row gives a probability above 0 are left out. nll is convex in 1 / temperature, so its slope's only zero is bisected. */
double eval_fit_temperature (int n, int classes, const uint8_t *truth, const float *p);

#endif
