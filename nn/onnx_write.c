/* SPDX-License-Identifier: MIT
 * Writing a model as ONNX, opset 13: planes as (n, c, h, w), vectors as (n, c), weights in ONNX's own order. */
#include "onnx.h"
#include "ops/op.h"
#include "partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAME 1200

typedef struct writer {
  const nn_model *model;
  const nn_graph *graph;
  nn_wire_out nodes, tensors;       /* of the graph message */
  nn_shape shapes[NN_MAX_NODES];    /* in memory; 0: open */
  bool flat[NN_MAX_NODES];          /* the value is (n, c) in the file */
  bool order_matters[NN_MAX_NODES]; /* somebody but dense layers looks at the order of a flattened plane */
  nn_shape plane[NN_MAX_NODES];     /* a flat value that stands in the order (c, h, w) of this plane; c 0: none */
  bool twin[NN_MAX_NODES];          /* the value has also been written in the other form, under twin_name */
  nn_error *error;
} writer;

/* ---- names --------------------------------------------------------------------------------------------------------------- */

typedef struct label {
  char text[MAX_NAME];
} label;

/* A name that no node has: of what stands beside node. */
static label
beside (const writer *w, int node, const char *suffix)
{
  label name;
  snprintf (name.text, sizeof name.text, "%.1100s/%s", w->graph->nodes[node].name, suffix);
  for (int i = 2; nn_graph_find (w->graph, name.text) >= 0; i++)
    snprintf (name.text, sizeof name.text, "%.1100s/%s%d", w->graph->nodes[node].name, suffix, i);
  return name;
}

static label
name_of (const writer *w, int node)
{
  label name;
  snprintf (name.text, sizeof name.text, "%s", w->graph->nodes[node].name);
  return name;
}

/* ---- messages ------------------------------------------------------------------------------------------------------------ */

/* NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute. Attributes follow until nn_wire_close. */
static size_t
open_node (writer *w, const char *op, const label *in, int n_in, const label *out)
{
  size_t node = nn_wire_open (&w->nodes, 1);
  for (int i = 0; i < n_in; i++)
    nn_wire_put_string (&w->nodes, 1, in[i].text);
  nn_wire_put_string (&w->nodes, 2, out->text);
  nn_wire_put_string (&w->nodes, 3, out->text);
  nn_wire_put_string (&w->nodes, 4, op);
  return node;
}

static void
put_node (writer *w, const char *op, const label *in, int n_in, const label *out)
{
  nn_wire_close (&w->nodes, open_node (w, op, in, n_in, out));
}

/* AttributeProto: 1 name, 2 f, 3 i, 4 s, 8 ints, 20 type. */
static size_t
open_attribute (writer *w, const char *name, int type)
{
  size_t attribute = nn_wire_open (&w->nodes, 5);
  nn_wire_put_string (&w->nodes, 1, name);
  nn_wire_put_int (&w->nodes, 20, type);
  return attribute;
}

static void
put_float (writer *w, const char *name, nn_real value)
{
  size_t attribute = open_attribute (w, name, 1);
  nn_wire_put_float (&w->nodes, 2, (float) value);
  nn_wire_close (&w->nodes, attribute);
}

static void
put_int (writer *w, const char *name, int64_t value)
{
  size_t attribute = open_attribute (w, name, 2);
  nn_wire_put_int (&w->nodes, 3, value);
  nn_wire_close (&w->nodes, attribute);
}

static void
put_string (writer *w, const char *name, const char *value)
{
  size_t attribute = open_attribute (w, name, 3);
  nn_wire_put_string (&w->nodes, 4, value);
  nn_wire_close (&w->nodes, attribute);
}

static void
put_ints (writer *w, const char *name, const int *values, int n)
{
  size_t attribute = open_attribute (w, name, 7);
  for (int i = 0; i < n; i++)
    nn_wire_put_int (&w->nodes, 8, values[i]);
  nn_wire_close (&w->nodes, attribute);
}

/* TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data; its numbers follow until close_tensor. */
typedef struct open_tensor {
  size_t tensor, data;
} open_tensor;

static open_tensor
open_tensor_of (writer *w, const label *name, nn_onnx_type type, const int *dims, int rank)
{
  open_tensor at = { .tensor = nn_wire_open (&w->tensors, 5) };
  for (int i = 0; i < rank; i++)
    nn_wire_put_int (&w->tensors, 1, dims[i]);
  nn_wire_put_int (&w->tensors, 2, type);
  nn_wire_put_string (&w->tensors, 8, name->text);
  at.data = nn_wire_open (&w->tensors, 9);
  return at;
}

