/* SPDX-License-Identifier: MIT
 * The specification of nn_pointwise_kernels. */
#include "epilogue.h"
#include "pointwise.h"

#include <tgmath.h>

static nn_real
value (nn_act act, nn_real a, nn_real b, nn_real x)
{
  switch (act) {
  case NN_ACT_RELU:
    return x > 0 ? x : 0;
  case NN_ACT_LEAKY_RELU:
    return x > 0 ? x : a * x;
  case NN_ACT_CLIP:
    return nn_clamp (x, a, b);
  case NN_ACT_SIGMOID:
    return 1 / (1 + exp (-x));
  case NN_ACT_HARD_SIGMOID:
    return nn_clamp (a * x + b, 0, 1);
  case NN_ACT_HARD_SWISH:
    return x * nn_clamp (x / 6 + (nn_real) 0.5, 0, 1);
  case NN_ACT_NONE:
    break;
  }
  return x;
}

static void
apply (nn_act act, nn_real a, nn_real b, const nn_real *x, nn_real *y, size_t count)
{
  for (size_t i = 0; i < count; i++)
    y[i] = value (act, a, b, x[i]);
}

#define ARITH(name, op)                                                                                                            \
  static void name (const nn_real *a, int step_a, const nn_real *b, int step_b, nn_real *y, size_t count)                          \
  {                                                                                                                                \
    for (size_t i = 0; i < count; i++, a += step_a, b += step_b)                                                                   \
      y[i] = *a op *b;                                                                                                             \
  }
ARITH (add, +)
ARITH (sub, -)
ARITH (mul, *)
ARITH (divide, /)

const nn_pointwise_kernels nn_pointwise_ref = { apply, add, sub, mul, divide };
