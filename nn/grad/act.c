/* SPDX-License-Identifier: MIT
 * Derivatives of the element-wise functions. */
#include "grad.h"

#include <string.h>

static nn_real
slope_from_value (nn_act act, nn_real a, nn_real b, nn_real y)
{
  switch (act) {
  case NN_ACT_RELU: return y > 0 ? 1 : 0;
  case NN_ACT_LEAKY_RELU: return y > 0 ? 1 : a;
  case NN_ACT_CLIP: return y > a && y < b ? 1 : 0;
  case NN_ACT_SIGMOID: return y * (1 - y);
  case NN_ACT_HARD_SIGMOID: return y > 0 && y < 1 ? a : 0;
  case NN_ACT_NONE:
  case NN_ACT_HARD_SWISH: break;
  }
  return 1;
}

/* y = x clamp (x / 6 + 1 / 2, 0, 1) */
static nn_real
hard_swish_slope (nn_real x)
{
  return x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6;
}

/* d = y > 0 ? d : 0 */
static void
cut_negative (const nn_real *restrict y, nn_real *restrict d, size_t count)
{
  for (size_t i = 0; i < count; i++)
    d[i] = y[i] > 0 ? d[i] : 0;
}

void
nn_act_backward (nn_act act, nn_real a, nn_real b, const nn_real *y, const nn_real *dy, nn_real *dx, size_t count)
{
  if (act == NN_ACT_RELU) { /* the common one, as a loop over one array that becomes vectors */
    if (dx != dy)
      memcpy (dx, dy, count * sizeof *dx);
    cut_negative (y, dx, count);
  } else
    for (size_t i = 0; i < count; i++)
      dx[i] = dy[i] * slope_from_value (act, a, b, y[i]);
}

static void
backward_from_value (const nn_grad_call *call, nn_act act)
{
  if (call->din[0])
    nn_act_backward (act, call->node->act_a, call->node->act_b, call->out, call->dout, call->din[0], call->n * nn_shape_count (call->shape));
}

static void
relu (const nn_grad_call *call)
{
  backward_from_value (call, NN_ACT_RELU);
}

static void
clip (const nn_grad_call *call)
{
  backward_from_value (call, NN_ACT_CLIP);
}

static void
sigmoid (const nn_grad_call *call)
{
  backward_from_value (call, NN_ACT_SIGMOID);
}

static void
hard_sigmoid (const nn_grad_call *call)
{
  backward_from_value (call, NN_ACT_HARD_SIGMOID);
}

static void
leaky_relu (const nn_grad_call *call)
{
  size_t count = call->din[0] ? call->n * nn_shape_count (call->shape) : 0;
  for (size_t i = 0; i < count; i++)
    call->din[0][i] = call->dout[i] * (call->in[0][i] > 0 ? 1 : call->node->act_a);
}

static void
hard_swish (const nn_grad_call *call)
{
  size_t count = call->din[0] ? call->n * nn_shape_count (call->shape) : 0;
  for (size_t i = 0; i < count; i++)
    call->din[0][i] = call->dout[i] * hard_swish_slope (call->in[0][i]);
}

const nn_grad_impl nn_grad_relu = { .reads_out = true, .in_place = true, .backward = relu };
const nn_grad_impl nn_grad_clip = { .reads_out = true, .in_place = true, .backward = clip };
const nn_grad_impl nn_grad_sigmoid = { .reads_out = true, .in_place = true, .backward = sigmoid };
const nn_grad_impl nn_grad_hard_sigmoid = { .reads_out = true, .in_place = true, .backward = hard_sigmoid };
const nn_grad_impl nn_grad_leaky_relu = { .reads_in = true, .in_place = true, .backward = leaky_relu };
const nn_grad_impl nn_grad_hard_swish = { .reads_in = true, .in_place = true, .backward = hard_swish };