static void
close_tensor (writer *w, open_tensor at)
{
  nn_wire_close (&w->tensors, at.data);
  nn_wire_close (&w->tensors, at.tensor);
}

static void
put_real (writer *w, nn_real value)
{
  float single = (float) value;
  uint32_t bits;
  memcpy (&bits, &single, sizeof bits);
  nn_wire_put (&w->tensors, (uint8_t[]) { (uint8_t) bits, (uint8_t) (bits >> 8), (uint8_t) (bits >> 16), (uint8_t) (bits >> 24) }, 4);
}

static void
put_vector (writer *w, const label *name, const nn_real *values, int n)
{
  open_tensor at = open_tensor_of (w, name, NN_ONNX_FLOAT, &n, 1);
  for (int i = 0; i < n; i++)
    put_real (w, values[i]);
  close_tensor (w, at);
}

static void
put_scalar (writer *w, const label *name, nn_real value)
{
  open_tensor at = open_tensor_of (w, name, NN_ONNX_FLOAT, NULL, 0);
  put_real (w, value);
  close_tensor (w, at);
}

static void
put_integers (writer *w, const label *name, const int *values, int n)
{
  open_tensor at = open_tensor_of (w, name, NN_ONNX_INT64, &n, 1);
  for (int i = 0; i < n; i++) {
    uint8_t bytes[8];
    for (int j = 0; j < 8; j++)
      bytes[j] = (uint8_t) ((uint64_t) (int64_t) values[i] >> (8 * j));
    nn_wire_put (&w->tensors, bytes, sizeof bytes);
  }
  close_tensor (w, at);
}

/* ---- forms of a value ---------------------------------------------------------------------------------------------------- */

/* The value as (n, c, h, w). */
static label
as_plane (writer *w, int node)
{
  if (!w->flat[node])
    return name_of (w, node);
  label in[2] = { name_of (w, node), beside (w, node, "plane_axes") }, out = beside (w, node, "plane");
  if (!w->twin[node]) {
    put_integers (w, &in[1], (int[]) { 2, 3 }, 2);
    put_node (w, "Unsqueeze", in, 2, &out);
  }
  w->twin[node] = true;
  return out;
}

/* The value as (n, features), a plane in the order (c, h, w), which *plane then says. */
static label
as_flat (writer *w, int node, nn_shape *plane)
{
  *plane = w->plane[node];
  if (w->flat[node])
    return name_of (w, node);
  label in = name_of (w, node), out = beside (w, node, "flat");
  *plane = w->shapes[node];
  if (!w->twin[node])
    put_node (w, "Flatten", &in, 1, &out);
  w->twin[node] = true;
  return out;
}

static label
transposed (writer *w, label in, const label *out, const int perm[4])
{
  size_t node = open_node (w, "Transpose", &in, 1, out);
  put_ints (w, "perm", perm, 4);
  nn_wire_close (&w->nodes, node);
  return *out;
}

static const int to_nhwc[4] = { 0, 2, 3, 1 }, to_nchw[4] = { 0, 3, 1, 2 };

/* ---- operators ----------------------------------------------------------------------------------------------------------- */

static void
put_window (writer *w, const nn_window *window)
{
  put_ints (w, "kernel_shape", (int[]) { window->kh, window->kw }, 2);
  put_ints (w, "strides", (int[]) { window->stride_h, window->stride_w }, 2);
  if (window->auto_pad)
    put_string (w, "auto_pad", window->auto_pad == NN_PAD_SAME_UPPER ? "SAME_UPPER" : "SAME_LOWER");
  else
    put_ints (w, "pads", (int[]) { window->pad_top, window->pad_left, window->pad_bottom, window->pad_right }, 4);
}

static void
put_dilations (writer *w, const nn_window *window)
{
  put_ints (w, "dilations", (int[]) { window->dilation_h, window->dilation_w }, 2);
}

/* W (k, kh, kw, c) -> (k, c, kh, kw) */
static void
put_filters (writer *w, const nn_node *node, const nn_real *weights, const label *name)
{
  int k = node->u.conv.k, c = node->u.conv.c / node->u.conv.groups, kh = node->u.conv.window.kh, kw = node->u.conv.window.kw;
  size_t plane = (size_t) kh * (size_t) kw;
  open_tensor at = open_tensor_of (w, name, NN_ONNX_FLOAT, (int[]) { k, c, kh, kw }, 4);
  for (size_t i = 0; i < (size_t) k; i++)
    for (size_t j = 0; j < (size_t) c; j++)
      for (size_t p = 0; p < plane; p++)
        put_real (w, weights[(i * plane + p) * (size_t) c + j]);
  close_tensor (w, at);
}

