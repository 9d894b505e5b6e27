/* SPDX-License-Identifier: MIT */
#include "half.h"
#include "nn.h"

#include <math.h>
#include <string.h>

#define LARGEST 65504.0

uint16_t
nn_half_of (float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return (uint16_t) (sign | 0x7e00);
  if (magnitude < 0x38800000) /* under 2^-14: a multiple of 2^-24, which may round up to the smallest normal number */
    return (uint16_t) (sign | lrintf (fabsf (value) * 16777216));
  /* 13 bits of the fraction go; a carry goes on into the exponent, and from 65520 on to infinity. */
  const uint32_t rounded = magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1);
  return (uint16_t) (sign | (rounded >= 0x7c00u << 13 ? 0x7c00 : rounded >> 13));
}

float
nn_half_value (uint16_t half)
{
  const uint32_t sign = (uint32_t) (half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
  float value;
  if (exponent == 0) {
    value = (float) fraction / 16777216; /* subnormal: fraction * 2^-24 */
    return sign ? -value : value;
  }
  const uint32_t bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* How many of a node's weights, its first, may be halves: those that are multiplied with the image. */
static size_t
count_of (const nn_node *node)
{
  switch (node->op) {
  case NN_OP_conv: return node->n_weights - (node->u.conv.bias ? (size_t) node->u.conv.k : 0);
  case NN_OP_dense: return node->n_weights - (node->u.dense.bias ? (size_t) node->u.dense.k : 0);
  default: return 0;
  }
}

bool
nn_model_halve (nn_model *model, nn_error *error)
{
  for (int i = 0; i < model->graph->n_nodes; i++) {
    const nn_node *node = &model->graph->nodes[i];
    nn_real *weights = model->weights + node->weights;
    for (size_t j = 0; j < count_of (node); j++) {
      const float half = nn_half_value (nn_half_of ((float) weights[j]));
      if (!isfinite (half))
        return nn_fail (error, "node \"%.80s\" (%s): weight %zu is %g, half precision holds up to %g", node->name, nn_op_name (node->op), j,
                        (double) weights[j], LARGEST);
      weights[j] = (nn_real) half;
    }
  }
  return true;
}
