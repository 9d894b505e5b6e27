/* SPDX-License-Identifier: MIT
 * Import of the operators that look at channels, planes and single numbers; and the list of all operators. */
#include "onnx_ops.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- windows ------------------------------------------------------------------------------------------------------------- */

/* n numbers of an attribute in [low, 2^15], which window checks narrow further. */
static bool
read_ints (nn_import *im, const char *name, int n, int low, int *out)
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, name);
  if (!attribute)
    return true;
  if (attribute->n_ints != n)
    return nn_fail (im->error, "%s has %d numbers, expected %d: only planes are supported", name, attribute->n_ints, n);
  for (int i = 0; i < n; i++) {
    if (attribute->ints[i] < low || attribute->ints[i] > 1 << 15)
      return nn_fail (im->error, "%s is %lld, expected %d to %d", name, (long long) attribute->ints[i], low, 1 << 15);
    out[i] = (int) attribute->ints[i];
  }
  return true;
}

/* kernel_shape may be given already: a convolution's weights have it. */
static bool
read_window (nn_import *im, nn_window *window)
{
  int kernel[2] = { window->kh, window->kw }, strides[2] = { 1, 1 }, dilations[2] = { 1, 1 }, pads[4] = { 0 };
  if (!read_ints (im, "kernel_shape", 2, 1, kernel) || !read_ints (im, "strides", 2, 1, strides) || !read_ints (im, "dilations", 2, 1, dilations)
      || !read_ints (im, "pads", 4, 0, pads))
    return false;
  if (window->kh && (kernel[0] != window->kh || kernel[1] != window->kw))
    return nn_fail (im->error, "kernel_shape is %dx%d, the weights have %dx%d", kernel[0], kernel[1], window->kh, window->kw);
  if (!kernel[0])
    return nn_fail (im->error, "kernel_shape is not given");
  *window = (nn_window) { .kh = kernel[0], .kw = kernel[1], .stride_h = strides[0], .stride_w = strides[1], .dilation_h = dilations[0],
                          .dilation_w = dilations[1], .pad_top = pads[0], .pad_left = pads[1], .pad_bottom = pads[2], .pad_right = pads[3] };
  nn_text auto_pad = nn_import_string (im, "auto_pad", "NOTSET");
  if (nn_text_is (auto_pad, "SAME_UPPER"))
    window->auto_pad = NN_PAD_SAME_UPPER;
  else if (nn_text_is (auto_pad, "SAME_LOWER"))
    window->auto_pad = NN_PAD_SAME_LOWER;
  else if (nn_text_is (auto_pad, "VALID"))
    window->pad_top = window->pad_left = window->pad_bottom = window->pad_right = 0;
  else if (!nn_text_is (auto_pad, "NOTSET"))
    return nn_fail (im->error, "auto_pad is \"%s\", expected NOTSET, VALID, SAME_UPPER or SAME_LOWER", nn_text_print (auto_pad).text);
  if (window->auto_pad)
    window->pad_top = window->pad_left = window->pad_bottom = window->pad_right = 0;
  return true;
}

/* Input 0 as (n, c, h, w) with its channels fastest in memory. */
static bool
image_of_rank (nn_import *im, int low, int high, nn_import_value *out)
{
  const nn_import_value *value = nn_import_image (im, 0);
  if (!value)
    return false;
  int rank = value->node.layout.rank;
  if (rank < low || rank > high)
    return nn_fail (im->error, "its input has rank %d, expected %d%s", rank, low, high > low ? " or more" : "");
  return nn_import_arrange (im, value, nn_order_image, out);
}

/* ---- convolution --------------------------------------------------------------------------------------------------------- */

/* W (k, c, kh, kw) -> (k, kh, kw, c) */
static bool
copy_filters (nn_import *im, const nn_onnx_tensor *tensor, nn_real *out)
{
  int64_t k = tensor->dims[0], c = tensor->dims[1], plane = tensor->dims[2] * tensor->dims[3];
  for (int64_t i = 0; i < k; i++)
    for (int64_t p = 0; p < plane; p++)
      if (!nn_import_reals (im, tensor, i * c * plane + p, plane, c, out + (i * plane + p) * c))
        return false;
  return true;
}