static void
write_conv (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_real *weights = w->model->weights + node->weights;
  int k = node->u.conv.k;
  label in[3] = { as_plane (w, node->in[0]), beside (w, index, "weight"), beside (w, index, "bias") };
  put_filters (w, node, weights, &in[1]);
  if (node->u.conv.bias)
    put_vector (w, &in[2], weights + node->n_weights - (size_t) k, k);
  size_t at = open_node (w, "Conv", in, node->u.conv.bias ? 3 : 2, out);
  put_window (w, &node->u.conv.window);
  put_dilations (w, &node->u.conv.window);
  put_int (w, "group", node->u.conv.groups);
  nn_wire_close (&w->nodes, at);
}

/* W (k, c): columns from memory's order (h, w, c) to (c, h, w) where the file's input has it. */
static bool
put_matrix (writer *w, int index, nn_shape plane, const label *name)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_real *row = w->model->weights + node->weights;
  size_t k = (size_t) node->u.dense.k, columns = (size_t) node->u.dense.c, c = plane.c ? (size_t) plane.c : columns, positions = columns / c;
  if (columns % c)
    return nn_fail (w->error, "node \"%.80s\" (dense): %zu columns for a plane of %zu channels", node->name, columns, c);
  open_tensor at = open_tensor_of (w, name, NN_ONNX_FLOAT, (int[]) { node->u.dense.k, node->u.dense.c }, 2);
  for (size_t u = 0; u < k; u++, row += columns)
    for (size_t j = 0; j < c; j++)
      for (size_t p = 0; p < positions; p++)
        put_real (w, row[p * c + j]);
  close_tensor (w, at);
  return true;
}

static bool
write_dense (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_shape plane;
  label in[3] = { as_flat (w, node->in[0], &plane), beside (w, index, "weight"), beside (w, index, "bias") };
  if (!put_matrix (w, index, plane, &in[1]))
    return false;
  if (node->u.dense.bias)
    put_vector (w, &in[2], w->model->weights + node->weights + (size_t) node->u.dense.k * (size_t) node->u.dense.c, node->u.dense.k);
  size_t at = open_node (w, "Gemm", in, node->u.dense.bias ? 3 : 2, out);
  put_int (w, "transB", 1);
  nn_wire_close (&w->nodes, at);
  w->flat[index] = true;
  return true;
}

static void
write_batch_norm (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  static const char *const names[4] = { "scale", "bias", "mean", "variance" };
  label in[5] = { name_of (w, node->in[0]) };
  for (int i = 0; i < 4; i++) {
    in[1 + i] = beside (w, index, names[i]);
    put_vector (w, &in[1 + i], w->model->weights + node->weights + (size_t) i * (size_t) node->u.batch_norm.c, node->u.batch_norm.c);
  }
  size_t at = open_node (w, "BatchNormalization", in, 5, out);
  put_float (w, "epsilon", node->u.batch_norm.eps);
  nn_wire_close (&w->nodes, at);
}

/* Opset 13 has no HardSwish: x * HardSigmoid (x), as opset 14 defines it. */
static void
write_hard_swish (writer *w, int index, label in, const label *out)
{
  label gate[2] = { in, beside (w, index, "gate") };
  size_t at = open_node (w, "HardSigmoid", &in, 1, &gate[1]);
  put_float (w, "alpha", (nn_real) (1.0 / 6));
  put_float (w, "beta", (nn_real) 0.5);
  nn_wire_close (&w->nodes, at);
  put_node (w, "Mul", gate, 2, out);
}

static void
write_act (writer *w, int index, nn_act act, label input, const label *out)
{
  static const char *const names[] = { "Identity", "Relu", "LeakyRelu", "Clip", "Sigmoid", "HardSigmoid" };
  const nn_node *node = &w->graph->nodes[index];
  label in[3] = { input, beside (w, index, "low"), beside (w, index, "high") };
  if (act == NN_ACT_HARD_SWISH) {
    write_hard_swish (w, index, input, out);
    return;
  }
  if (act == NN_ACT_CLIP) {
    put_scalar (w, &in[1], node->act_a);
    put_scalar (w, &in[2], node->act_b);
  }
  size_t at = open_node (w, names[act], in, act == NN_ACT_CLIP ? 3 : 1, out);
  if (act == NN_ACT_LEAKY_RELU || act == NN_ACT_HARD_SIGMOID)
    put_float (w, "alpha", node->act_a);
  if (act == NN_ACT_HARD_SIGMOID)
    put_float (w, "beta", node->act_b);
  nn_wire_close (&w->nodes, at);
}

