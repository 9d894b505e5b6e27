/* SPDX-License-Identifier: MIT
 * ONNX's Resize and its forerunner Upsample, read and written. */
#include "onnx_ops.h"
#include "onnx_writer.h"

#include <string.h>

/* Words of the file, in the order of the enums in nn.h. */
static const char *const modes[] = { "nearest", "linear", NULL };
static const char *const grids[] = { "asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners", NULL };
static const char *const rounds[] = { "floor", "ceil", "round_prefer_floor", "round_prefer_ceil", NULL };

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

/* What the file asks for, by logical axis. */
typedef struct request {
  bool by_size;
  float scales[NN_LAYOUT_RANK];
  int sizes[NN_LAYOUT_RANK]; /* by_size: of the output */
  bool resized[NN_LAYOUT_RANK];
} request;

/* Which of words an attribute is; -1: none. */
static int
word_of (nn_import *im, const char *attribute, const char *other, const char *const *words)
{
  nn_text text = nn_import_string (im, attribute, other);
  for (int i = 0; words[i]; i++)
    if (nn_text_is (text, words[i]))
      return i;
  nn_fail (im->error, "%s \"%s\" is not supported", attribute, nn_text_print (text).text);
  return -1;
}

/* Whether input i says something; files give an empty tensor for what they leave out. */
static bool
is_given (nn_import *im, int i)
{
  const nn_import_value *value = nn_import_in (im, i);
  return value && (value->kind != NN_IMPORT_TENSOR || value->tensor->count);
}

/* The logical axes that n scales or sizes are for: all, or those of the attribute. */
static bool
read_axes (nn_import *im, int rank, int n, int axes[NN_LAYOUT_RANK])
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, "axes");
  if (n != (attribute ? attribute->n_ints : rank) || n > rank)
    return nn_fail (im->error, "%d scales or sizes for a tensor of rank %d", n, rank);
  for (int i = 0; i < n; i++)
    if (!nn_import_axis (im, attribute ? attribute->ints[i] : i, rank, &axes[i]))
      return false;
  return true;
}

/* Input i, or before opset 9 an attribute. */
static bool
read_scales (nn_import *im, const nn_layout *layout, int i, request *out)
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, "scales");
  const nn_onnx_tensor *tensor = attribute ? NULL : nn_import_tensor (im, i);
  int axes[NN_LAYOUT_RANK];
  if (!attribute && (!tensor || !nn_import_is_float (im, tensor)))
    return false;
  int64_t n = attribute ? attribute->n_floats : tensor->count;
  if (!read_axes (im, layout->rank, n > NN_LAYOUT_RANK ? NN_LAYOUT_RANK + 1 : (int) n, axes))
    return false;
  for (int j = 0; j < n; j++) {
    float scale = attribute ? attribute->floats[j] : nn_onnx_real (tensor, j);
    out->scales[axes[j]] = scale;
    out->resized[axes[j]] = scale != 1;
  }
  return true;
}

/* A batch that the file fixes may be given as a number. */
static bool
is_same (nn_size a, nn_size b)
{
  bool fixed = b.kind == NN_SIZE_BATCH && b.value && a.kind == NN_SIZE_KNOWN;
  return a.value == b.value && (fixed || (a.kind == b.kind && a.kind != NN_SIZE_OPEN));
}

static bool
read_sizes (nn_import *im, const nn_layout *layout, int i, request *out)
{
  const nn_size *sizes;
  int axes[NN_LAYOUT_RANK], n;
  if (!nn_import_sizes (im, i, &sizes, &n) || !read_axes (im, layout->rank, n, axes))
    return false;
  out->by_size = true;
  for (int j = 0; j < layout->rank; j++) {
    nn_size now = nn_layout_size (layout, j);
    out->sizes[j] = now.kind == NN_SIZE_KNOWN ? (int) now.value : 0;
  }
  for (int j = 0; j < n; j++) {
    if (is_same (sizes[j], nn_layout_size (layout, axes[j])))
      continue;
    if (sizes[j].kind != NN_SIZE_KNOWN)
      return nn_fail (im->error, "the size of axis %d depends on the image's size or number, expected a constant", axes[j]);
    if (sizes[j].value < 1 || sizes[j].value > INT32_MAX)
      return nn_fail (im->error, "the size of axis %d is %lld, expected 1 to %d", axes[j], (long long) sizes[j].value, INT32_MAX);
    out->sizes[axes[j]] = (int) sizes[j].value;
    out->resized[axes[j]] = true;
  }
  return true;
}

/* Before opset 11: asymmetric, to the lower pixel where it enlarges and the upper one where it shrinks. */
static bool
read_old_grid (nn_import *im, const request *asked, nn_node *node)
{
  bool up = false, down = false;
  for (int i = 0; i < NN_LAYOUT_RANK; i++) {
    up |= asked->scales[i] > 1;
    down |= asked->scales[i] < 1;
  }
  if (up && down)
    return nn_fail (im->error, "enlarges one axis and shrinks another, which is not supported before opset 11");
  node->u.resize.grid = NN_GRID_ASYMMETRIC;
  node->u.resize.round = down ? NN_ROUND_CEIL : NN_ROUND_FLOOR;
  return true;
}

