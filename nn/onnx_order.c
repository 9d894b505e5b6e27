/* SPDX-License-Identifier: MIT
 * Laying tensors out anew, where their order in memory is not what an operator needs. */
#include "onnx_import.h"

const nn_order nn_order_image = { { 0, NN_AXIS_C, NN_AXIS_H, NN_AXIS_W } };

static bool
needs_batch_first (nn_import *im, const nn_import_value *value)
{
  return nn_layout_batch_first (&value->node.layout) || nn_fail (im->error, "its input's first axis is not the batch alone");
}

/* Adds a permute, or nothing when it would move nothing. */
static bool
permute (nn_import *im, nn_import_value *value, const nn_axis axes[3])
{
  if (axes[0] == NN_AXIS_H && axes[1] == NN_AXIS_W && axes[2] == NN_AXIS_C)
    return true;
  nn_node node = { .op = NN_OP_permute, .n_in = 1, .in = { value->node.index } };
  for (int i = 0; i < 3; i++)
    node.u.permute.axes[i] = axes[i];
  value->node.index = nn_import_add (im, &node, "/permute");
  return value->node.index >= 0;
}

static bool
has_single_axes (const nn_layout *layout)
{
  for (int i = 0; i < layout->rank; i++)
    if (layout->n[i] > 1)
      return false;
  return true;
}

bool
nn_import_arrange (nn_import *im, const nn_import_value *value, nn_order order, nn_import_value *out)
{
  *out = *value;
  if (!needs_batch_first (im, value))
    return false;
  if (nn_layout_is (&value->node.layout, order))
    return true;
  if (!has_single_axes (&value->node.layout) && !nn_import_lay_out (im, value, out))
    return false;
  const nn_layout *layout = &out->node.layout;
  bool taken[3] = { false }, given[3] = { false };
  nn_axis axes[3];
  for (int i = 1; i < layout->rank; i++)
    if (layout->n[i]) {
      axes[order.axes[i]] = (nn_axis) layout->axes[i][0];
      given[order.axes[i]] = taken[layout->axes[i][0]] = true;
    }
  for (int i = 0, unit = 0; i < 3; i++)
    if (!given[i]) {
      while (taken[unit])
        unit++;
      axes[i] = (nn_axis) unit++;
    }
  if (!permute (im, out, axes))
    return false;
  out->node.layout = nn_layout_new (layout->rank, order, im->shapes[out->node.index], layout->batch);
  return true;
}

bool
nn_import_reshape (nn_import *im, const nn_import_value *value, int rank, const nn_size *sizes, int rest, const char *suffix,
                   nn_import_value *out)
{
  *out = *value;
  if (!needs_batch_first (im, value))
    return false;
  if (rank < 1 || rank > NN_LAYOUT_RANK)
    return nn_fail (im->error, "a tensor of rank %d; 1 to %d are supported", rank, NN_LAYOUT_RANK);
  int shape[3] = { 1, 1, 1 }, open = 0;
  for (int i = 1; i < rank; i++) {
    bool known = sizes[i].kind == NN_SIZE_KNOWN && i != rest;
    if (sizes[i].kind == NN_SIZE_BATCH || (known && (sizes[i].value < 1 || sizes[i].value > INT32_MAX)) || (!known && open++))
      return nn_fail (im->error, "cannot prove the shape that it gives: axis %d", i);
    shape[3 - rank + i] = known ? (int) sizes[i].value : -1;
  }
  nn_axis axes[3];
  if (!nn_layout_flat_order (&value->node.layout, axes) && !permute (im, out, axes))
    return false;
  nn_node node = { .op = NN_OP_reshape, .n_in = 1, .in = { out->node.index }, .u.reshape.shape = { shape[0], shape[1], shape[2] } };
  nn_shape now = im->shapes[out->node.index];
  if (!now.h || !now.w || !now.c || now.h != shape[0] || now.w != shape[1] || now.c != shape[2])
    out->node.index = nn_import_add (im, &node, suffix);
  if (out->node.index < 0)
    return false;
  nn_order order = { { 0, NN_AXIS_H, NN_AXIS_W, NN_AXIS_C } };
  for (int i = 1; i < rank; i++)
    order.axes[i] = (nn_axis) (3 - rank + i);
  out->node.layout = nn_layout_new (rank, order, im->shapes[out->node.index], value->node.layout.batch);
  return true;
}

bool
nn_import_lay_out (nn_import *im, const nn_import_value *value, nn_import_value *out)
{
  nn_size sizes[NN_LAYOUT_RANK];
  for (int i = 0; i < value->node.layout.rank; i++)
    sizes[i] = nn_layout_size (&value->node.layout, i);
  return nn_import_reshape (im, value, value->node.layout.rank, sizes, -1, "/reshape", out);
}

/* Likely ones first. */
#define N_ORDERS 6
static const nn_order orders[N_ORDERS] = {
  { { 0, NN_AXIS_C, NN_AXIS_H, NN_AXIS_W } }, { { 0, NN_AXIS_H, NN_AXIS_W, NN_AXIS_C } }, { { 0, NN_AXIS_C, NN_AXIS_W, NN_AXIS_H } },
  { { 0, NN_AXIS_W, NN_AXIS_H, NN_AXIS_C } }, { { 0, NN_AXIS_H, NN_AXIS_C, NN_AXIS_W } }, { { 0, NN_AXIS_W, NN_AXIS_C, NN_AXIS_H } },
};

nn_order
nn_import_order_for_plane (const nn_layout *layout, const bool *of_plane)
{
  int best = -1;
  for (int o = 0; o < N_ORDERS; o++) {
    bool fits = true;
    for (int i = 1; i < layout->rank; i++)
      fits &= !of_plane[i] || orders[o].axes[i] != NN_AXIS_C;
    if (fits && (best < 0 || nn_layout_is (layout, orders[o])))
      best = o;
  }
  return orders[best < 0 ? 0 : best];
}

nn_order
nn_import_best_order (const nn_import_value *const *values, int n)
{
  int best = 0, most = -1;
  for (int o = 0; o < N_ORDERS; o++) {
    int count = 0;
    for (int i = 0; i < n; i++)
      count += nn_layout_is (&values[i]->node.layout, orders[o]);
    if (count > most) {
      most = count;
      best = o;
    }
  }
  return orders[best];
}