static bool
write_pool (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_window *window = &node->u.pool.window;
  bool average = node->op == NN_OP_avg_pool;
  if (average && (window->dilation_h > 1 || window->dilation_w > 1))
    return nn_fail (w->error, "node \"%.80s\" (avg_pool): opset 13 has no dilation of %dx%d", node->name, window->dilation_h, window->dilation_w);
  label in = as_plane (w, node->in[0]);
  size_t at = open_node (w, average ? "AveragePool" : "MaxPool", &in, 1, out);
  put_window (w, window);
  put_int (w, "ceil_mode", window->ceil_mode);
  if (average)
    put_int (w, "count_include_pad", window->count_include_pad);
  else
    put_dilations (w, window);
  nn_wire_close (&w->nodes, at);
  return true;
}

static bool
is_constant (const writer *w, int node)
{
  return w->graph->nodes[node].op == NN_OP_constant;
}

/* A constant (h, w, c) as it stands beside a tensor: (1, c, h, w), or (1, c) beside a flat one. */
static label
put_constant (writer *w, int constant, bool flat)
{
  nn_shape shape = w->graph->nodes[constant].u.constant.shape;
  const nn_real *values = w->model->weights + w->graph->nodes[constant].weights;
  label name = flat ? beside (w, constant, "flat") : name_of (w, constant);
  if (w->twin[constant] && flat)
    return name;
  if (!flat && w->plane[constant].c)
    return name;
  open_tensor at = open_tensor_of (w, &name, NN_ONNX_FLOAT, (int[]) { 1, shape.c, shape.h, shape.w }, flat ? 2 : 4);
  for (size_t c = 0; c < (size_t) shape.c; c++)
    for (size_t p = 0; p < (size_t) shape.h * (size_t) shape.w; p++)
      put_real (w, values[p * (size_t) shape.c + c]);
  close_tensor (w, at);
  if (flat)
    w->twin[constant] = true;
  else
    w->plane[constant] = shape;
  return name;
}

static void
write_arith (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  bool flat = true;
  for (int i = 0; i < 2; i++)
    flat &= is_constant (w, node->in[i]) ? w->shapes[node->in[i]].h == 1 && w->shapes[node->in[i]].w == 1 : w->flat[node->in[i]];
  label in[2];
  for (int i = 0; i < 2; i++)
    in[i] = is_constant (w, node->in[i]) ? put_constant (w, node->in[i], flat) : flat ? name_of (w, node->in[i]) : as_plane (w, node->in[i]);
  put_node (w, node->op == NN_OP_add ? "Add" : node->op == NN_OP_sub ? "Sub" : node->op == NN_OP_mul ? "Mul" : "Div", in, 2, out);
  w->flat[index] = flat;
}

/* Where a memory axis stands in (n, c, h, w). */
static int
logical (nn_axis axis)
{
  return axis == NN_AXIS_C ? 1 : axis == NN_AXIS_H ? 2 : 3;
}

static void
write_concat (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  bool flat = node->u.along.axis == NN_AXIS_C;
  for (int i = 0; i < node->n_in; i++)
    flat &= w->flat[node->in[i]];
  label *in = calloc (NN_MAX_INPUTS, sizeof *in);
  w->nodes.failed |= !in;
  for (int i = 0; in && i < node->n_in; i++)
    in[i] = flat ? name_of (w, node->in[i]) : as_plane (w, node->in[i]);
  size_t at = open_node (w, "Concat", in, in ? node->n_in : 0, out);
  put_int (w, "axis", logical (node->u.along.axis));
  nn_wire_close (&w->nodes, at);
  free (in);
  w->flat[index] = flat;
}

static void
write_softmax (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  bool flat = node->u.along.axis == NN_AXIS_C && w->flat[node->in[0]];
  label in = flat ? name_of (w, node->in[0]) : as_plane (w, node->in[0]);
  size_t at = open_node (w, "Softmax", &in, 1, out);
  put_int (w, "axis", logical (node->u.along.axis));
  nn_wire_close (&w->nodes, at);
  w->flat[index] = flat;
}