/* A vector of n floats, as bias and batch normalisation have. */
static const nn_onnx_tensor *
vector (nn_import *im, int i, int64_t n)
{
  const nn_onnx_tensor *tensor = nn_import_tensor (im, i);
  if (tensor && (tensor->rank != 1 || tensor->count != n)) {
    nn_fail (im->error, "input %d has rank %d and %lld elements, expected a vector of %lld", i, tensor->rank, (long long) tensor->count,
             (long long) n);
    return NULL;
  }
  return tensor;
}

static bool
conv_node (nn_import *im, const nn_onnx_tensor *w, nn_node *node)
{
  int64_t groups = nn_import_int (im, "group", 1);
  if (w->rank != 4)
    return nn_fail (im->error, "weights of rank %d, expected 4: only planes are supported", w->rank);
  if (w->count < 1 || groups < 1 || groups > w->dims[0] || w->dims[1] * groups > INT32_MAX)
    return nn_fail (im->error, "weights (%lld, %lld, %lld, %lld) in %lld groups", (long long) w->dims[0], (long long) w->dims[1],
                    (long long) w->dims[2], (long long) w->dims[3], (long long) groups);
  *node = (nn_node) { .op = NN_OP_conv, .n_in = 1 };
  node->u.conv.k = (int) w->dims[0];
  node->u.conv.c = (int) (w->dims[1] * groups);
  node->u.conv.groups = (int) groups;
  node->u.conv.bias = nn_import_in (im, 2);
  node->u.conv.window = (nn_window) { .kh = (int) w->dims[2], .kw = (int) w->dims[3] };
  return read_window (im, &node->u.conv.window);
}

bool
nn_import_conv (nn_import *im)
{
  nn_import_value in;
  nn_node node;
  const nn_onnx_tensor *w = nn_import_tensor (im, 1), *b = NULL;
  if (!w || !nn_import_is_float (im, w) || !conv_node (im, w, &node) || !image_of_rank (im, 4, 4, &in))
    return false;
  if (node.u.conv.bias && !(b = vector (im, 2, w->dims[0])))
    return false;
  if (in.node.layout.shape.c && in.node.layout.shape.c != node.u.conv.c)
    return nn_fail (im->error, "its input has %d channels, the weights are for %d", in.node.layout.shape.c, node.u.conv.c);
  node.in[0] = in.node.index;
  int index = nn_import_add (im, &node, "");
  if (index < 0 || !copy_filters (im, w, nn_import_parameters (im, index)) || (b && !nn_import_copy (im, b, nn_import_parameters (im, index) + w->count)))
    return false;
  nn_layout layout = nn_layout_new (4, nn_order_image, im->shapes[index], in.node.layout.batch);
  nn_import_set_node (im, index, &layout);
  return true;
}

/* ---- batch normalisation ------------------------------------------------------------------------------------------------- */

bool
nn_import_batch_norm (nn_import *im)
{
  nn_import_value in;
  if (!image_of_rank (im, 2, 4, &in))
    return false;
  if (im->node->n_out > 1 || nn_import_int (im, "training_mode", 0) || !nn_import_int (im, "spatial", 1))
    return nn_fail (im->error, "training (by outputs or training_mode) and spatial = 0 are not supported");
  const nn_onnx_tensor *scale = nn_import_tensor (im, 1);
  if (!scale || scale->count > INT32_MAX)
    return false;
  nn_node node = { .op = NN_OP_batch_norm, .u.batch_norm = { (int) scale->count, (nn_real) nn_import_float (im, "epsilon", 1e-5f) } };
  if (in.node.layout.shape.c && in.node.layout.shape.c != node.u.batch_norm.c)
    return nn_fail (im->error, "its input has %d channels, its scale %d", in.node.layout.shape.c, node.u.batch_norm.c);
  if (!nn_import_add_unary (im, &node, &in))
    return false;
  nn_real *out = nn_import_parameters (im, im->graph->n_nodes - 1);
  for (int i = 0; i < 4; i++) {
    const nn_onnx_tensor *tensor = vector (im, 1 + i, scale->count);
    if (!tensor || !nn_import_copy (im, tensor, out + (size_t) i * (size_t) scale->count))
      return false;
  }
  for (int64_t i = 0; i < scale->count; i++)
    if (out[3 * scale->count + i] + node.u.batch_norm.eps <= 0)
      return nn_fail (im->error, "variance %g of channel %lld, expected more than -epsilon", (double) out[3 * scale->count + i], (long long) i);
  return true;
}

