/* SPDX-License-Identifier: MIT
 * Import of the operators that compute nothing: constants, casts, and other shapes and orders of the same numbers. Of constants they make
 * constants, of what depends on the image another layout. */
#include "onnx_ops.h"

#include <math.h>
#include <string.h>

/* ---- constants ----------------------------------------------------------------------------------------------------------- */

static nn_onnx_tensor *
new_tensor (nn_import *im, nn_onnx_type type, int rank, const int64_t *dims)
{
  nn_onnx_tensor *tensor = nn_budget_alloc (im->budget, 1, sizeof *tensor);
  if (!tensor)
    return NULL;
  *tensor = (nn_onnx_tensor) { .name = im->node->out[0], .type = type, .rank = rank, .count = 1 };
  for (int i = 0; i < rank; i++) {
    tensor->dims[i] = dims[i];
    if (dims[i] < 0 || dims[i] > INT32_MAX || __builtin_mul_overflow (tensor->count, dims[i], &tensor->count)) {
      nn_fail (im->error, "a constant of %lld elements on axis %d", (long long) dims[i], i);
      return NULL;
    }
  }
  return tensor;
}

/* Elements of size bytes, to be filled. */
static uint8_t *
new_data (nn_import *im, nn_onnx_tensor *tensor, size_t size)
{
  uint8_t *data = tensor ? nn_budget_alloc (im->budget, (size_t) tensor->count, size) : NULL;
  if (data)
    tensor->data = data;
  return data;
}

static void
put_bits (uint8_t *data, int64_t i, size_t size, uint64_t bits)
{
  for (size_t j = 0; j < size; j++)
    data[(size_t) i * size + j] = (uint8_t) (bits >> (8 * j));
}

static void
put_float (uint8_t *data, int64_t i, float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  put_bits (data, i, sizeof bits, bits);
}

bool
nn_import_constant (nn_import *im)
{
  if (im->node->n_attributes != 1)
    return nn_fail (im->error, "%d attributes, expected one value", im->node->n_attributes);
  const nn_onnx_attribute *attribute = &im->node->attributes[0];
  if (nn_text_is (attribute->name, "value")) {
    if (!attribute->t)
      return nn_fail (im->error, "its value is not given");
    nn_import_set_tensor (im, attribute->t);
    return true;
  }
  bool list = nn_text_is (attribute->name, "value_floats") || nn_text_is (attribute->name, "value_ints");
  bool real = nn_text_is (attribute->name, "value_floats") || nn_text_is (attribute->name, "value_float");
  int64_t count = list ? real ? attribute->n_floats : attribute->n_ints : 1;
  nn_onnx_tensor *tensor = new_tensor (im, real ? NN_ONNX_FLOAT : NN_ONNX_INT64, list, &count);
  uint8_t *data = new_data (im, tensor, real ? 4 : 8);
  for (int64_t i = 0; data && i < count; i++)
    if (real)
      put_float (data, i, list ? attribute->floats[i] : attribute->f);
    else
      put_bits (data, i, 8, (uint64_t) (list ? attribute->ints[i] : attribute->i));
  if (data)
    nn_import_set_tensor (im, tensor);
  return data;
}

bool
nn_import_constant_of_shape (nn_import *im)
{
  const nn_onnx_attribute *value = nn_import_attribute (im, "value");
  const nn_onnx_tensor *one = value ? value->t : NULL;
  const int64_t *dims;
  int rank;
  if (!nn_import_numbers (im, 0, &dims, &rank))
    return false;
  if (rank > NN_ONNX_MAX_RANK || (one && one->count != 1))
    return nn_fail (im->error, "a shape of rank %d and a value of %lld elements", rank, one ? (long long) one->count : 1LL);
  bool real = !one || nn_onnx_is_real (one);
  nn_onnx_tensor *tensor = new_tensor (im, real ? NN_ONNX_FLOAT : NN_ONNX_INT64, rank, dims);
  uint8_t *data = new_data (im, tensor, real ? 4 : 8);
  for (int64_t i = 0; data && i < tensor->count; i++)
    if (real)
      put_float (data, i, one ? nn_onnx_real (one, 0) : 0);
    else
      put_bits (data, i, 8, (uint64_t) nn_onnx_integer (one, 0));
  if (data)
    nn_import_set_tensor (im, tensor);
  return data;
}

/* The same numbers under other dimensions. */
static bool
set_view (nn_import *im, const nn_onnx_tensor *tensor, int rank, const int64_t *dims)
{
  nn_onnx_tensor *view = new_tensor (im, tensor->type, rank, dims);
  if (!view)
    return false;
  if (view->count != tensor->count)
    return nn_fail (im->error, "%lld elements, its shape has %lld", (long long) tensor->count, (long long) view->count);
  view->data = tensor->data;
  view->cast = tensor->cast;
  view->name = tensor->name;
  nn_import_set_tensor (im, view);
  return true;
}

