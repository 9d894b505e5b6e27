/* SPDX-License-Identifier: MIT
 * Writing each operator: planes as (n, c, h, w), vectors as (n, c), weights in ONNX's own order. */
#include "onnx_writer.h"
#include "ops/op.h"

#include <stdlib.h>
#include <string.h>

/* ---- forms of a value ---------------------------------------------------------------------------------------------------- */

/* The value as (n, c, h, w). */
static nn_label
as_plane (nn_writer *w, int node)
{
  if (!w->flat[node])
    return nn_writer_name (w, node);
  nn_label in[2] = { nn_writer_name (w, node), nn_writer_beside (w, node, "plane_axes") }, out = nn_writer_beside (w, node, "plane");
  if (!w->twin[node]) {
    nn_emit_integers (w, &in[1], (int[]) { 2, 3 }, 2);
    nn_emit_node (w, "Unsqueeze", in, 2, &out);
  }
  w->twin[node] = true;
  return out;
}

/* The value as (n, features), a plane in the order (c, h, w), which *plane then says. */
static nn_label
as_flat (nn_writer *w, int node, nn_shape *plane)
{
  *plane = w->plane[node];
  if (w->flat[node])
    return nn_writer_name (w, node);
  nn_label in = nn_writer_name (w, node), out = nn_writer_beside (w, node, "flat");
  *plane = w->shapes[node];
  if (!w->twin[node])
    nn_emit_node (w, "Flatten", &in, 1, &out);
  w->twin[node] = true;
  return out;
}

static nn_label
transposed (nn_writer *w, nn_label in, const nn_label *out, const int perm[4])
{
  size_t node = nn_emit_open_node (w, "Transpose", &in, 1, out);
  nn_emit_ints (w, "perm", perm, 4);
  nn_wire_close (&w->nodes, node);
  return *out;
}

static const int to_nhwc[4] = { 0, 2, 3, 1 }, to_nchw[4] = { 0, 3, 1, 2 };

/* ---- operators ----------------------------------------------------------------------------------------------------------- */

static void
put_window (nn_writer *w, const nn_window *window)
{
  nn_emit_ints (w, "kernel_shape", (int[]) { window->kh, window->kw }, 2);
  nn_emit_ints (w, "strides", (int[]) { window->stride_h, window->stride_w }, 2);
  if (window->auto_pad)
    nn_emit_string (w, "auto_pad", window->auto_pad == NN_PAD_SAME_UPPER ? "SAME_UPPER" : "SAME_LOWER");
  else
    nn_emit_ints (w, "pads", (int[]) { window->pad_top, window->pad_left, window->pad_bottom, window->pad_right }, 4);
}

static void
put_dilations (nn_writer *w, const nn_window *window)
{
  nn_emit_ints (w, "dilations", (int[]) { window->dilation_h, window->dilation_w }, 2);
}

static void
write_conv (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_real *weights = w->model->weights + node->weights;
  int k = node->u.conv.k;
  nn_label in[3] = { as_plane (w, node->in[0]), nn_writer_beside (w, index, "weight"), nn_writer_beside (w, index, "bias") };
  nn_label sum[2] = { nn_writer_beside (w, index, "product") };
  if (node->n_in > 1)
    sum[1] = as_plane (w, node->in[1]);
  nn_writer_put_filters (w, index, &in[1]);
  if (node->u.conv.bias)
    nn_emit_vector (w, &in[2], weights + node->n_weights - (size_t) k, k);
  size_t at = nn_emit_open_node (w, "Conv", in, node->u.conv.bias ? 3 : 2, node->n_in > 1 ? &sum[0] : out);
  put_window (w, &node->u.conv.window);
  put_dilations (w, &node->u.conv.window);
  nn_emit_int (w, "group", node->u.conv.groups);
  nn_wire_close (&w->nodes, at);
  if (node->n_in > 1)
    nn_emit_node (w, "Add", sum, 2, out);
}