/* ---- functions of one number --------------------------------------------------------------------------------------------- */

static bool
activation (nn_import *im, nn_op op, float a, float b)
{
  const nn_import_value *in = nn_import_image (im, 0);
  return in && nn_import_add_unary (im, &(nn_node) { .op = op, .act_a = (nn_real) a, .act_b = (nn_real) b }, in);
}

bool
nn_import_relu (nn_import *im)
{
  return activation (im, NN_OP_relu, 0, 0);
}

bool
nn_import_leaky_relu (nn_import *im)
{
  return activation (im, NN_OP_leaky_relu, nn_import_float (im, "alpha", 0.01f), 0);
}

bool
nn_import_sigmoid (nn_import *im)
{
  return activation (im, NN_OP_sigmoid, 0, 0);
}

bool
nn_import_hard_sigmoid (nn_import *im)
{
  return activation (im, NN_OP_hard_sigmoid, nn_import_float (im, "alpha", 0.2f), nn_import_float (im, "beta", 0.5f));
}

bool
nn_import_hard_swish (nn_import *im)
{
  return activation (im, NN_OP_hard_swish, 0, 0);
}

/* Limits are attributes before opset 11, inputs from there on. */
bool
nn_import_clip (nn_import *im)
{
  float low, high;
  return nn_import_number (im, 1, nn_import_float (im, "min", -FLT_MAX), &low)
         && nn_import_number (im, 2, nn_import_float (im, "max", FLT_MAX), &high) && activation (im, NN_OP_clip, low, high);
}

/* ---- pooling ------------------------------------------------------------------------------------------------------------- */

static bool
pool (nn_import *im, nn_op op)
{
  nn_import_value in;
  nn_node node = { .op = op };
  nn_window *window = &node.u.pool.window;
  if (!image_of_rank (im, 4, 4, &in) || !read_window (im, window))
    return false;
  window->ceil_mode = nn_import_int (im, "ceil_mode", 0);
  window->count_include_pad = nn_import_int (im, "count_include_pad", 0);
  if (op == NN_OP_avg_pool && (window->dilation_h > 1 || window->dilation_w > 1))
    return nn_fail (im->error, "dilations %d and %d are not supported", window->dilation_h, window->dilation_w);
  /* A window that sees padding alone has no maximum and no mean. */
  if (window->pad_top >= window->kh * window->dilation_h || window->pad_left >= window->kw * window->dilation_w
      || window->pad_bottom >= window->kh * window->dilation_h || window->pad_right >= window->kw * window->dilation_w)
    return nn_fail (im->error, "pads as large as the %dx%d kernel", window->kh, window->kw);
  return nn_import_add_unary (im, &node, &in);
}

bool
nn_import_max_pool (nn_import *im)
{
  return pool (im, NN_OP_max_pool);
}

bool
nn_import_avg_pool (nn_import *im)
{
  return pool (im, NN_OP_avg_pool);
}

bool
nn_import_global_avg_pool (nn_import *im)
{
  nn_import_value in;
  return image_of_rank (im, 4, 4, &in) && nn_import_add_unary (im, &(nn_node) { .op = NN_OP_global_avg_pool }, &in);
}

/* Whether reducing these logical axes is the mean over the plane: rows and columns, as far as they are not 1, and no channel. */
static bool
is_plane (const nn_layout *layout, const bool *reduced)
{
  bool rows = layout->shape.h == 1, columns = layout->shape.w == 1;
  for (int i = 0; i < layout->rank; i++)
    for (int j = 0; j < layout->n[i]; j++) {
      bool of_plane = layout->axes[i][j] == NN_AXIS_H || layout->axes[i][j] == NN_AXIS_W;
      if (reduced[i] != of_plane)
        return false;
      rows |= layout->axes[i][j] == NN_AXIS_H;
      columns |= layout->axes[i][j] == NN_AXIS_W;
    }
  return rows && columns;
}