static bool
set_same (nn_import *im, const nn_import_value *in)
{
  if (in->kind == NN_IMPORT_TENSOR)
    nn_import_set_tensor (im, in->tensor);
  else if (in->kind == NN_IMPORT_SIZES)
    nn_import_set_sizes (im, in->sizes.rank, in->sizes.n, in->sizes.at);
  else
    nn_import_set_node (im, in->node.index, &in->node.layout);
  return true;
}

bool
nn_import_identity (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  return in->kind == NN_IMPORT_NODE ? nn_import_add_unary (im, &(nn_node) { .op = NN_OP_identity }, in) : set_same (im, in);
}

/* Integers to float: new numbers. */
static bool
cast_to_float (nn_import *im, const nn_onnx_tensor *from)
{
  nn_onnx_tensor *tensor = new_tensor (im, NN_ONNX_FLOAT, from->rank, from->dims);
  uint8_t *data = new_data (im, tensor, 4);
  for (int64_t i = 0; data && i < from->count; i++)
    put_float (data, i, nn_onnx_real (from, i));
  if (data)
    nn_import_set_tensor (im, tensor);
  return data;
}

bool
nn_import_cast (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  int64_t to = nn_import_int (im, "to", 0);
  bool to_integer = to == NN_ONNX_INT64 || to == NN_ONNX_INT32;
  if (in->kind == NN_IMPORT_NODE ? to == NN_ONNX_FLOAT : in->kind == NN_IMPORT_SIZES ? to_integer : to_integer && !nn_onnx_is_real (in->tensor))
    return set_same (im, in);
  if (in->kind != NN_IMPORT_TENSOR || to != NN_ONNX_FLOAT)
    return nn_fail (im->error, "to element type %lld is not supported here, expected float (1)", (long long) to);
  if (!nn_onnx_is_real (in->tensor))
    return cast_to_float (im, in->tensor);
  nn_onnx_tensor *view = nn_budget_alloc (im->budget, 1, sizeof *view);
  if (!view)
    return false;
  *view = *in->tensor;
  view->cast = true;
  nn_import_set_tensor (im, view);
  return true;
}

/* ---- transposing --------------------------------------------------------------------------------------------------------- */

static bool
read_perm (nn_import *im, int rank, int *perm)
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, "perm");
  bool used[NN_ONNX_MAX_RANK] = { false };
  if (attribute && attribute->n_ints != rank)
    return nn_fail (im->error, "perm has %d numbers for a tensor of rank %d", attribute->n_ints, rank);
  for (int i = 0; i < rank; i++) {
    int64_t axis = attribute ? attribute->ints[i] : rank - 1 - i;
    if (axis < 0 || axis >= rank || used[axis])
      return nn_fail (im->error, "perm is no order of %d axes", rank);
    used[axis] = true;
    perm[i] = (int) axis;
  }
  return true;
}

static bool
transpose_constant (nn_import *im, const nn_onnx_tensor *from, const int *perm)
{
  int64_t dims[NN_ONNX_MAX_RANK], strides[NN_ONNX_MAX_RANK], at[NN_ONNX_MAX_RANK] = { 0 };
  for (int i = 0; i < from->rank; i++) {
    dims[i] = from->dims[perm[i]];
    strides[i] = 1;
    for (int j = perm[i] + 1; j < from->rank; j++)
      strides[i] *= from->dims[j];
  }
  nn_onnx_tensor *tensor = new_tensor (im, NN_ONNX_FLOAT, from->rank, dims);
  uint8_t *data = new_data (im, tensor, 4);
  if (!data || !nn_import_is_float (im, from))
    return false;
  for (int64_t i = 0; i < from->count; i++) {
    int64_t source = 0;
    for (int j = 0; j < from->rank; j++)
      source += at[j] * strides[j];
    put_float (data, i, nn_onnx_real (from, source));
    for (int j = from->rank - 1; j >= 0 && ++at[j] == dims[j]; j--)
      at[j] = 0;
  }
  nn_import_set_tensor (im, tensor);
  return true;
}

bool
nn_import_transpose (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  int perm[NN_ONNX_MAX_RANK];
  if (in->kind == NN_IMPORT_TENSOR)
    return read_perm (im, in->tensor->rank, perm) && transpose_constant (im, in->tensor, perm);
  if (!nn_import_image (im, 0) || !read_perm (im, in->node.layout.rank, perm))
    return false;
  nn_layout layout = in->node.layout;
  nn_layout_transpose (&layout, perm);
  nn_import_set_node (im, in->node.index, &layout);
  return true;
}

