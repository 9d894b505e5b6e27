/* SPDX-License-Identifier: MIT */
#include "histogram.h"

#include <math.h>

#include "../test.h"

static void
nothing_took_no_time (void)
{
  histogram h = { 0 };
  check (histogram_mean (&h) == 0 && histogram_quantile (&h, 0.5) == 0 && histogram_quantile (&h, 1) == 0);
}

/* Times from 0.01 to 100 ms, evenly in their logarithm, in an order of no meaning. */
static void
percentiles_are_within_5_percent (void)
{
  histogram h = { 0 };
  double sum = 0;
  for (int i = 0; i < 10000; i++) {
    double ms = 0.01 * pow (1e4, i * 7919 % 10000 / 10000.0);
    histogram_add (&h, ms);
    sum += ms;
  }
  check (h.n == 10000);
  check_near (histogram_mean (&h), sum / 1e4, 1e-9);
  check_near (h.largest, 0.01 * pow (1e4, 9999 / 1e4), 1e-9);
  static const double shares[] = { 0.01, 0.5, 0.95, 0.99, 1 };
  for (gsize i = 0; i < G_N_ELEMENTS (shares); i++) {
    double true_value = 0.01 * pow (1e4, shares[i]);
    check_near (histogram_quantile (&h, shares[i]) / true_value, 1, 0.05);
  }
}

static void
takes_what_is_out_of_range (void)
{
  histogram h = { 0 };
  histogram_add (&h, 0);
  histogram_add (&h, 1e-9);
  check (histogram_quantile (&h, 0.5) <= h.largest);
  histogram_add (&h, 1e9);
  histogram_add (&h, 1e9);
  check (h.n == 4 && h.largest == 1e9 && histogram_quantile (&h, 0.5) < 0.002 && histogram_quantile (&h, 1) > 1e4);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (nothing_took_no_time), TEST (percentiles_are_within_5_percent), TEST (takes_what_is_out_of_range), { 0 } });
}