static bool
read_grid (nn_import *im, nn_node *node)
{
  int round = word_of (im, "nearest_mode", "round_prefer_floor", rounds);
  if (round < 0)
    return false;
  node->u.resize.round = (nn_round) round;
  /* floor ((i + 0.5) / scale), which opset 13 no longer has, is the point of half_pixel rounded to the nearest. */
  if (nn_text_is (nn_import_string (im, "coordinate_transformation_mode", ""), "tf_half_pixel_for_nn") && round == NN_ROUND_FLOOR
      && node->u.resize.mode == NN_RESIZE_NEAREST) {
    node->u.resize.grid = NN_GRID_HALF_PIXEL;
    node->u.resize.round = NN_ROUND_PREFER_CEIL;
    return true;
  }
  int grid = word_of (im, "coordinate_transformation_mode", "half_pixel", grids);
  node->u.resize.grid = (nn_grid) grid;
  return grid >= 0;
}

static bool
read_options (nn_import *im, const request *asked, nn_node *node)
{
  static const char *const policies[] = { "stretch", NULL };
  int mode = word_of (im, "mode", "nearest", modes);
  if (mode < 0 || word_of (im, "keep_aspect_ratio_policy", "stretch", policies) < 0)
    return false;
  if (nn_import_int (im, "antialias", 0) || nn_import_int (im, "exclude_outside", 0))
    return nn_fail (im->error, "antialias and exclude_outside are not supported");
  node->u.resize.mode = (nn_resize_mode) mode;
  return im->model->opset < 11 ? read_old_grid (im, asked, node) : read_grid (im, node);
}

/* The node on rows and columns, wherever the file has its plane. */
static bool
add_resize (nn_import *im, const nn_import_value *in, const request *asked, nn_node *node)
{
  nn_order order = nn_import_order_for_plane (&in->node.layout, asked->resized);
  int rank = in->node.layout.rank, n = 0;
  for (int i = 0; i < rank; i++)
    n += asked->resized[i];
  if (asked->resized[0] || n > 2)
    return nn_fail (im->error, "only two axes can be resized, and not the batch");
  node->u.resize.scale_h = node->u.resize.scale_w = 1;
  node->u.resize.h = node->u.resize.w = asked->by_size;
  for (int i = 1; i < rank; i++)
    if (order.axes[i] == NN_AXIS_H)
      node->u.resize.scale_h = asked->scales[i], node->u.resize.h = asked->sizes[i];
    else if (order.axes[i] == NN_AXIS_W)
      node->u.resize.scale_w = asked->scales[i], node->u.resize.w = asked->sizes[i];
  if (asked->by_size && (!node->u.resize.h || !node->u.resize.w))
    return nn_fail (im->error, "the size of one axis is given, that of the other is not known");
  return nn_import_add_in_order (im, node, in, order);
}

/* Scales are an attribute of Upsample before opset 9, input 1 up to opset 10, then input 2 behind a region that only another grid reads; input 3 is
 * sizes. */
bool
nn_import_resize (nn_import *im)
{
  const nn_import_value *in = nn_import_image (im, 0);
  request asked = { .scales = { 1, 1, 1, 1 } };
  nn_node node = { .op = NN_OP_resize };
  int scales = im->model->opset < 11 ? 1 : 2;
  if (!in)
    return false;
  if (scales == 2 && is_given (im, 2) && is_given (im, 3))
    return nn_fail (im->error, "scales and sizes, expected one of them");
  bool sizes = scales == 2 && is_given (im, 3);
  return (sizes ? read_sizes (im, &in->node.layout, 3, &asked) : read_scales (im, &in->node.layout, scales, &asked))
         && read_options (im, &asked, &node) && add_resize (im, in, &asked, &node);
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

/* (n, c) of the input as it is, then rows and columns. */
static void
put_sizes (nn_writer *w, int index, const nn_label *in, const nn_label *sizes)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_label shape = nn_writer_beside (w, index, "input_shape");
  nn_label part[3] = { shape, nn_writer_beside (w, index, "first"), nn_writer_beside (w, index, "behind") };
  nn_label both[2] = { nn_writer_beside (w, index, "batch_channels"), nn_writer_beside (w, index, "plane_sizes") };
  nn_emit_node (w, "Shape", in, 1, &shape);
  nn_emit_integers (w, &part[1], (int[]) { 0 }, 1);
  nn_emit_integers (w, &part[2], (int[]) { 2 }, 1);
  nn_emit_node (w, "Slice", part, 3, &both[0]);
  nn_emit_integers (w, &both[1], (int[]) { node->u.resize.h, node->u.resize.w }, 2);
  size_t at = nn_emit_open_node (w, "Concat", both, 2, sizes);
  nn_emit_int (w, "axis", 0);
  nn_wire_close (&w->nodes, at);
}

void
nn_writer_put_resize (nn_writer *w, int index, const nn_label *plane, const nn_label *out)
{
  const nn_node *node = &w->graph->nodes[index];
  nn_label in[4] = { *plane, { "" }, { "" }, { "" } };
  bool by_size = node->u.resize.h;
  if (by_size) {
    in[3] = nn_writer_beside (w, index, "sizes");
    put_sizes (w, index, plane, &in[3]);
  } else {
    in[2] = nn_writer_beside (w, index, "scales");
    nn_emit_vector (w, &in[2], (nn_real[]) { 1, 1, (nn_real) node->u.resize.scale_h, (nn_real) node->u.resize.scale_w }, 4);
  }
  size_t at = nn_emit_open_node (w, "Resize", in, by_size ? 4 : 3, out);
  nn_emit_string (w, "mode", modes[node->u.resize.mode]);
  nn_emit_string (w, "coordinate_transformation_mode", grids[node->u.resize.grid]);
  nn_emit_string (w, "nearest_mode", rounds[node->u.resize.round]);
  nn_wire_close (&w->nodes, at);
}
