/* SPDX-License-Identifier: MIT
 * Inverted dropout: a share of the values becomes 0, the others grow by 1 / (1 - rate), so that inference needs nothing. Whether a value stays
 * is a pure function of (seed, epoch, sample, node, element): 16 bits of the sample's stream, which the node enters at a place of its own. */
#include "grad.h"

static size_t
saved (const nn_node *node, nn_shape shape)
{
  (void) node;
  return nn_shape_count (shape);
}

/* keep (size): 0 or 1 */
static void
draw (const nn_grad_call *call, uint32_t sample, size_t size, uint8_t *keep)
{
  nn_random random = nn_random_new (call->seed, call->epoch, sample, NN_FOR_DROPOUT);
  random.counter = (uint64_t) call->index << 32;
  uint32_t limit = (uint32_t) ((double) call->node->u.dropout.rate * 65536 + 0.5), bits = 0;
  for (size_t i = 0; i < size; i++) {
    bits = i % 2 ? bits >> 16 : nn_random_u32 (&random);
    keep[i] = (bits & 0xffff) >= limit;
  }
}

static nn_real
gain (const nn_grad_call *call)
{
  return 1 / (1 - call->node->u.dropout.rate);
}

static void
forward (const nn_grad_call *call)
{
  size_t size = nn_shape_count (call->shape);
  nn_real factor = gain (call);
  for (int i = 0; i < call->n; i++) {
    const nn_real *x = call->in[0] + i * size;
    nn_real *y = call->out + i * size;
    uint8_t *keep = call->saved + i * size;
    draw (call, call->samples[i], size, keep);
    for (size_t j = 0; j < size; j++)
      y[j] = keep[j] ? x[j] * factor : 0;
  }
}

static void
backward (const nn_grad_call *call)
{
  size_t count = call->din[0] ? call->n * nn_shape_count (call->shape) : 0;
  nn_real factor = gain (call);
  for (size_t i = 0; i < count; i++)
    call->din[0][i] = call->saved[i] ? call->dout[i] * factor : 0;
}

const nn_grad_impl nn_grad_dropout = { .in_place = true, .forward = forward, .backward = backward, .saved = saved };
