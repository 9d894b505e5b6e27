/* SPDX-License-Identifier: MIT
 * Import of the operators that join two tensors, or a tensor and a constant: arithmetic, concatenation, products of matrices. */
#include "onnx_ops.h"

#include <math.h>
#include <string.h>

/* ---- arithmetic with a constant ------------------------------------------------------------------------------------------ */

/* Size of logical axis i in a constant of these dims, right-aligned to rank. */
static int64_t
constant_size (const nn_onnx_tensor *tensor, int rank, int i)
{
  int d = i - (rank - tensor->rank);
  return d < 0 ? 1 : tensor->dims[d];
}

/* The constant's shape in the memory order of layout, if each of its axes is 1 or as long as the tensor's. */
static bool
constant_shape (const nn_layout *layout, const nn_onnx_tensor *tensor, int shape[3])
{
  for (int i = 0; i < layout->rank; i++) {
    int64_t length = constant_size (tensor, layout->rank, i);
    nn_size size = nn_layout_size (layout, i);
    if (length == 1)
      continue;
    bool open = size.kind == NN_SIZE_OPEN && layout->n[i] == 1;
    if (!i || (!open && (size.kind != NN_SIZE_KNOWN || size.value != length)))
      return false;
    for (int j = 0; j < layout->n[i]; j++)
      shape[layout->axes[i][j]] = open ? (int) length : nn_layout_side (layout, layout->axes[i][j]);
  }
  return true;
}

/* The node that was made of the same constant in the same order, or -1. */
static int
find_constant (const nn_import *im, const nn_layout *layout, const nn_onnx_tensor *tensor, const int shape[3])
{
  for (int i = 0; i < im->graph->n_nodes; i++) {
    nn_shape other = im->graph->nodes[i].u.constant.shape;
    if (im->constants[i].tensor == tensor && nn_layout_equal (&im->constants[i].layout, layout) && other.h == shape[0] && other.w == shape[1]
        && other.c == shape[2])
      return i;
  }
  return -1;
}

/* The constant as it lies beside a tensor of this layout. */
static int
add_constant (nn_import *im, const nn_layout *layout, const nn_onnx_tensor *tensor, const int shape[3])
{
  nn_node node = { .op = NN_OP_constant, .u.constant.shape = { shape[0], shape[1], shape[2] } };
  int index = find_constant (im, layout, tensor, shape);
  if (index >= 0)
    return index;
  index = nn_import_add (im, &node, "/constant");
  if (index < 0)
    return -1;
  im->constants[index].tensor = tensor;
  im->constants[index].layout = *layout;
  nn_real *out = nn_import_parameters (im, index);
  for (int h = 0; h < shape[0]; h++)
    for (int w = 0; w < shape[1]; w++)
      for (int c = 0; c < shape[2]; c++)
        if (!nn_import_real (im, tensor, nn_layout_index (layout, tensor->dims, tensor->rank, h, w, c), out++))
          return -1;
  return index;
}

/* Where the constant is longer than the tensor along an axis, or cannot be cut as that is: every logical axis on one of memory, also those
 * of size 1. */
static bool
arrange_for_constant (nn_import *im, const nn_import_value *image, const nn_onnx_tensor *tensor, nn_import_value *arranged, nn_layout *layout,
                      int shape[3])
{
  nn_order order = nn_import_best_order (&image, 1);
  if (!nn_import_arrange (im, image, order, arranged))
    return false;
  int rank = image->node.layout.rank;
  for (int i = 1; i < rank; i++) {
    nn_size size = nn_layout_size (&arranged->node.layout, i);
    int64_t length = constant_size (tensor, rank, i);
    if (length != 1 && size.kind == NN_SIZE_KNOWN && size.value != 1 && size.value != length)
      return nn_fail (im->error, "a constant of %lld beside %lld on axis %d", (long long) length, (long long) size.value, i);
    shape[order.axes[i]] = (int) length;
  }
  if (constant_size (tensor, rank, 0) != 1)
    return nn_fail (im->error, "the constant has a batch of %lld, expected 1", (long long) constant_size (tensor, rank, 0));
  *layout = nn_layout_new (rank, order, (nn_shape) { shape[0], shape[1], shape[2] }, 0);
  return true;
}

