/* SPDX-License-Identifier: MIT
 * Whether two models that read the same faces differ (McNemar 1947). Pure arithmetic. */
#ifndef EVAL_MCNEMAR_H
#define EVAL_MCNEMAR_H

#include <stdbool.h>

#define EVAL_FEW 25 /* discordant faces: below, the exact test */

/* Two-sided p: of fewer than EVAL_FEW discordant faces by the binomial distribution, else of chi^2 = (|b - c| - 1)^2 / (b + c), one degree of
 * freedom. difference = (b - c) / n with a 95 % interval after Bonett and Price 2012, "Adjusted Wald confidence interval for a difference of
 * binomial proportions based on paired data", equation 6: Wald's of (b + 1) / (n + 2) and (c + 1) / (n + 2). */
typedef struct eval_mcnemar {
  int n, b, c; /* faces; right by the first alone, by the second alone */
  bool exact;
  double chi2; /* NAN when exact */
  double p;
  double difference, low, high; /* of the first's accuracy and the second's; NAN of no face */
} eval_mcnemar;

eval_mcnemar eval_mcnemar_of (int n, int b, int c);

#endif
