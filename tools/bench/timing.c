/* SPDX-License-Identifier: MIT */
#include "timing.h"
#include "common/progress.h"

#include <glib.h>
#include <stdlib.h>

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

double
bench_median (double *values, int n)
{
  qsort (values, (size_t) n, sizeof *values, compare);
  return (values[n / 2] + values[(n - 1) / 2]) / 2;
}

bench_times
bench_time (void (*work) (void *data), void *data, const bench_limits *limits)
{
  GArray *runs = g_array_new (FALSE, FALSE, sizeof (double));
  double begin = tool_seconds (), end;
  do
    work (data);
  while (tool_seconds () - begin < limits->seconds / 10);
  begin = tool_seconds ();
  do {
    double start = tool_seconds (), took;
    work (data);
    end = tool_seconds ();
    took = end - start;
    g_array_append_val (runs, took);
  } while ((int) runs->len < limits->rounds || end - begin < limits->seconds);
  double *values = (double *) (void *) runs->data;
  bench_times times = { .runs = (int) runs->len, .median = bench_median (values, (int) runs->len) };
  times.min = values[0];
  g_array_free (runs, TRUE);
  return times;
}