static void
write_pad (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  label in[3] = { as_plane (w, node->in[0]), beside (w, index, "pads"), beside (w, index, "value") };
  put_integers (w, &in[1], (int[]) { 0, 0, node->u.pad.top, node->u.pad.left, 0, 0, node->u.pad.bottom, node->u.pad.right }, 8);
  put_scalar (w, &in[2], node->u.pad.value);
  put_node (w, "Pad", in, 3, out);
}

/* The same bytes in memory: planes are brought to (n, h, w, c) and back, unless only dense layers read a flattened one. */
static void
write_reshape (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_shape to = node->u.reshape.shape;
  label in[2] = { name_of (w, node->in[0]), beside (w, index, "shape") }, nhwc = beside (w, index, "nhwc"), shaped = beside (w, index, "shaped");
  bool from_flat = w->flat[node->in[0]], flat = to.h == 1 && to.w == 1;
  if (flat && !w->order_matters[index]) {
    w->plane[index] = from_flat ? w->plane[node->in[0]] : w->shapes[node->in[0]];
    from_flat = true;
  }
  if (!from_flat)
    in[0] = transposed (w, in[0], &nhwc, to_nhwc);
  if (flat)
    put_node (w, "Flatten", in, 1, out);
  else {
    put_integers (w, &in[1], (int[]) { 0, to.h, to.w, to.c }, 4);
    put_node (w, "Reshape", in, 2, &shaped);
    transposed (w, shaped, out, to_nchw);
  }
  w->flat[index] = flat;
}

/* Output axis i in memory is input axis axes[i]. Reading takes (0, 3, 1, 2) behind the input for a sign of an image that is declared as (n, h, w, c), so that
 * one is written as its square root, twice. */
static void
write_permute (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_axis *axes = node->u.permute.axes;
  label in = as_plane (w, node->in[0]), half = beside (w, index, "half");
  int perm[4] = { 0, logical (axes[NN_AXIS_C]), logical (axes[NN_AXIS_H]), logical (axes[NN_AXIS_W]) };
  if (!memcmp (perm, to_nchw, sizeof perm)) {
    in = transposed (w, in, &half, to_nhwc);
    memcpy (perm, to_nhwc, sizeof perm);
  }
  transposed (w, in, out, perm);
}

static void
write_dropout (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  label in[2] = { name_of (w, node->in[0]), beside (w, index, "ratio") };
  put_scalar (w, &in[1], node->u.dropout.rate);
  put_node (w, "Dropout", in, 2, out);
}