/* Axes are an attribute before opset 18, an input from there on. */
bool
nn_import_reduce_mean (nn_import *im)
{
  const nn_import_value *in = nn_import_image (im, 0);
  nn_import_value arranged;
  const int64_t *axes;
  bool reduced[NN_LAYOUT_RANK] = { false };
  int n, axis;
  if (!in || !nn_import_axes (im, 1, "axes", &axes, &n))
    return false;
  arranged = *in;
  nn_layout *layout = &arranged.node.layout;
  for (int i = 0; i < n; i++) {
    if (!nn_import_axis (im, axes[i], layout->rank, &axis))
      return false;
    reduced[axis] = true;
  }
  /* The plane may stand on any logical axes; where it does not lie on rows and columns in memory, it is brought there. */
  if (!is_plane (layout, reduced) && layout->rank == 4 && !nn_import_arrange (im, in, nn_import_order_for_plane (layout, reduced), &arranged))
    return false;
  if (!n || !is_plane (layout, reduced))
    return nn_fail (im->error, "only the mean over the whole plane is supported");
  if (!nn_import_add_unary (im, &(nn_node) { .op = NN_OP_global_avg_pool }, &arranged))
    return false;
  nn_layout *out = &nn_import_find (im, im->node->out[0])->node.layout;
  for (int i = out->rank - 1; i >= 0 && !nn_import_int (im, "keepdims", 1); i--)
    if (reduced[i])
      nn_layout_remove (out, i);
  return true;
}

/* ---- pad, dropout, softmax ----------------------------------------------------------------------------------------------- */

/* Pads of a plane, whichever logical axes those are: begins, then ends, of `axes` (or of all). */
static bool
read_pads (nn_import *im, const nn_layout *layout, int64_t before[NN_LAYOUT_RANK], int64_t after[NN_LAYOUT_RANK])
{
  const int64_t *pads, *axes = NULL;
  int n, n_axes = layout->rank, axis;
  bool given = nn_import_in (im, 3);
  if (!nn_import_axes (im, 1, "pads", &pads, &n) || (given && !nn_import_numbers (im, 3, &axes, &n_axes)))
    return false;
  if (n != 2 * n_axes || n_axes > layout->rank)
    return nn_fail (im->error, "%d pads for %d axes, expected two for each", n, n_axes);
  for (int i = 0; i < n_axes; i++) {
    if (!nn_import_axis (im, given ? axes[i] : i, layout->rank, &axis))
      return false;
    before[axis] = pads[i];
    after[axis] = pads[n_axes + i];
    if (pads[i] < 0 || pads[n_axes + i] < 0 || pads[i] > 1 << 15 || pads[n_axes + i] > 1 << 15)
      return nn_fail (im->error, "pads %lld and %lld of axis %d, expected 0 to %d", (long long) pads[i], (long long) pads[n_axes + i], axis, 1 << 15);
  }
  return true;
}

/* Pads and value are attributes before opset 11, inputs from there on. */
bool
nn_import_pad (nn_import *im)
{
  const nn_import_value *in = nn_import_image (im, 0);
  int64_t before[NN_LAYOUT_RANK] = { 0 }, after[NN_LAYOUT_RANK] = { 0 };
  nn_text mode = nn_import_string (im, "mode", "constant");
  float value;
  if (!in || !read_pads (im, &in->node.layout, before, after) || !nn_import_number (im, 2, nn_import_float (im, "value", 0), &value))
    return false;
  if (!nn_text_is (mode, "constant"))
    return nn_fail (im->error, "mode \"%s\" is not supported, expected constant", nn_text_print (mode).text);
  bool padded[NN_LAYOUT_RANK];
  int n = 0, rank = in->node.layout.rank;
  for (int i = 0; i < rank; i++)
    n += padded[i] = before[i] || after[i];
  if (padded[0] || n > 2)
    return nn_fail (im->error, "only two axes can be padded, and not the batch");
  nn_order order = nn_import_order_for_plane (&in->node.layout, padded);
  nn_node node = { .op = NN_OP_pad, .u.pad.value = (nn_real) value };
  for (int i = 1; i < rank; i++)
    if (order.axes[i] == NN_AXIS_H)
      node.u.pad.top = (int) before[i], node.u.pad.bottom = (int) after[i];
    else if (order.axes[i] == NN_AXIS_W)
      node.u.pad.left = (int) before[i], node.u.pad.right = (int) after[i];
  return nn_import_add_in_order (im, &node, in, order);
}