static bool
arith_constant (nn_import *im, nn_op op, const nn_import_value *image, const nn_onnx_tensor *tensor, bool constant_first)
{
  nn_import_value arranged = *image;
  nn_layout layout = image->node.layout;
  int shape[3] = { 1, 1, 1 };
  if (!nn_import_is_float (im, tensor))
    return false;
  if (tensor->rank > layout.rank || tensor->count < 1)
    return nn_fail (im->error, "a constant of rank %d with %lld elements beside a tensor of rank %d", tensor->rank, (long long) tensor->count,
                    layout.rank);
  if (!constant_shape (&layout, tensor, shape)) {
    memcpy (shape, (int[3]) { 1, 1, 1 }, sizeof shape);
    if (!arrange_for_constant (im, image, tensor, &arranged, &layout, shape))
      return false;
  }
  int constant = add_constant (im, &layout, tensor, shape);
  if (constant < 0)
    return false;
  nn_node node = { .op = op, .n_in = 2, .in = { arranged.node.index, constant } };
  if (constant_first) {
    node.in[0] = constant;
    node.in[1] = arranged.node.index;
  }
  int index = nn_import_add (im, &node, "");
  if (index < 0)
    return false;
  nn_layout out = arranged.node.layout;
  nn_layout_join (&out, &layout, im->shapes[index]);
  nn_import_set_node (im, index, &out);
  return true;
}

/* ---- arithmetic of two tensors ------------------------------------------------------------------------------------------- */

static bool
arith_images (nn_import *im, nn_op op, const nn_import_value *a, const nn_import_value *b)
{
  nn_import_value in[2] = { *a, *b };
  if (a->node.layout.rank != b->node.layout.rank)
    return nn_fail (im->error, "tensors of rank %d and %d", a->node.layout.rank, b->node.layout.rank);
  if (!nn_layout_compatible (&a->node.layout, &b->node.layout)) {
    nn_order order = nn_import_best_order ((const nn_import_value *[]) { a, b }, 2);
    if (!nn_import_arrange (im, a, order, &in[0]) || !nn_import_arrange (im, b, order, &in[1]))
      return false;
  }
  nn_node node = { .op = op, .n_in = 2, .in = { in[0].node.index, in[1].node.index } };
  int index = nn_import_add (im, &node, "");
  if (index < 0)
    return false;
  nn_layout out = in[0].node.layout;
  nn_layout_join (&out, &in[1].node.layout, im->shapes[index]);
  nn_import_set_node (im, index, &out);
  return true;
}

static bool
arith (nn_import *im, nn_op op)
{
  const nn_import_value *a = nn_import_in (im, 0), *b = nn_import_in (im, 1);
  bool image_a = a->kind == NN_IMPORT_NODE, image_b = b->kind == NN_IMPORT_NODE;
  if (image_a && image_b)
    return arith_images (im, op, a, b);
  if ((a->kind == NN_IMPORT_TENSOR && nn_onnx_is_real (a->tensor)) && (b->kind == NN_IMPORT_TENSOR && nn_onnx_is_real (b->tensor)))
    return nn_fail (im->error, "of two constants is not supported, except of integers");
  if (!image_a && !image_b)
    return nn_import_sizes_arith (im, op);
  const nn_onnx_tensor *tensor = nn_import_tensor (im, image_a ? 1 : 0);
  return tensor && arith_constant (im, op, image_a ? a : b, tensor, image_b);
}

bool
nn_import_add_op (nn_import *im)
{
  return arith (im, NN_OP_add);
}

bool
nn_import_sub_op (nn_import *im)
{
  return arith (im, NN_OP_sub);
}

bool
nn_import_mul_op (nn_import *im)
{
  return arith (im, NN_OP_mul);
}

bool
nn_import_div_op (nn_import *im)
{
  return arith (im, NN_OP_div);
}

/* ---- concatenation ------------------------------------------------------------------------------------------------------- */

