/* SPDX-License-Identifier: MIT */
#include "holm.h"

#include <glib.h>
#include <math.h>

typedef struct test {
  double p;
  int index;
} test;

static int
by_p (const void *a, const void *b)
{
  const test *x = a, *y = b;
  return x->p != y->p ? (x->p > y->p) - (x->p < y->p) : x->index - y->index;
}

int
eval_holm (const double *p, int n, double *adjusted)
{
  GArray *tests = g_array_new (FALSE, FALSE, sizeof (test));
  for (int i = 0; i < n; i++) {
    const test one = { p[i], i };
    adjusted[i] = (double) NAN;
    if (!isnan (p[i]))
      g_array_append_val (tests, one);
  }
  g_array_sort (tests, by_p);
  const int m = (int) tests->len;
  double worst = 0;
  for (int j = 0; j < m; j++) {
    const test *one = &g_array_index (tests, test, j);
    worst = fmax (worst, fmin ((m - j) * one->p, 1));
    adjusted[one->index] = worst;
  }
  g_array_unref (tests);
  return m;
}