bool
nn_import_dropout (nn_import *im)
{
  const nn_import_value *in = nn_import_image (im, 0);
  float rate, training;
  if (!in || !nn_import_number (im, 1, nn_import_float (im, "ratio", 0.5f), &rate)
      || !nn_import_number (im, 2, 0, &training))
    return false;
  if (training != 0)
    return nn_fail (im->error, "training_mode is not supported");
  return nn_import_add_unary (im, &(nn_node) { .op = NN_OP_dropout, .u.dropout.rate = (nn_real) rate }, in);
}

/* Over all logical axes from `axis` on, as opset < 13 says: they become one, and one after it again. */
static bool
softmax_flattened (nn_import *im, const nn_import_value *in, int axis)
{
  nn_import_value flat, laid;
  nn_size sizes[NN_LAYOUT_RANK], open = { NN_SIZE_OPEN, 0 };
  if (!nn_import_lay_out (im, in, &laid))
    return false;
  int rank = in->node.layout.rank;
  for (int i = 0; i < rank; i++)
    sizes[i] = nn_layout_size (&laid.node.layout, i);
  nn_size last = sizes[axis];
  for (int i = axis + 1; i < rank; i++) {
    bool known = last.kind == NN_SIZE_KNOWN && sizes[i].kind == NN_SIZE_KNOWN;
    last = known ? (nn_size) { NN_SIZE_KNOWN, last.value * sizes[i].value } : open;
  }
  nn_size merged[NN_LAYOUT_RANK];
  memcpy (merged, sizes, sizeof merged);
  merged[axis] = last;
  if (!nn_import_reshape (im, &laid, axis + 1, merged, -1, "/merge", &flat))
    return false;
  nn_node node = { .op = NN_OP_softmax, .n_in = 1, .in = { flat.node.index }, .u.along.axis = NN_AXIS_C };
  flat.node.index = nn_import_add (im, &node, "");
  if (flat.node.index < 0 || !nn_import_reshape (im, &flat, rank, sizes, -1, "/split", &laid))
    return false;
  nn_import_set_node (im, laid.node.index, &laid.node.layout);
  return true;
}

/* The memory axis behind logical axes [from, to); any that is 1 where they are all 1; -1: several. */
static int
memory_axis (const nn_layout *layout, int from, int to)
{
  int count = 0, along = -1;
  for (int i = from; i < to; i++)
    for (int j = 0; j < layout->n[i]; j++, count++)
      along = layout->axes[i][j];
  if (!count)
    along = layout->shape.h == 1 ? NN_AXIS_H : layout->shape.w == 1 ? NN_AXIS_W : layout->shape.c == 1 ? NN_AXIS_C : -1;
  return count > 1 ? -1 : along;
}

bool
nn_import_softmax (nn_import *im)
{
  const nn_import_value *in = nn_import_image (im, 0);
  bool old = im->model->opset < 13;
  nn_import_value laid;
  int axis;
  if (!in || !nn_import_axis (im, nn_import_int (im, "axis", old ? 1 : -1), in->node.layout.rank, &axis))
    return false;
  if (!axis || !nn_layout_batch_first (&in->node.layout))
    return nn_fail (im->error, "over the batch is not supported");
  int to = old ? in->node.layout.rank : axis + 1, along = memory_axis (&in->node.layout, axis, to);
  if (along < 0 && old)
    return softmax_flattened (im, in, axis);
  laid = *in;
  if (along < 0 && !nn_import_lay_out (im, in, &laid))
    return false;
  along = memory_axis (&laid.node.layout, axis, to);
  return nn_import_add_unary (im, &(nn_node) { .op = NN_OP_softmax, .u.along.axis = (nn_axis) along }, &laid);
}