bool
nn_import_concat (nn_import *im)
{
  const nn_import_value *in[NN_MAX_INPUTS];
  nn_import_value arranged;
  nn_node node = { .op = NN_OP_concat, .n_in = im->node->n_in };
  int axis, images = 0;
  for (int i = 0; i < node.n_in; i++)
    images += nn_import_is_node (im, i);
  if (!images)
    return nn_import_sizes_concat (im);
  for (int i = 0; i < node.n_in; i++)
    if (!(in[i] = nn_import_image (im, i)))
      return false;
  int rank = in[0]->node.layout.rank;
  if (!nn_import_attribute (im, "axis"))
    return nn_fail (im->error, "axis is not given");
  if (!nn_import_axis (im, nn_import_int (im, "axis", 0), rank, &axis))
    return false;
  if (!axis)
    return nn_fail (im->error, "along the batch is not supported");
  nn_order order = nn_import_best_order (in, node.n_in);
  for (int i = 0; i < node.n_in; i++) {
    if (in[i]->node.layout.rank != rank)
      return nn_fail (im->error, "tensors of rank %d and %d", rank, in[i]->node.layout.rank);
    if (!nn_import_arrange (im, in[i], order, &arranged))
      return false;
    node.in[i] = arranged.node.index;
  }
  node.u.along.axis = order.axes[axis];
  int index = nn_import_add (im, &node, "");
  if (index < 0)
    return false;
  nn_layout layout = nn_layout_new (rank, order, im->shapes[index], in[0]->node.layout.batch);
  nn_import_set_node (im, index, &layout);
  return true;
}

/* ---- products ------------------------------------------------------------------------------------------------------------ */

/* y = scale x W + bias_scale bias, W (c, k), or (k, c) when transposed. */
typedef struct product {
  const nn_onnx_tensor *w, *bias;
  bool transposed;
  float scale, bias_scale;
} product;

static int64_t
features_in (const product *p)
{
  return p->w->dims[p->transposed ? 1 : 0];
}

static int64_t
units (const product *p)
{
  return p->w->dims[p->transposed ? 0 : 1];
}

/* x *= scale, and every one of them a number still. */
static bool
scale_all (nn_import *im, nn_real *x, int64_t n, float scale)
{
  for (int64_t i = 0; scale != 1 && i < n; i++) {
    x[i] *= (nn_real) scale;
    if (!isfinite (x[i]))
      return nn_fail (im->error, "a weight times %g is not finite", (double) scale);
  }
  return true;
}

/* W as rows of units whose columns stand as `columns` says; then the bias. */
static bool
copy_product (nn_import *im, const product *p, const int64_t *columns, nn_real *out)
{
  int64_t c = features_in (p), k = units (p);
  nn_real *row = nn_budget_alloc (im->budget, (size_t) c, sizeof *row), *bias = out + k * c;
  if (!row)
    return false;
  for (int64_t u = 0; u < k; u++, out += c) {
    if (!nn_import_reals (im, p->w, p->transposed ? u * c : u, p->transposed ? 1 : k, c, row) || !scale_all (im, row, c, p->scale))
      return false;
    for (int64_t j = 0; j < c; j++)
      out[j] = row[columns ? columns[j] : j];
  }
  return !p->bias || (nn_import_reals (im, p->bias, 0, p->bias->count == 1 ? 0 : 1, k, bias) && scale_all (im, bias, k, p->bias_scale));
}

/* Which logical feature each number in memory is. */
static int64_t *
memory_columns (nn_import *im, const nn_layout *layout, int64_t features)
{
  const int64_t dims[2] = { 1, features };
  nn_shape shape = layout->shape;
  if ((int64_t) shape.h * shape.w * shape.c != features) {
    nn_fail (im->error, "its input (%d, %d, %d) has not the %lld features of the weights", shape.h, shape.w, shape.c, (long long) features);
    return NULL;
  }
  int64_t *columns = nn_budget_alloc (im->budget, (size_t) features, sizeof *columns), *at = columns;
  for (int h = 0; columns && h < shape.h; h++)
    for (int w = 0; w < shape.w; w++)
      for (int c = 0; c < shape.c; c++)
        *at++ = nn_layout_index (layout, dims, 2, h, w, c);
  return columns;
}

