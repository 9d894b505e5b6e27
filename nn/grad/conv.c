/* SPDX-License-Identifier: MIT */
#include "conv.h"

#include <string.h>

static const nn_conv_way *
way_of (const nn_node *node)
{
  const nn_window *v = &node->u.conv.window;
  int k = node->u.conv.k, c = node->u.conv.c, groups = node->u.conv.groups;
  return groups == c && k == c && c > 1                            ? &nn_conv_depthwise
         : groups == 1 && v->dilation_h == 1 && v->dilation_w == 1 ? &nn_conv_direct
                                                                   : &nn_conv_columns;
}

/* The weights without the bias. */
static size_t
matrix_size (const nn_node *node)
{
  return node->n_weights - (node->u.conv.bias ? (size_t) node->u.conv.k : 0);
}

static const nn_conv_way *
way_of_part (const nn_grad_site *site, nn_conv_part part)
{
  const nn_conv_way *way = way_of (site->node);
  return way == &nn_conv_direct && nn_conv_winograd_pays (site, part) ? &nn_conv_winograd : way;
}

static size_t
scratch (const nn_grad_site *site)
{
  size_t most = 0;
  for (nn_conv_part part = NN_CONV_FORWARD; part <= NN_CONV_INPUT; part++) {
    const nn_conv_way *way = way_of_part (site, part);
    size_t asked = way->scratch ? way->scratch (site, part) : 0;
    most = asked > most ? asked : most;
  }
  return most;
}

/* What forward reads, in front of what the derivative of the input reads. */
static size_t
forward_packed (const nn_grad_site *site)
{
  return way_of_part (site, NN_CONV_FORWARD)->packed (site, NN_CONV_FORWARD);
}

static size_t
packed (const nn_grad_site *site)
{
  return forward_packed (site) + way_of_part (site, NN_CONV_INPUT)->packed (site, NN_CONV_INPUT);
}

static void
pack (const nn_grad_site *site, const nn_real *weights, nn_real *to)
{
  way_of_part (site, NN_CONV_FORWARD)->pack (site, NN_CONV_FORWARD, weights, to);
  way_of_part (site, NN_CONV_INPUT)->pack (site, NN_CONV_INPUT, weights, to + forward_packed (site));
}

static void
forward (const nn_grad_call *call)
{
  nn_grad_site site = nn_grad_site_of (call);
  way_of_part (&site, NN_CONV_FORWARD)->forward (call);
  for (size_t i = 0; call->node->n_in > 1 && i < call->n * nn_shape_count (call->shape); i++)
    call->out[i] += call->in[1][i];
  if (!call->node->u.conv.bias)
    return;
  int k = call->shape.c;
  const nn_real *bias = call->weights + matrix_size (call->node);
  nn_real *y = call->out;
  for (size_t p = call->n * (size_t) call->shape.h * call->shape.w; p; p--, y += k)
    for (int j = 0; j < k; j++)
      y[j] += bias[j];
}

static void
backward_weights (const nn_grad_call *call)
{
  nn_grad_site site = nn_grad_site_of (call);
  way_of_part (&site, NN_CONV_WEIGHTS)->weights (call);
  if (!call->node->u.conv.bias)
    return;
  int k = call->shape.c;
  nn_real *db = call->dweights + matrix_size (call->node);
  const nn_real *dy = call->dout;
  for (size_t p = call->n * (size_t) call->shape.h * call->shape.w; p; p--, dy += k)
    for (int j = 0; j < k; j++)
      db[j] += dy[j];
}

static void
backward_input (const nn_grad_call *call)
{
  nn_grad_site site = nn_grad_site_of (call);
  nn_grad_call part = *call;
  part.packed += forward_packed (&site);
  way_of_part (&site, NN_CONV_INPUT)->input (&part);
}

static void
backward (const nn_grad_call *call)
{
  if (call->dweights)
    backward_weights (call);
  if (call->din[0])
    backward_input (call);
  if (call->node->n_in > 1 && call->din[1])
    memcpy (call->din[1], call->dout, call->n * nn_shape_count (call->shape) * sizeof *call->dout);
}

static void
unpack (const nn_node *node, const nn_real *sum, nn_real *dweights)
{
  size_t matrix = matrix_size (node);
  way_of (node)->unpack (node, sum, dweights);
  memcpy (dweights + matrix, sum + matrix, (node->n_weights - matrix) * sizeof *sum);
}

const nn_grad_impl nn_grad_conv = {
  .reads_in = true,
  .forward = forward,
  .backward = backward,
  .scratch = scratch,
  .packed = packed,
  .pack = pack,
  .unpack = unpack,
};
