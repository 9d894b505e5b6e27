/* SPDX-License-Identifier: MIT
 * The fast body of nn_pointwise_kernels, included once per instruction set by a file that defines BUILD, the table entry, and WIDTH, floats in a
 * vector. Numbers that fill no vector go through the same vectors, so that the bits of a result do not depend on where it stands. */
#include "pointwise.h"
#include "vec.h"

/* e^x as 2^n e^r with |r| <= ln 2 / 2 and the Taylor series of e^r, whose rest r^8 / 8! is under half a unit of the last place. Results stay
 * within the normal numbers. */
static ALWAYS_INLINE vec
vec_exp (vec x)
{
  static const float factorials[] = { 1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1, 1 };
  const vec round = BROADCAST (12582912.0f); /* 1.5 * 2^23: its last place is 1 */
  x = vec_clamp (x, BROADCAST (-87.0f), BROADCAST (88.0f));
  vec n = (x * 1.44269504f + round) - round;
  vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f; /* ln 2 in two parts, the first with zeros at its end */
  vec sum = BROADCAST (factorials[0]);
  UNROLL
  for (int i = 1; i < 8; i++)
    sum = sum * r + factorials[i];
  return sum * (vec) ((__builtin_convertvector (n, mask) + 127) << 23);
}

static ALWAYS_INLINE vec
vec_act (nn_act act, float a, float b, vec x)
{
  const vec zero = { 0 }, one = BROADCAST (1.0f);
  switch (act) {
  case NN_ACT_RELU:
    return vec_select (x > zero, x, zero);
  case NN_ACT_LEAKY_RELU:
    return vec_select (x > zero, x, x * a);
  case NN_ACT_CLIP:
    return vec_clamp (x, BROADCAST (a), BROADCAST (b));
  case NN_ACT_SIGMOID:
    return one / (one + vec_exp (-x));
  case NN_ACT_HARD_SIGMOID:
    return vec_clamp (x * a + b, zero, one);
  case NN_ACT_HARD_SWISH:
    return x * vec_clamp (x * (1.0f / 6) + 0.5f, zero, one);
  case NN_ACT_NONE:
    break;
  }
  return x;
}

static ALWAYS_INLINE int
lanes_left (size_t count)
{
  return count < WIDTH ? (int) count : WIDTH;
}

static ALWAYS_INLINE void
apply (nn_act act, float a, float b, const float *x, float *y, size_t count)
{
  size_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH)
    *(vec *) (y + i) = vec_act (act, a, b, *(const vec *) (x + i));
  if (i < count)
    vec_store (y + i, vec_act (act, a, b, vec_load (x + i, lanes_left (count - i))), lanes_left (count - i));
}

/* One loop for each activation. */
static void
activate (nn_act act, float a, float b, const float *x, float *y, size_t count)
{
#define CASE(name)                                                                                                                 \
  case NN_ACT_##name:                                                                                                              \
    apply (NN_ACT_##name, a, b, x, y, count);                                                                                      \
    break;
  switch (act) {
    CASE (NONE)
    CASE (RELU)
    CASE (LEAKY_RELU)
    CASE (CLIP)
    CASE (SIGMOID)
    CASE (HARD_SIGMOID)
    CASE (HARD_SWISH)
  }
#undef CASE
}

/* One loop for each pair of steps. */
#define ARITH(name, op)                                                                                                            \
  static ALWAYS_INLINE void name##_steps (const float *a, int step_a, const float *b, int step_b, float *y, size_t count)          \
  {                                                                                                                                \
    vec first_a = BROADCAST (*a), first_b = BROADCAST (*b);                                                                        \
    size_t i = 0;                                                                                                                  \
    for (; i + WIDTH <= count; i += WIDTH)                                                                                         \
      *(vec *) (y + i) = (step_a ? *(const vec *) (a + i) : first_a) op (step_b ? *(const vec *) (b + i) : first_b);               \
    for (; i < count; i++)                                                                                                         \
      y[i] = (step_a ? a[i] : first_a[0]) op (step_b ? b[i] : first_b[0]);                                                         \
  }                                                                                                                                \
  static void name (const float *a, int step_a, const float *b, int step_b, float *y, size_t count)                                \
  {                                                                                                                                \
    if (step_a && step_b)                                                                                                          \
      name##_steps (a, 1, b, 1, y, count);                                                                                         \
    else if (step_a)                                                                                                               \
      name##_steps (a, 1, b, 0, y, count);                                                                                         \
    else                                                                                                                           \
      name##_steps (a, 0, b, step_b, y, count);                                                                                    \
  }
ARITH (add, +)
ARITH (sub, -)
ARITH (mul, *)
ARITH (divide, /)

const nn_pointwise_kernels BUILD = { activate, add, sub, mul, divide };