static bool
write_dense (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_shape plane;
  nn_label in[3] = { as_flat (w, node->in[0], &plane), nn_writer_beside (w, index, "weight"), nn_writer_beside (w, index, "bias") };
  if (!nn_writer_put_matrix (w, index, plane, &in[1]))
    return false;
  if (node->u.dense.bias)
    nn_emit_vector (w, &in[2], w->model->weights + node->weights + (size_t) node->u.dense.k * (size_t) node->u.dense.c, node->u.dense.k);
  size_t at = nn_emit_open_node (w, "Gemm", in, node->u.dense.bias ? 3 : 2, out);
  nn_emit_int (w, "transB", 1);
  nn_wire_close (&w->nodes, at);
  w->flat[index] = true;
  return true;
}

static void
write_batch_norm (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  static const char *const names[4] = { "scale", "bias", "mean", "variance" };
  nn_label in[5] = { nn_writer_name (w, node->in[0]) };
  for (int i = 0; i < 4; i++) {
    in[1 + i] = nn_writer_beside (w, index, names[i]);
    nn_emit_vector (w, &in[1 + i], w->model->weights + node->weights + (size_t) i * (size_t) node->u.batch_norm.c, node->u.batch_norm.c);
  }
  size_t at = nn_emit_open_node (w, "BatchNormalization", in, 5, out);
  nn_emit_float (w, "epsilon", node->u.batch_norm.eps);
  nn_wire_close (&w->nodes, at);
}

/* Opset 13 has no HardSwish: x * HardSigmoid (x), as opset 14 defines it. */
static void
write_hard_swish (nn_writer *w, int index, nn_label in, const nn_label *out)
{
  nn_label gate[2] = { in, nn_writer_beside (w, index, "gate") };
  size_t at = nn_emit_open_node (w, "HardSigmoid", &in, 1, &gate[1]);
  nn_emit_float (w, "alpha", (nn_real) (1.0 / 6));
  nn_emit_float (w, "beta", (nn_real) 0.5);
  nn_wire_close (&w->nodes, at);
  nn_emit_node (w, "Mul", gate, 2, out);
}

static void
write_act (nn_writer *w, int index, nn_act act, nn_label input, const nn_label *out)
{
  static const char *const names[] = { "Identity", "Relu", "LeakyRelu", "Clip", "Sigmoid", "HardSigmoid" };
  const nn_node *node = &w->graph->nodes[index];
  nn_label in[3] = { input, nn_writer_beside (w, index, "low"), nn_writer_beside (w, index, "high") };
  if (act == NN_ACT_HARD_SWISH) {
    write_hard_swish (w, index, input, out);
    return;
  }
  if (act == NN_ACT_CLIP) {
    nn_emit_scalar (w, &in[1], node->act_a);
    nn_emit_scalar (w, &in[2], node->act_b);
  }
  size_t at = nn_emit_open_node (w, names[act], in, act == NN_ACT_CLIP ? 3 : 1, out);
  if (act == NN_ACT_LEAKY_RELU || act == NN_ACT_HARD_SIGMOID)
    nn_emit_float (w, "alpha", node->act_a);
  if (act == NN_ACT_HARD_SIGMOID)
    nn_emit_float (w, "beta", node->act_b);
  nn_wire_close (&w->nodes, at);
}

static bool
write_pool (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_window *window = &node->u.pool.window;
  bool average = node->op == NN_OP_avg_pool;
  if (average && (window->dilation_h > 1 || window->dilation_w > 1))
    return nn_fail (w->error, "node \"%.80s\" (avg_pool): opset 13 has no dilation of %dx%d", node->name, window->dilation_h, window->dilation_w);
  nn_label in = as_plane (w, node->in[0]);
  size_t at = nn_emit_open_node (w, average ? "AveragePool" : "MaxPool", &in, 1, out);
  put_window (w, window);
  nn_emit_int (w, "ceil_mode", window->ceil_mode);
  if (average)
    nn_emit_int (w, "count_include_pad", window->count_include_pad);
  else
    put_dilations (w, window);
  nn_wire_close (&w->nodes, at);
  return true;
}

static bool
is_constant (const nn_writer *w, int node)
{
  return w->graph->nodes[node].op == NN_OP_constant;
}

