/* SPDX-License-Identifier: MIT */
#include "partial.h"

#include "ops/resize.h"

/* Stands in for an open side so that the other one can be computed: no kernel fails to fit. */
#define OPEN_SIDE (1 << 24)

static bool
is_known (nn_shape shape)
{
  return shape.h && shape.w && shape.c;
}

static int *
side (nn_shape *shape, nn_axis axis)
{
  return axis == NN_AXIS_H ? &shape->h : axis == NN_AXIS_W ? &shape->w : &shape->c;
}

static nn_shape
slide (const nn_window *window, nn_shape in, int c)
{
  int h, w, top, left;
  nn_window_size (window, in.h ? in.h : OPEN_SIDE, in.w ? in.w : OPEN_SIDE, &h, &w, &top, &left);
  return (nn_shape) { in.h ? h : 0, in.w ? w : 0, c };
}

/* An open side against 1 stays open, against n it must be n or 1. */
static int
broadcast (int a, int b)
{
  return a == 1 ? b : b == 1 ? a : a ? a : b;
}

static nn_shape
joined (const nn_node *node, const nn_shape *shapes)
{
  nn_shape out = shapes[node->in[0]];
  int sum = 0;
  bool open = false;
  for (int i = 0; i < node->n_in; i++) {
    nn_shape in = shapes[node->in[i]];
    int length = *side (&in, node->u.along.axis);
    open |= !length || length > OPEN_SIDE - sum;
    sum += open ? 0 : length;
    out = (nn_shape) { out.h ? out.h : in.h, out.w ? out.w : in.w, out.c ? out.c : in.c };
  }
  *side (&out, node->u.along.axis) = open ? 0 : sum;
  return out;
}

static nn_shape
open_shape (const nn_node *node, const nn_shape *shapes)
{
  nn_shape in = shapes[node->in[0]], out = in, other;
  switch (node->op) {
  case NN_OP_conv:
    return slide (&node->u.conv.window, in, node->u.conv.k);
  case NN_OP_max_pool:
  case NN_OP_avg_pool:
    return slide (&node->u.pool.window, in, in.c);
  case NN_OP_dense:
    return (nn_shape) { 1, 1, node->u.dense.k };
  case NN_OP_batch_norm:
    return (nn_shape) { in.h, in.w, node->u.batch_norm.c };
  case NN_OP_global_avg_pool:
    return (nn_shape) { 1, 1, in.c };
  case NN_OP_add:
  case NN_OP_sub:
  case NN_OP_mul:
  case NN_OP_div:
    other = shapes[node->in[1]];
    return (nn_shape) { broadcast (in.h, other.h), broadcast (in.w, other.w), broadcast (in.c, other.c) };
  case NN_OP_concat:
    return joined (node, shapes);
  case NN_OP_pad:
    return (nn_shape) { in.h ? in.h + node->u.pad.top + node->u.pad.bottom : 0, in.w ? in.w + node->u.pad.left + node->u.pad.right : 0, in.c };
  case NN_OP_resize:
    return (nn_shape) { nn_resize_side (node, NN_AXIS_H, in.h), nn_resize_side (node, NN_AXIS_W, in.w), in.c };
  case NN_OP_reshape:
    out = node->u.reshape.shape;
    return (nn_shape) { out.h > 0 ? out.h : 0, out.w > 0 ? out.w : 0, out.c > 0 ? out.c : 0 };
  case NN_OP_permute:
    for (int i = 0; i < 3; i++)
      *side (&out, (nn_axis) i) = *side (&in, node->u.permute.axes[i]);
    return out;
  default:
    return in;
  }
}

bool
nn_partial_shape (const nn_graph *graph, int node, nn_shape *shapes, nn_error *error)
{
  const nn_node *it = &graph->nodes[node];
  if (it->op == NN_OP_input) {
    shapes[node] = it->u.input.shape;
    return true;
  }
  bool known = true;
  for (int i = 0; i < it->n_in; i++)
    known &= is_known (shapes[it->in[i]]);
  if (known)
    return nn_node_shape (graph, node, shapes, error);
  shapes[node] = open_shape (it, shapes);
  if (shapes[node].h < 0 || shapes[node].w < 0 || shapes[node].h > OPEN_SIDE || shapes[node].w > OPEN_SIDE)
    return nn_fail (error, "node '%.80s' (%s): its window does not fit, or its plane is too large", it->name, nn_op_name (it->op));
  return true;
}