/* Writes the node's operator with its result named out. */
static bool
write_op (writer *w, int index, const label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  label in = { "" };
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
    put_node (w, "GlobalAveragePool", &in, 1, out);
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
  in = name_of (w, node->in[0]);
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

static bool
write_node (writer *w, int index)
{
  const nn_node *node = &w->graph->nodes[index];
  label name = name_of (w, index), linear = beside (w, index, "linear");
  if (!node->act || nn_act_of (node->op))
    return write_op (w, index, &name);
  if (!write_op (w, index, &linear))
    return false;
  write_act (w, index, node->act, linear, &name);
  return true;
}

/* ---- graph and model ----------------------------------------------------------------------------------------------------- */

/* Operators for which the order of a flattened plane's numbers is none of their business. */
static bool
is_pointwise (nn_op op)
{
  return nn_act_of (op) || op == NN_OP_identity || op == NN_OP_dropout;
}

static bool
prepare (writer *w)
{
  const nn_graph *graph = w->graph;
  for (int i = 0; i < graph->n_nodes; i++) {
    if (strlen (graph->nodes[i].name) > NN_ONNX_MAX_NAME)
      return nn_fail (w->error, "node \"%.80s...\": its name has more than %d bytes", graph->nodes[i].name, NN_ONNX_MAX_NAME);
    if (!nn_partial_shape (graph, i, w->shapes, w->error))
      return false;
  }
  for (int i = 0; i < graph->n_outputs; i++)
    w->order_matters[graph->outputs[i]] = true;
  for (int i = graph->n_nodes - 1; i >= 0; i--) {
    const nn_node *node = &graph->nodes[i];
    bool flatten = node->op == NN_OP_reshape && node->u.reshape.shape.h == 1 && node->u.reshape.shape.w == 1;
    for (int j = 0; j < node->n_in; j++)
      w->order_matters[node->in[j]] |= is_pointwise (node->op) || flatten ? w->order_matters[i] : node->op != NN_OP_dense;
  }
  return true;
}

/* ValueInfoProto: 1 name, 2 type { 1 tensor_type { 1 elem_type, 2 shape { 1 dim { 1 dim_value, 2 dim_param } } } }. */
static void
put_value (nn_wire_out *out, uint32_t number, const char *name, nn_shape shape, bool flat, bool name_sides)
{
  const int dims[4] = { 0, shape.c, shape.h, shape.w };
  static const char *const params[4] = { "n", "", "h", "w" };
  size_t value = nn_wire_open (out, number);
  nn_wire_put_string (out, 1, name);
  size_t type = nn_wire_open (out, 2), tensor = nn_wire_open (out, 1);
  nn_wire_put_int (out, 1, NN_ONNX_FLOAT);
  size_t sizes = nn_wire_open (out, 2);
  for (int i = 0; i < (flat ? 2 : 4); i++) {
    size_t dim = nn_wire_open (out, 1);
    if (dims[i])
      nn_wire_put_int (out, 1, dims[i]);
    else if (!i || name_sides)
      nn_wire_put_string (out, 2, params[i]);
    nn_wire_close (out, dim);
  }
  nn_wire_close (out, sizes);
  nn_wire_close (out, tensor);
  nn_wire_close (out, type);
  nn_wire_close (out, value);
}

/* A value that is an input, or an output already, becomes one through an Identity. */
static void
put_output (writer *w, nn_wire_out *values, int i)
{
  int node = w->graph->outputs[i];
  label name = name_of (w, node), in = name;
  bool again = w->graph->nodes[node].op == NN_OP_input;
  for (int j = 0; j < i; j++)
    again |= w->graph->outputs[j] == node;
  if (again) {
    char suffix[24];
    snprintf (suffix, sizeof suffix, "output%d", i);
    name = beside (w, node, suffix);
    put_node (w, "Identity", &in, 1, &name);
  }
  put_value (values, 12, name.text, w->shapes[node], w->flat[node], false);
}

/* GraphProto: 1 node, 2 name, 5 initializer, 11 input, 12 output. */
static bool
write_graph (writer *w, nn_wire_out *out)
{
  nn_wire_out values = { 0 };
  if (!prepare (w))
    return false;
  for (int i = 0; i < w->graph->n_nodes; i++) {
    const nn_node *node = &w->graph->nodes[i];
    if (!write_node (w, i))
      return false;
    if (node->op == NN_OP_input)
      put_value (&values, 11, node->name, node->u.input.shape, false, true);
  }
  for (int i = 0; i < w->graph->n_outputs; i++)
    put_output (w, &values, i);
  size_t graph = nn_wire_open (out, 7);
  nn_wire_put (out, w->nodes.bytes, w->nodes.size);
  nn_wire_put_string (out, 2, "feremotion");
  nn_wire_put (out, w->tensors.bytes, w->tensors.size);
  nn_wire_put (out, values.bytes, values.size);
  nn_wire_close (out, graph);
  out->failed |= w->nodes.failed || w->tensors.failed || values.failed;
  free (values.bytes);
  return true;
}

/* ModelProto: 1 ir_version, 2 producer_name, 7 graph, 8 opset_import { 2 version }, 14 metadata_props. */
static bool
write_model (writer *w, nn_wire_out *out)
{
  nn_wire_put_int (out, 1, 8);
  nn_wire_put_string (out, 2, "feremotion");
  if (!write_graph (w, out))
    return false;
  size_t opset = nn_wire_open (out, 8);
  nn_wire_put_string (out, 1, "");
  nn_wire_put_int (out, 2, 13);
  nn_wire_close (out, opset);
  for (int i = 0; i < w->model->n_metas; i++)
    nn_onnx_put_meta (out, &w->model->metas[i]);
  return !out->failed || nn_fail (w->error, "out of memory");
}

bool
nn_model_write (const nn_model *model, void **bytes, size_t *size, nn_error *error)
{
  nn_wire_out out = { 0 };
  writer *w = calloc (1, sizeof *w);
  bool ok = w;
  if (w) {
    *w = (writer) { .model = model, .graph = model->graph, .error = error };
    ok = write_model (w, &out);
    free (w->nodes.bytes);
    free (w->tensors.bytes);
  } else
    nn_fail (error, "out of memory");
  free (w);
  if (!ok) {
    free (out.bytes);
    return false;
  }
  *bytes = out.bytes;
  *size = out.size;
  return true;
}
