/* SPDX-License-Identifier: MIT */
#include "peak.h"
#include "common/progress.h"

#include <glib.h>
#include <stdint.h>

#define SUMS 12 /* independent chains: more than units times latency, and they stay in 16 registers */
#define MAX_WIDTH 16
#define STEPS 200000
#define ROUNDS 20

/* SUMS chains of sum = sum * a + b, each a vector with a start that the compiler does not know: chains that are the same would become one. */
#define PEAK(NAME, WIDTH, TARGET)                                                                                                                   \
  TARGET static float NAME (const float *starts, float a, float b)                                                                                  \
  {                                                                                                                                                 \
    typedef float vec __attribute__ ((vector_size (WIDTH * sizeof (float)), aligned (sizeof (float))));                                             \
    const vec *const s = (const vec *) starts;                                                                                                      \
    vec s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3], s4 = s[4], s5 = s[5], s6 = s[6], s7 = s[7], s8 = s[8], s9 = s[9], s10 = s[10], s11 = s[11];     \
    const vec va = (vec) { 0 } + a, vb = (vec) { 0 } + b;                                                                                           \
    for (int i = 0; i < STEPS; i++) {                                                                                                               \
      s0 = s0 * va + vb, s1 = s1 * va + vb, s2 = s2 * va + vb, s3 = s3 * va + vb;                                                                   \
      s4 = s4 * va + vb, s5 = s5 * va + vb, s6 = s6 * va + vb, s7 = s7 * va + vb;                                                                   \
      s8 = s8 * va + vb, s9 = s9 * va + vb, s10 = s10 * va + vb, s11 = s11 * va + vb;                                                               \
    }                                                                                                                                               \
    const vec sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;                                                                    \
    return sum[0];                                                                                                                                  \
  }

PEAK (peak4, 4, )
#ifdef __x86_64__
PEAK (peak8, 8, __attribute__ ((target ("avx2,fma"))))
PEAK (peak16, 16, __attribute__ ((target ("avx512f"))))
#endif

double
bench_peak (const char *level)
{
  float (*run) (const float *, float, float) = peak4;
  int width = 4;
#ifdef __x86_64__
  if (g_str_has_prefix (level, "avx512"))
    run = peak16, width = 16;
  else if (g_str_has_prefix (level, "avx2"))
    run = peak8, width = 8;
#endif
  float starts[SUMS * MAX_WIDTH];
  for (int i = 0; i < SUMS * MAX_WIDTH; i++)
    starts[i] = (float) i;
  double best = G_MAXDOUBLE;
  volatile float sink;
  for (int i = 0; i < ROUNDS; i++) {
    const double start = tool_seconds ();
    sink = run (starts, 0.999f, 0.001f);
    best = MIN (best, tool_seconds () - start);
  }
  (void) sink;
  return 2e-9 * SUMS * width * STEPS / best;
}
