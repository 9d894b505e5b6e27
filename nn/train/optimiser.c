/* SPDX-License-Identifier: MIT */
#include "nn_train.h"

#include <tgmath.h>

#define BETA1 0.9
#define BETA2 0.999
#define EPSILON 1e-8

/* Weights of one kind lie together, layer by layer: [i, end) is the run that begins at i. */
static size_t
run_end (const uint8_t *kinds, size_t i, size_t n)
{
  const uint8_t kind = kinds[i];
  while (i < n && kinds[i] == kind)
    i++;
  return i;
}

static bool
is_learned (uint8_t kind)
{
  return kind == NN_WEIGHT_DECAYED || kind == NN_WEIGHT_PLAIN;
}

/* w -= rate (m^ / (sqrt v^ + eps) + decay w), with m^ = m unbias1, v^ = v unbias2. */
static void
adam_run (size_t n, const nn_real *restrict gradient, nn_real rate, nn_real decay, nn_real unbias1, nn_real unbias2, nn_real *restrict m,
          nn_real *restrict v, nn_real *restrict w)
{
  const nn_real b1 = (nn_real) BETA1, b2 = (nn_real) BETA2, eps = (nn_real) EPSILON;
  for (size_t i = 0; i < n; i++) {
    const nn_real g = gradient[i];
    m[i] = b1 * m[i] + (1 - b1) * g;
    v[i] = b2 * v[i] + (1 - b2) * g * g;
    w[i] -= rate * (m[i] * unbias1 / (sqrt (v[i] * unbias2) + eps) + decay * w[i]);
  }
}

void
nn_adam_step (size_t n, const uint8_t *kinds, const nn_real *gradient, float rate, float decay, int64_t step, nn_real *m, nn_real *v,
              nn_real *weights)
{
  const nn_real unbias1 = (nn_real) (1 / (1 - pow (BETA1, (double) step))), unbias2 = (nn_real) (1 / (1 - pow (BETA2, (double) step)));
  for (size_t i = 0, end; i < n; i = end) {
    end = run_end (kinds, i, n);
    if (is_learned (kinds[i]))
      adam_run (end - i, gradient + i, rate, kinds[i] == NN_WEIGHT_DECAYED ? decay : 0, unbias1, unbias2, m + i, v + i, weights + i);
  }
}

/* g += decay w;  m = momentum m + g;  w -= rate (g + momentum m): Nesterov's step as Sutskever et al. 2013 write it. */
static void
sgd_run (size_t n, const nn_real *restrict gradient, nn_real rate, nn_real decay, nn_real momentum, nn_real *restrict m, nn_real *restrict w)
{
  for (size_t i = 0; i < n; i++) {
    const nn_real g = gradient[i] + decay * w[i];
    m[i] = momentum * m[i] + g;
    w[i] -= rate * (g + momentum * m[i]);
  }
}

void
nn_sgd_step (size_t n, const uint8_t *kinds, const nn_real *gradient, float rate, float decay, float momentum, nn_real *m, nn_real *weights)
{
  for (size_t i = 0, end; i < n; i = end) {
    end = run_end (kinds, i, n);
    if (is_learned (kinds[i]))
      sgd_run (end - i, gradient + i, rate, kinds[i] == NN_WEIGHT_DECAYED ? decay : 0, momentum, m + i, weights + i);
  }
}