static bool
dense (nn_import *im, const nn_import_value *in, const product *p)
{
  nn_import_value laid = *in;
  nn_layout layout = in->node.layout;
  if (!nn_layout_batch_first (&layout))
    return nn_fail (im->error, "its input's first axis is not the batch alone");
  if (!nn_layout_close (&layout, features_in (p))) {
    if (!nn_import_lay_out (im, in, &laid))
      return false;
    layout = laid.node.layout;
    if (!nn_layout_close (&layout, features_in (p)))
      return nn_fail (im->error, "its input cannot have the %lld features of the weights", (long long) features_in (p));
  }
  int64_t *columns = memory_columns (im, &layout, features_in (p));
  if (!columns)
    return false;
  nn_node node = { .op = NN_OP_dense, .n_in = 1, .in = { laid.node.index }, .u.dense = { (int) units (p), (int) features_in (p), p->bias } };
  int index = nn_import_add (im, &node, "");
  if (index < 0 || !copy_product (im, p, columns, nn_import_parameters (im, index)))
    return false;
  layout = nn_layout_new (2, nn_order_image, im->shapes[index], layout.batch);
  nn_import_set_node (im, index, &layout);
  return true;
}

/* The last axis of a tensor of rank 3 or 4 times W: a convolution with a 1x1 kernel. */
static bool
pointwise (nn_import *im, const nn_import_value *in, const product *p)
{
  nn_import_value arranged;
  int rank = in->node.layout.rank;
  bool of_plane[NN_LAYOUT_RANK] = { false };
  for (int i = 1; i < rank - 1; i++)
    of_plane[i] = true;
  nn_order order = nn_import_order_for_plane (&in->node.layout, of_plane);
  while (order.axes[rank - 1] != NN_AXIS_C)
    order = (nn_order) { { 0, NN_AXIS_H, rank == 4 ? NN_AXIS_W : NN_AXIS_C, NN_AXIS_C } };
  if (!nn_import_arrange (im, in, order, &arranged))
    return false;
  nn_node node = { .op = NN_OP_conv, .n_in = 1, .in = { arranged.node.index } };
  node.u.conv.k = (int) units (p);
  node.u.conv.c = (int) features_in (p);
  node.u.conv.groups = 1;
  node.u.conv.window = (nn_window) { .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1 };
  int index = nn_import_add (im, &node, "");
  if (index < 0 || !copy_product (im, p, NULL, nn_import_parameters (im, index)))
    return false;
  nn_layout layout = nn_layout_new (rank, order, im->shapes[index], in->node.layout.batch);
  nn_import_set_node (im, index, &layout);
  return true;
}

static bool
check_product (nn_import *im, const product *p)
{
  if (!nn_import_is_float (im, p->w) || (p->bias && !nn_import_is_float (im, p->bias)))
    return false;
  if (p->w->rank != 2 || p->w->count < 1)
    return nn_fail (im->error, "weights of rank %d with %lld elements, expected a matrix", p->w->rank, (long long) p->w->count);
  if (p->bias && (p->bias->rank > 2 || (p->bias->count != 1 && (p->bias->count != units (p) || p->bias->dims[p->bias->rank - 1] != units (p)))))
    return nn_fail (im->error, "a bias of rank %d with %lld elements for %lld units", p->bias->rank, (long long) p->bias->count,
                    (long long) units (p));
  return true;
}

bool
nn_import_gemm (nn_import *im)
{
  const nn_import_value *in = nn_import_image (im, 0);
  product p = { .w = in ? nn_import_tensor (im, 1) : NULL, .transposed = nn_import_int (im, "transB", 0), .scale = nn_import_float (im, "alpha", 1),
                .bias_scale = nn_import_float (im, "beta", 1) };
  if (!p.w || (nn_import_in (im, 2) && !(p.bias = nn_import_tensor (im, 2))) || !check_product (im, &p))
    return false;
  if (in->node.layout.rank != 2)
    return nn_fail (im->error, "its input has rank %d, expected 2", in->node.layout.rank);
  nn_import_value turned = *in;
  if (nn_import_int (im, "transA", 0))
    nn_layout_transpose (&turned.node.layout, (int[]) { 1, 0 });
  return dense (im, &turned, &p);
}

bool
nn_import_matmul (nn_import *im)
{
  const nn_import_value *in = nn_import_image (im, 0);
  product p = { .w = in ? nn_import_tensor (im, 1) : NULL, .scale = 1 };
  if (!p.w || !check_product (im, &p))
    return false;
  int rank = in->node.layout.rank;
  if (rank < 2)
    return nn_fail (im->error, "its input has rank %d, expected 2 or more", rank);
  return rank == 2 ? dense (im, in, &p) : pointwise (im, in, &p);
}
