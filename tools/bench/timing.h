/* SPDX-License-Identifier: MIT
 * How long a piece of work takes: warmed up, many times, the median and the minimum. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

typedef struct bench_limits {
  int rounds;     /* at least so many runs ... */
  double seconds; /* ... and at least so long */
} bench_limits;

typedef struct bench_times {
  int runs;
  double median, min; /* seconds of one run */
} bench_times;

/* The work's first runs, a tenth of the time and at least one, are not counted: caches, the clock's frequency and the memory settle. */
bench_times bench_time (void (*work) (void *data), void *data, const bench_limits *limits);

double bench_median (double *values, int n); /* orders values */

#endif