/* A constant (h, w, c) as it stands beside a tensor: (1, c, h, w), or (1, c) beside a flat one. */
static nn_label
put_constant (nn_writer *w, int constant, bool flat)
{
  nn_shape shape = w->graph->nodes[constant].u.constant.shape;
  const nn_real *values = w->model->weights + w->graph->nodes[constant].weights;
  nn_label name = flat ? nn_writer_beside (w, constant, "flat") : nn_writer_name (w, constant);
  bool *written = flat ? &w->twin[constant] : &w->written[constant];
  if (*written)
    return name;
  *written = true;
  nn_emit_tensor at = nn_emit_open_tensor (w, &name, NN_ONNX_FLOAT, (int[]) { 1, shape.c, shape.h, shape.w }, flat ? 2 : 4);
  for (size_t c = 0; c < (size_t) shape.c; c++)
    for (size_t p = 0; p < (size_t) shape.h * (size_t) shape.w; p++)
      nn_emit_real (w, &at, values[p * (size_t) shape.c + c]);
  nn_emit_close_tensor (w, &at);
  return name;
}

static void
write_arith (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  bool flat = true;
  for (int i = 0; i < 2; i++)
    flat &= is_constant (w, node->in[i]) ? w->shapes[node->in[i]].h == 1 && w->shapes[node->in[i]].w == 1 : w->flat[node->in[i]];
  nn_label in[2];
  for (int i = 0; i < 2; i++)
    in[i] = is_constant (w, node->in[i]) ? put_constant (w, node->in[i], flat) : flat ? nn_writer_name (w, node->in[i]) : as_plane (w, node->in[i]);
  nn_emit_node (w, node->op == NN_OP_add ? "Add" : node->op == NN_OP_sub ? "Sub" : node->op == NN_OP_mul ? "Mul" : "Div", in, 2, out);
  w->flat[index] = flat;
}

/* Where a memory axis stands in (n, c, h, w). */
static int
logical (nn_axis axis)
{
  return axis == NN_AXIS_C ? 1 : axis == NN_AXIS_H ? 2 : 3;
}

static void
write_concat (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  bool flat = node->u.along.axis == NN_AXIS_C;
  for (int i = 0; i < node->n_in; i++)
    flat &= w->flat[node->in[i]];
  nn_label *in = calloc (NN_MAX_INPUTS, sizeof *in);
  w->nodes.failed |= !in;
  for (int i = 0; in && i < node->n_in; i++)
    in[i] = flat ? nn_writer_name (w, node->in[i]) : as_plane (w, node->in[i]);
  size_t at = nn_emit_open_node (w, "Concat", in, in ? node->n_in : 0, out);
  nn_emit_int (w, "axis", logical (node->u.along.axis));
  nn_wire_close (&w->nodes, at);
  free (in);
  w->flat[index] = flat;
}

static void
write_softmax (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  bool flat = node->u.along.axis == NN_AXIS_C && w->flat[node->in[0]];
  nn_label in = flat ? nn_writer_name (w, node->in[0]) : as_plane (w, node->in[0]);
  size_t at = nn_emit_open_node (w, "Softmax", &in, 1, out);
  nn_emit_int (w, "axis", logical (node->u.along.axis));
  nn_wire_close (&w->nodes, at);
  w->flat[index] = flat;
}

static void
write_pad (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_label in[3] = { as_plane (w, node->in[0]), nn_writer_beside (w, index, "pads"), nn_writer_beside (w, index, "value") };
  nn_emit_integers (w, &in[1], (int[]) { 0, 0, node->u.pad.top, node->u.pad.left, 0, 0, node->u.pad.bottom, node->u.pad.right }, 8);
  nn_emit_scalar (w, &in[2], node->u.pad.value);
  nn_emit_node (w, "Pad", in, 3, out);
}

