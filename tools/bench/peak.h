/* SPDX-License-Identifier: MIT
 * What one core's multipliers can do: the ceiling that a direct computation cannot pass. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

/* GFLOP/s of multiply-adds with the vectors of a kernel level ("avx512", "avx2", ...), of one thread; measured, in a few hundredths of a second. */
double bench_peak (const char *level);

#endif
