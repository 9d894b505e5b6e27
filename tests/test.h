/* SPDX-License-Identifier: MIT
 * The test runner's few lines: cases print TAP, which `make check` adds up. A case ends at the first require that fails; check goes on.
 *
 *   static void folds_batch_norm (void) { ... check (a == b); ... }
 *   int main (void) { return test_run ((test_case[]) { TEST (folds_batch_norm), { 0 } }); }
 */
#ifndef TEST_H
#define TEST_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct test_case {
  const char *name;
  void (*run) (void);
} test_case;

#define TEST(function) { #function, function }

static int test_failures;      /* of the running case */
static const char *test_skips; /* why the running case is skipped */

#define test_note(...) (printf ("# "), printf (__VA_ARGS__), printf ("\n"))
#define check(condition) ((condition) ? (void) 0 : (test_failures++, test_note ("%s:%d: %s", __FILE__, __LINE__, #condition)))
#define check_near(a, b, tolerance)                                                                                                \
  (fabs ((double) (a) - (double) (b)) <= (tolerance)                                                                                \
       ? (void) 0                                                                                                                   \
       : (test_failures++, test_note ("%s:%d: %s = %.9g, %s = %.9g, tolerance %g", __FILE__, __LINE__, #a, (double) (a), #b,        \
                                      (double) (b), (double) (tolerance))))
#define require(condition)                                                                                                         \
  do {                                                                                                                             \
    if (!(condition)) {                                                                                                            \
      test_failures++;                                                                                                             \
      test_note ("%s:%d: %s", __FILE__, __LINE__, #condition);                                                                      \
      return;                                                                                                                      \
    }                                                                                                                              \
  } while (0)
#define skip(why)                                                                                                                  \
  do {                                                                                                                             \
    test_skips = (why);                                                                                                            \
    return;                                                                                                                        \
  } while (0)

/* The worse of two errors. NaN is as bad as can be, where fmax would pass over it. */
static inline double
test_worse (double worst, double error)
{
  return error <= worst ? worst : isnan (error) ? HUGE_VAL : error;
}

static inline int
test_run (const test_case *cases)
{
  int failed = 0, n = 0;
  setvbuf (stdout, NULL, _IOLBF, 0);
  while (cases[n].run)
    n++;
  printf ("1..%d\n", n);
  for (int i = 0; i < n; i++) {
    test_failures = 0;
    test_skips = NULL;
    cases[i].run ();
    if (test_skips)
      printf ("ok %d - %s # SKIP %s\n", i + 1, cases[i].name, test_skips);
    else
      printf ("%sok %d - %s\n", test_failures ? "not " : "", i + 1, cases[i].name);
    failed += test_failures > 0;
  }
  return failed > 0;
}

#endif