/* ---- the list ------------------------------------------------------------------------------------------------------------ */

#define WINDOW "kernel_shape:I strides:I pads:I dilations:I auto_pad:s"

static const nn_import_op ops[] = {
  { "Add", nn_import_add_op, 2, 2, "" },
  { "AveragePool", nn_import_avg_pool, 1, 1, WINDOW " ceil_mode:i count_include_pad:i" },
  { "BatchNormalization", nn_import_batch_norm, 5, 5, "epsilon:f momentum:f spatial:i training_mode:i" },
  { "Cast", nn_import_cast, 1, 1, "to:i saturate:i" },
  { "Clip", nn_import_clip, 1, 3, "min:f max:f" },
  { "Concat", nn_import_concat, 1, NN_MAX_INPUTS, "axis:i" },
  { "Constant", nn_import_constant, 0, 0, "value:t value_float:f value_floats:F value_int:i value_ints:I" },
  { "ConstantOfShape", nn_import_constant_of_shape, 1, 1, "value:t" },
  { "Conv", nn_import_conv, 2, 3, WINDOW " group:i" },
  { "Div", nn_import_div_op, 2, 2, "" },
  { "Dropout", nn_import_dropout, 1, 3, "ratio:f seed:i" },
  { "Flatten", nn_import_flatten, 1, 1, "axis:i" },
  { "Gather", nn_import_gather, 2, 2, "axis:i" },
  { "Gemm", nn_import_gemm, 2, 3, "alpha:f beta:f transA:i transB:i" },
  { "GlobalAveragePool", nn_import_global_avg_pool, 1, 1, "" },
  { "HardSigmoid", nn_import_hard_sigmoid, 1, 1, "alpha:f beta:f" },
  { "HardSwish", nn_import_hard_swish, 1, 1, "" },
  { "Identity", nn_import_identity, 1, 1, "" },
  { "LeakyRelu", nn_import_leaky_relu, 1, 1, "alpha:f" },
  { "MatMul", nn_import_matmul, 2, 2, "" },
  { "MaxPool", nn_import_max_pool, 1, 1, WINDOW " ceil_mode:i storage_order:i" },
  { "Mul", nn_import_mul_op, 2, 2, "" },
  { "Pad", nn_import_pad, 1, 4, "pads:I mode:s value:f" },
  { "ReduceMean", nn_import_reduce_mean, 1, 2, "axes:I keepdims:i noop_with_empty_axes:i" },
  { "Relu", nn_import_relu, 1, 1, "" },
  { "Reshape", nn_import_reshape_op, 2, 2, "allowzero:i" },
  { "Resize", nn_import_resize, 1, 4,
    "mode:s coordinate_transformation_mode:s nearest_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f antialias:i axes:I "
    "keep_aspect_ratio_policy:s" },
  { "Shape", nn_import_shape, 1, 1, "start:i end:i" },
  { "Sigmoid", nn_import_sigmoid, 1, 1, "" },
  { "Slice", nn_import_slice, 1, 5, "starts:I ends:I axes:I" },
  { "Softmax", nn_import_softmax, 1, 1, "axis:i" },
  { "Squeeze", nn_import_squeeze, 1, 2, "axes:I" },
  { "Sub", nn_import_sub_op, 2, 2, "" },
  { "Transpose", nn_import_transpose, 1, 1, "perm:I" },
  { "Unsqueeze", nn_import_unsqueeze, 1, 2, "axes:I" },
  { "Upsample", nn_import_resize, 1, 2, "mode:s scales:F" },
};

const nn_import_op *
nn_import_find_op (nn_text name)
{
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
    if (nn_text_is (name, ops[i].name))
      return &ops[i];
  return NULL;
}