/* ---- other shapes -------------------------------------------------------------------------------------------------------- */

bool
nn_import_flatten (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  if (in->kind == NN_IMPORT_SIZES)
    return nn_import_image (im, 0);
  bool image = in->kind == NN_IMPORT_NODE;
  int rank = image ? in->node.layout.rank : in->tensor->rank, axis = rank;
  int64_t given = nn_import_int (im, "axis", 1), dims[2] = { 1, 1 };
  if (given != rank && !nn_import_axis (im, given, rank, &axis))
    return false;
  if (!image) {
    for (int i = 0; i < rank; i++)
      if (__builtin_mul_overflow (dims[i >= axis], in->tensor->dims[i], &dims[i >= axis]))
        return nn_fail (im->error, "its dimensions overflow");
    return set_view (im, in->tensor, 2, dims);
  }
  nn_layout layout = in->node.layout;
  layout.rank = 2;
  layout.n[0] = layout.n[1] = 0;
  for (int i = 0; i < rank; i++)
    for (int j = 0; j < in->node.layout.n[i]; j++)
      layout.axes[i >= axis][layout.n[i >= axis]++] = in->node.layout.axes[i][j];
  nn_import_set_node (im, in->node.index, &layout);
  return true;
}

/* A constant's new shape: 0 copies, -1 takes the rest. */
static bool
reshape_constant (nn_import *im, const nn_onnx_tensor *tensor, bool zero_copies)
{
  const int64_t *given;
  int64_t dims[NN_ONNX_MAX_RANK], known = 1;
  int rank, rest = -1;
  if (!nn_import_numbers (im, 1, &given, &rank))
    return false;
  if (rank > NN_ONNX_MAX_RANK)
    return nn_fail (im->error, "to rank %d, at most %d are supported", rank, NN_ONNX_MAX_RANK);
  for (int i = 0; i < rank; i++) {
    dims[i] = !given[i] && zero_copies && i < tensor->rank ? tensor->dims[i] : given[i];
    if (dims[i] == -1)
      rest = i;
    else if (dims[i] < 0 || __builtin_mul_overflow (known, dims[i], &known))
      return nn_fail (im->error, "%lld on axis %d of its new shape", (long long) dims[i], i);
  }
  if (rest >= 0)
    dims[rest] = known ? tensor->count / known : 0;
  return set_view (im, tensor, rank, dims);
}

/* The sizes of an image's new shape: which axis takes the rest, which ones copy an old axis. */
static bool
reshape_sizes (nn_import *im, const nn_layout *layout, nn_size sizes[NN_LAYOUT_RANK], int copied[NN_LAYOUT_RANK], int *rank, int *rest)
{
  const nn_size *given;
  bool zero_copies = !nn_import_int (im, "allowzero", 0);
  *rest = -1;
  if (!nn_import_sizes (im, 1, &given, rank))
    return false;
  if (*rank < 1 || *rank > NN_LAYOUT_RANK)
    return nn_fail (im->error, "to rank %d, 1 to %d are supported", *rank, NN_LAYOUT_RANK);
  for (int i = 0; i < *rank; i++) {
    copied[i] = -1;
    sizes[i] = given[i];
    if (given[i].kind != NN_SIZE_KNOWN || given[i].value > 0)
      continue;
    if (given[i].value == -1 && *rest < 0)
      *rest = i;
    else if (!given[i].value && zero_copies && i < layout->rank) {
      copied[i] = i;
      sizes[i] = nn_layout_size (layout, i);
    } else
      return nn_fail (im->error, "%lld on axis %d of its new shape", (long long) given[i].value, i);
  }
  return true;
}

static bool
reshape_image (nn_import *im, const nn_import_value *in)
{
  nn_size sizes[NN_LAYOUT_RANK];
  int copied[NN_LAYOUT_RANK], rank, rest;
  nn_import_value out;
  nn_layout layout = in->node.layout;
  if (!reshape_sizes (im, &layout, sizes, copied, &rank, &rest))
    return false;
  if (nn_layout_regroup (&layout, rank, sizes, copied, rest)) {
    nn_import_set_node (im, in->node.index, &layout);
    return true;
  }
  /* The first axis is the batch: as such, or as what remains when all other sizes of an image are known. */
  bool batch = sizes[0].kind == NN_SIZE_BATCH || rest == 0 || (sizes[0].kind == NN_SIZE_KNOWN && sizes[0].value == layout.batch);
  if (!batch)
    return nn_fail (im->error, "cannot prove that the first axis of its new shape is the batch");
  if (!nn_import_reshape (im, in, rank, sizes, rest, "", &out))
    return false;
  nn_import_set_node (im, out.node.index, &out.node.layout);
  return true;
}