/* The same bytes in memory: planes are brought to (n, h, w, c) and back, unless only dense layers read a flattened one. */
static void
write_reshape (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_shape to = node->u.reshape.shape;
  nn_label in[2] = { nn_writer_name (w, node->in[0]), nn_writer_beside (w, index, "shape") };
  nn_label nhwc = nn_writer_beside (w, index, "nhwc"), shaped = nn_writer_beside (w, index, "shaped");
  bool from_flat = w->flat[node->in[0]], flat = to.h == 1 && to.w == 1;
  if (flat && !w->order_matters[index]) {
    w->plane[index] = from_flat ? w->plane[node->in[0]] : w->shapes[node->in[0]];
    from_flat = true;
  }
  if (!from_flat)
    in[0] = transposed (w, in[0], &nhwc, to_nhwc);
  if (flat)
    nn_emit_node (w, "Flatten", in, 1, out);
  else {
    nn_emit_integers (w, &in[1], (int[]) { 0, to.h, to.w, to.c }, 4);
    nn_emit_node (w, "Reshape", in, 2, &shaped);
    transposed (w, shaped, out, to_nchw);
  }
  w->flat[index] = flat;
}

/* Output axis i in memory is input axis axes[i]. Reading takes (0, 3, 1, 2) behind the input for the sign of an image that is declared as
 * (n, h, w, c), so that one is written as its square root, twice. */
static void
write_permute (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_axis *axes = node->u.permute.axes;
  nn_label in = as_plane (w, node->in[0]), half = nn_writer_beside (w, index, "half");
  int perm[4] = { 0, logical (axes[NN_AXIS_C]), logical (axes[NN_AXIS_H]), logical (axes[NN_AXIS_W]) };
  if (!memcmp (perm, to_nchw, sizeof perm)) {
    in = transposed (w, in, &half, to_nhwc);
    memcpy (perm, to_nhwc, sizeof perm);
  }
  transposed (w, in, out, perm);
}

static void
write_dropout (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_label in[2] = { nn_writer_name (w, node->in[0]), nn_writer_beside (w, index, "ratio") };
  nn_emit_scalar (w, &in[1], node->u.dropout.rate);
  nn_emit_node (w, "Dropout", in, 2, out);
}

/* Writes the node's operator with its result named out. */
static bool
write_op (nn_writer *w, int index, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_label in = { "" };
  switch (node->op) {
  case NN_OP_input:
  case NN_OP_constant:
    return true;
  case NN_OP_conv:
    write_conv (w, index, out);
    return true;
  case NN_OP_dense:
    return write_dense (w, index, out);
  case NN_OP_max_pool:
  case NN_OP_avg_pool:
    return write_pool (w, index, out);
  case NN_OP_global_avg_pool:
    in = as_plane (w, node->in[0]);
    nn_emit_node (w, "GlobalAveragePool", &in, 1, out);
    return true;
  case NN_OP_add:
  case NN_OP_sub:
  case NN_OP_mul:
  case NN_OP_div:
    write_arith (w, index, out);
    return true;
  case NN_OP_concat:
    write_concat (w, index, out);
    return true;
  case NN_OP_softmax:
    write_softmax (w, index, out);
    return true;
  case NN_OP_pad:
    write_pad (w, index, out);
    return true;
  case NN_OP_resize:
    in = as_plane (w, node->in[0]);
    nn_writer_put_resize (w, index, &in, out);
    return true;
  case NN_OP_reshape:
    write_reshape (w, index, out);
    return true;
  case NN_OP_permute:
    write_permute (w, index, out);
    return true;
  default:
    break;
  }
  /* What is left looks at single numbers or channels: the form of its input is its own. */
  in = nn_writer_name (w, node->in[0]);
  w->flat[index] = w->flat[node->in[0]];
  w->plane[index] = w->plane[node->in[0]];
  if (node->op == NN_OP_batch_norm)
    write_batch_norm (w, index, out);
  else if (node->op == NN_OP_dropout)
    write_dropout (w, index, out);
  else
    write_act (w, index, nn_act_of (node->op), in, out);
  return true;
}

bool
nn_writer_put_node (nn_writer *w, int index)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_label name = nn_writer_name (w, index), linear = nn_writer_beside (w, index, "linear");
  if (!node->act || nn_act_of (node->op))
    return write_op (w, index, &name);
  if (!write_op (w, index, &linear))
    return false;
  write_act (w, index, node->act, linear, &name);
  return true;
}
