/* SPDX-License-Identifier: MIT
 * Shape arithmetic, done on import: vectors of sizes, some of which are only known when the network runs. */
#include "onnx_ops.h"

static nn_size *
new_sizes (nn_import *im, int n)
{
  return nn_budget_alloc (im->budget, (size_t) n, sizeof (nn_size));
}

/* The number of an input's axes, of sizes or of a constant. */
static int
rank_of (nn_import *im, int i)
{
  const nn_import_value *value = nn_import_in (im, i);
  return value->kind == NN_IMPORT_SIZES ? value->sizes.rank : value->tensor->rank;
}

static bool
combine (nn_import *im, nn_op op, nn_size a, nn_size b, nn_size *out)
{
  bool one_a = a.kind == NN_SIZE_KNOWN && a.value == 1, one_b = b.kind == NN_SIZE_KNOWN && b.value == 1, overflow = false;
  *out = (nn_size) { NN_SIZE_OPEN, 0 };
  if (one_b && (op == NN_OP_mul || op == NN_OP_div))
    *out = a;
  else if (one_a && op == NN_OP_mul)
    *out = b;
  else if (a.kind == NN_SIZE_KNOWN && b.kind == NN_SIZE_KNOWN) {
    out->kind = NN_SIZE_KNOWN;
    if (op == NN_OP_div && (!b.value || (a.value == INT64_MIN && b.value == -1)))
      return nn_fail (im->error, "divides %lld by %lld", (long long) a.value, (long long) b.value);
    if (op == NN_OP_div)
      out->value = a.value / b.value;
    else
      overflow = op == NN_OP_add   ? __builtin_add_overflow (a.value, b.value, &out->value)
                 : op == NN_OP_sub ? __builtin_sub_overflow (a.value, b.value, &out->value)
                                   : __builtin_mul_overflow (a.value, b.value, &out->value);
  }
  return !overflow || nn_fail (im->error, "overflows with %lld and %lld", (long long) a.value, (long long) b.value);
}

bool
nn_import_sizes_arith (nn_import *im, nn_op op)
{
  const nn_size *a, *b;
  int n_a, n_b;
  if (!nn_import_sizes (im, 0, &a, &n_a) || !nn_import_sizes (im, 1, &b, &n_b))
    return false;
  if (n_a != n_b && n_a != 1 && n_b != 1)
    return nn_fail (im->error, "%d sizes and %d sizes", n_a, n_b);
  int n = n_a == 1 ? n_b : n_a, rank = rank_of (im, 0) || rank_of (im, 1);
  nn_size *out = new_sizes (im, n);
  for (int i = 0; out && i < n; i++)
    if (!combine (im, op, a[n_a == 1 ? 0 : i], b[n_b == 1 ? 0 : i], &out[i]))
      return false;
  if (out)
    nn_import_set_sizes (im, rank, n, out);
  return out;
}

bool
nn_import_sizes_concat (nn_import *im)
{
  nn_size *out = new_sizes (im, NN_IMPORT_MAX_SIZES);
  int total = 0;
  for (int i = 0; out && i < im->node->n_in; i++) {
    const nn_size *sizes;
    int n;
    if (!nn_import_sizes (im, i, &sizes, &n))
      return false;
    if (n > NN_IMPORT_MAX_SIZES - total)
      return nn_fail (im->error, "more than %d sizes", NN_IMPORT_MAX_SIZES);
    for (int j = 0; j < n; j++)
      out[total++] = sizes[j];
  }
  if (out)
    nn_import_set_sizes (im, 1, total, out);
  return out;
}

/* Shape: from start to end since opset 15. */
bool
nn_import_shape (nn_import *im)
{
  const nn_import_value *in = nn_import_in (im, 0);
  bool image = in->kind == NN_IMPORT_NODE;
  int rank = image ? in->node.layout.rank : in->kind == NN_IMPORT_TENSOR ? in->tensor->rank : in->sizes.rank;
  int64_t start = nn_import_int (im, "start", 0), end = nn_import_int (im, "end", rank);
  start = start < -rank ? 0 : start < 0 ? start + rank : start > rank ? rank : start;
  end = end < -rank ? 0 : end < 0 ? end + rank : end > rank ? rank : end;
  int n = end > start ? (int) (end - start) : 0;
  nn_size *out = new_sizes (im, n);
  for (int i = 0; out && i < n; i++) {
    int axis = (int) start + i;
    out[i] = image ? nn_layout_size (&in->node.layout, axis)
                   : (nn_size) { NN_SIZE_KNOWN, in->kind == NN_IMPORT_TENSOR ? in->tensor->dims[axis] : in->sizes.n };
  }
  if (out)
    nn_import_set_sizes (im, 1, n, out);
  return out;
}

bool
nn_import_gather (nn_import *im)
{
  const nn_size *sizes;
  const int64_t *indices;
  int n, n_indices, axis;
  if (nn_import_is_node (im, 0))
    return nn_fail (im->error, "of what depends on the image is not supported, only of its shape");
  if (!nn_import_sizes (im, 0, &sizes, &n) || !nn_import_numbers (im, 1, &indices, &n_indices)
      || !nn_import_axis (im, nn_import_int (im, "axis", 0), 1, &axis))
    return false;
  nn_size *out = new_sizes (im, n_indices);
  for (int i = 0; out && i < n_indices; i++) {
    int at;
    if (!nn_import_axis (im, indices[i], n, &at))
      return false;
    out[i] = sizes[at];
  }
  if (out)
    nn_import_set_sizes (im, rank_of (im, 1), n_indices, out);
  return out;
}

/* One of Slice's four vectors: an attribute before opset 10, an input from there on; n 0: not given. */
static bool
slice_number (nn_import *im, int i, const char *name, int64_t other, int64_t *number)
{
  const int64_t *numbers;
  int n;
  if (!nn_import_axes (im, i, name, &numbers, &n))
    return false;
  if (n > 1)
    return nn_fail (im->error, "%s has %d numbers, expected one", name, n);
  *number = n ? numbers[0] : other;
  return true;
}

bool
nn_import_slice (nn_import *im)
{
  const nn_size *sizes;
  int64_t start = 0, end = 0, axis = 0, step = 1;
  int n, unused;
  if (nn_import_is_node (im, 0))
    return nn_fail (im->error, "of what depends on the image is not supported, only of its shape");
  if (!nn_import_sizes (im, 0, &sizes, &n) || !slice_number (im, 1, "starts", 0, &start) || !slice_number (im, 2, "ends", INT64_MAX, &end)
      || !slice_number (im, 3, "axes", 0, &axis) || !slice_number (im, 4, "steps", 1, &step) || !nn_import_axis (im, axis, 1, &unused))
    return false;
  if (step != 1)
    return nn_fail (im->error, "a step of %lld, expected 1", (long long) step);
  start = start < -n ? 0 : start < 0 ? start + n : start > n ? n : start;
  end = end < -n ? 0 : end < 0 ? end + n : end > n ? n : end;
  nn_import_set_sizes (im, 1, end > start ? (int) (end - start) : 0, sizes + start);
  return true;
}