bool
nn_import_reshape_op (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  const int64_t *given;
  int n;
  if (in->kind == NN_IMPORT_NODE)
    return reshape_image (im, in);
  if (in->kind == NN_IMPORT_TENSOR)
    return reshape_constant (im, in->tensor, !nn_import_int (im, "allowzero", 0));
  if (!nn_import_numbers (im, 1, &given, &n))
    return false;
  if (n > 1 || (n && given[0] != -1 && given[0] != in->sizes.n) || (!n && in->sizes.n != 1))
    return nn_fail (im->error, "of %d sizes to rank %d", in->sizes.n, n);
  nn_import_set_sizes (im, n, in->sizes.n, in->sizes.at);
  return true;
}

/* ---- axes of size 1 ------------------------------------------------------------------------------------------------------ */

/* The axes that are named, as flags; of a tensor of that rank. */
static bool
flag_axes (nn_import *im, int rank, bool *flags, int *n)
{
  const int64_t *axes;
  int axis;
  if (!nn_import_axes (im, 1, "axes", &axes, n))
    return false;
  for (int i = 0; i < *n; i++) {
    if (!nn_import_axis (im, axes[i], rank, &axis))
      return false;
    if (flags[axis])
      return nn_fail (im->error, "axis %d is given twice", axis);
    flags[axis] = true;
  }
  return true;
}

static bool
squeeze_image (nn_import *im, const nn_import_value *in, bool *flags, int n)
{
  nn_layout layout = in->node.layout;
  for (int i = layout.rank - 1; i >= 0; i--) {
    nn_size size = nn_layout_size (&layout, i);
    bool unit = size.kind == NN_SIZE_KNOWN && size.value == 1;
    if (n ? flags[i] && !unit : size.kind == NN_SIZE_BATCH ? size.value == 1 : size.kind == NN_SIZE_OPEN)
      return nn_fail (im->error, "cannot prove that axis %d is 1, or it is the batch", i);
    if (n ? flags[i] : unit)
      nn_layout_remove (&layout, i);
  }
  nn_import_set_node (im, in->node.index, &layout);
  return true;
}

/* Axes are an attribute before opset 13, an input from there on. */
bool
nn_import_squeeze (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  bool image = in->kind == NN_IMPORT_NODE, flags[NN_ONNX_MAX_RANK] = { false };
  int rank = image ? in->node.layout.rank : in->kind == NN_IMPORT_TENSOR ? in->tensor->rank : in->sizes.rank, n, kept = 0;
  int64_t dims[NN_ONNX_MAX_RANK];
  if (!flag_axes (im, rank, flags, &n))
    return false;
  if (image)
    return squeeze_image (im, in, flags, n);
  for (int i = 0; i < rank; i++) {
    int64_t size = in->kind == NN_IMPORT_TENSOR ? in->tensor->dims[i] : in->sizes.n;
    if (flags[i] && size != 1)
      return nn_fail (im->error, "axis %d is %lld, expected 1", i, (long long) size);
    if (n ? !flags[i] : size != 1)
      dims[kept++] = size;
  }
  if (in->kind == NN_IMPORT_TENSOR)
    return set_view (im, in->tensor, kept, dims);
  nn_import_set_sizes (im, kept, in->sizes.n, in->sizes.at);
  return true;
}

bool
nn_import_unsqueeze (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  bool image = in->kind == NN_IMPORT_NODE, flags[NN_ONNX_MAX_RANK] = { false };
  int rank = image ? in->node.layout.rank : in->kind == NN_IMPORT_TENSOR ? in->tensor->rank : in->sizes.rank;
  int limit = image ? NN_LAYOUT_RANK : in->kind == NN_IMPORT_TENSOR ? NN_ONNX_MAX_RANK : 1, n, unused;
  const int64_t *axes;
  int64_t dims[NN_ONNX_MAX_RANK];
  if (!nn_import_axes (im, 1, "axes", &axes, &unused))
    return false;
  if (unused < 1 || unused > limit - rank)
    return nn_fail (im->error, "%d axes of size 1 added to a tensor of rank %d, at most %d together are supported", unused, rank, limit);
  if (!flag_axes (im, rank + unused, flags, &n))
    return false;
  nn_layout layout = in->node.layout;
  for (int i = 0, from = 0; i < rank + n; i++)
    if (flags[i] && image)
      nn_layout_insert (&layout, i);
    else
      dims[i] = flags[i] ? 1 : in->kind == NN_IMPORT_TENSOR ? in->tensor->dims[from++] : 0;
  if (image)
    nn_import_set_node (im, in->node.index, &layout);
  else if (in->kind == NN_IMPORT_SIZES)
    nn_import_set_sizes (im, 1, in->sizes.n, in->sizes.at);
  else
    return set_view (im, in->tensor, rank + n, dims);
  return true;
}
