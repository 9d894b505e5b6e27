/* SPDX-License-Identifier: MIT
 * What every operator's import uses: inputs, attributes and outputs of the node at hand, and adding to the graph. */
#include "onnx_import.h"

#include "memory.h"
#include "partial.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- inputs -------------------------------------------------------------------------------------------------------------- */

nn_import_value *
nn_import_in (nn_import *im, int i)
{
  return i < im->node->n_in && im->node->in[i].size ? nn_import_find (im, im->node->in[i]) : NULL;
}

bool
nn_import_is_node (nn_import *im, int i)
{
  const nn_import_value *value = nn_import_in (im, i);
  return value && value->kind == NN_IMPORT_NODE;
}

const nn_import_value *
nn_import_image (nn_import *im, int i)
{
  const nn_import_value *value = nn_import_in (im, i);
  if (value && value->kind == NN_IMPORT_NODE)
    return value;
  nn_fail (im->error, "input %d is %s, expected what depends on the image", i, value ? "a constant" : "not given");
  return NULL;
}

const nn_onnx_tensor *
nn_import_tensor (nn_import *im, int i)
{
  const nn_import_value *value = nn_import_in (im, i);
  if (value && value->kind == NN_IMPORT_TENSOR)
    return value->tensor;
  nn_fail (im->error, "input %d is %s, expected a constant", i, value ? "no constant" : "not given");
  return NULL;
}

static bool
tensor_to_sizes (nn_import *im, const nn_onnx_tensor *tensor, const nn_size **sizes)
{
  if (nn_onnx_is_real (tensor) || tensor->rank > 1 || tensor->count > NN_IMPORT_MAX_SIZES)
    return nn_fail (im->error, "a constant of rank %d with %lld elements, expected at most %d integers", tensor->rank, (long long) tensor->count,
                    NN_IMPORT_MAX_SIZES);
  nn_size *out = nn_budget_alloc (im->budget, (size_t) tensor->count, sizeof *out);
  *sizes = out;
  for (int64_t j = 0; out && j < tensor->count; j++)
    out[j] = (nn_size) { NN_SIZE_KNOWN, nn_onnx_integer (tensor, j) };
  return out;
}

bool
nn_import_sizes (nn_import *im, int i, const nn_size **sizes, int *n)
{
  const nn_import_value *value = nn_import_in (im, i);
  if (value && value->kind == NN_IMPORT_SIZES) {
    *sizes = value->sizes.at;
    *n = value->sizes.n;
    return true;
  }
  const nn_onnx_tensor *tensor = nn_import_tensor (im, i);
  if (!tensor || !tensor_to_sizes (im, tensor, sizes))
    return false;
  *n = (int) tensor->count;
  return true;
}

bool
nn_import_numbers (nn_import *im, int i, const int64_t **numbers, int *n)
{
  const nn_size *sizes;
  if (!nn_import_sizes (im, i, &sizes, n))
    return false;
  int64_t *out = nn_budget_alloc (im->budget, (size_t) *n, sizeof *out);
  if (!out)
    return false;
  *numbers = out;
  for (int j = 0; j < *n; j++) {
    if (sizes[j].kind != NN_SIZE_KNOWN)
      return nn_fail (im->error, "input %d depends on the image's size or number, expected constants", i);
    out[j] = sizes[j].value;
  }
  return true;
}

bool
nn_import_number (nn_import *im, int i, float other, float *number)
{
  *number = other;
  if (!nn_import_in (im, i))
    return true;
  const nn_onnx_tensor *tensor = nn_import_tensor (im, i);
  if (!tensor)
    return false;
  if (tensor->count != 1)
    return nn_fail (im->error, "input %d has %lld elements, expected one number", i, (long long) tensor->count);
  *number = nn_onnx_real (tensor, 0);
  return !isnan (*number) || nn_fail (im->error, "input %d is not a number", i);
}

/* ---- attributes ---------------------------------------------------------------------------------------------------------- */

const nn_onnx_attribute *
nn_import_attribute (nn_import *im, const char *name)
{
  for (int i = 0; i < im->node->n_attributes; i++)
    if (nn_text_is (im->node->attributes[i].name, name))
      return &im->node->attributes[i];
  return NULL;
}

int64_t
nn_import_int (nn_import *im, const char *name, int64_t other)
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, name);
  return attribute ? attribute->i : other;
}

float
nn_import_float (nn_import *im, const char *name, float other)
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, name);
  return attribute ? attribute->f : other;
}

nn_text
nn_import_string (nn_import *im, const char *name, const char *other)
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, name);
  return attribute ? attribute->s : (nn_text) { other, strlen (other) };
}

bool
nn_import_axes (nn_import *im, int i, const char *name, const int64_t **axes, int *n)
{
  const nn_onnx_attribute *attribute = nn_import_attribute (im, name);
  *n = attribute ? attribute->n_ints : 0;
  *axes = attribute ? attribute->ints : NULL;
  return !nn_import_in (im, i) || nn_import_numbers (im, i, axes, n);
}

bool
nn_import_axis (nn_import *im, int64_t given, int rank, int *axis)
{
  if (given < -rank || given >= rank)
    return nn_fail (im->error, "axis %lld of a tensor of rank %d", (long long) given, rank);
  *axis = (int) (given < 0 ? given + rank : given);
  return true;
}

/* ---- outputs ------------------------------------------------------------------------------------------------------------- */

void
nn_import_set_tensor (nn_import *im, const nn_onnx_tensor *tensor)
{
  nn_import_value *out = nn_import_find (im, im->node->out[0]);
  out->kind = NN_IMPORT_TENSOR;
  out->tensor = tensor;
}

void
nn_import_set_sizes (nn_import *im, int rank, int n, const nn_size *sizes)
{
  nn_import_value *out = nn_import_find (im, im->node->out[0]);
  out->kind = NN_IMPORT_SIZES;
  out->sizes.rank = rank;
  out->sizes.n = n;
  out->sizes.at = sizes;
}

void
nn_import_set_node (nn_import *im, int node, const nn_layout *layout)
{
  nn_import_value *out = nn_import_find (im, im->node->out[0]);
  out->kind = NN_IMPORT_NODE;
  out->node.index = node;
  out->node.layout = *layout;
}

/* ---- graph --------------------------------------------------------------------------------------------------------------- */

/* Room for n weights; the first is as large as the file. */
static bool
make_room (nn_import *im, size_t n)
{
  if (n <= im->room && im->weights)
    return true;
  size_t room = im->weights ? 2 * im->room : im->room;
  room = n > room ? n : room;
  if (!nn_budget_take (im->budget, room * sizeof *im->weights))
    return false;
  nn_real *weights = nn_alloc (room * sizeof *weights);
  if (!weights)
    return nn_fail (im->error, "out of memory");
  if (im->weights)
    memcpy (weights, im->weights, im->room * sizeof *weights);
  free (im->weights);
  im->weights = weights;
  im->room = room;
  return true;
}

int
nn_import_add (nn_import *im, const nn_node *node, const char *suffix)
{
  nn_text out = im->node->out[0];
  char name[NN_ONNX_MAX_NAME + 64];
  memcpy (name, out.at, out.size);
  snprintf (name + out.size, sizeof name - out.size, "%s", suffix);
  for (int i = 2; *suffix && nn_graph_find (im->graph, name) >= 0; i++)
    snprintf (name + out.size, sizeof name - out.size, "%s%d", suffix, i);
  nn_node named = *node;
  named.name = name;
  /* Counted twice: the graph's array grows by doubling. */
  if (!nn_budget_take (im->budget, 2 * (sizeof named + sizeof name)))
    return -1;
  int index = nn_graph_add (im->graph, &named, im->error);
  if (index < 0 || !nn_partial_shape (im->graph, index, im->shapes, im->error))
    return -1;
  return make_room (im, im->graph->n_weights) ? index : -1;
}

bool
nn_import_add_in_order (nn_import *im, nn_node *node, const nn_import_value *in, nn_order order)
{
  nn_import_value arranged;
  if (!nn_import_arrange (im, in, order, &arranged))
    return false;
  node->n_in = 1;
  node->in[0] = arranged.node.index;
  int index = nn_import_add (im, node, "");
  if (index < 0)
    return false;
  nn_layout layout = nn_layout_new (in->node.layout.rank, order, im->shapes[index], in->node.layout.batch);
  nn_import_set_node (im, index, &layout);
  return true;
}

bool
nn_import_add_unary (nn_import *im, nn_node *node, const nn_import_value *in)
{
  node->n_in = 1;
  node->in[0] = in->node.index;
  int index = nn_import_add (im, node, "");
  if (index < 0)
    return false;
  nn_layout layout = in->node.layout;
  nn_layout_resize (&layout, im->shapes[index]);
  nn_import_set_node (im, index, &layout);
  return true;
}

bool
nn_import_real (nn_import *im, const nn_onnx_tensor *tensor, int64_t i, nn_real *out)
{
  float value = nn_onnx_real (tensor, i);
  *out = (nn_real) value;
  return isfinite (value)
         || nn_fail (im->error, "constant \"%s\" has a number that is not finite at %lld", nn_text_print (tensor->name).text, (long long) i);
}

bool
nn_import_reals (nn_import *im, const nn_onnx_tensor *tensor, int64_t first, int64_t step, int64_t n, nn_real *out)
{
  nn_onnx_reals (tensor, first, step, n, out);
  bool finite = true;
  for (int64_t i = 0; i < n; i++)
    finite &= isfinite (out[i]) != 0;
  for (int64_t i = 0; !finite && i < n; i++)
    if (!nn_import_real (im, tensor, first + i * step, &out[i]))
      return false;
  return true;
}

bool
nn_import_is_float (nn_import *im, const nn_onnx_tensor *tensor)
{
  return tensor->type == NN_ONNX_FLOAT || tensor->cast
         || nn_fail (im->error, "constant \"%s\" has element type %d, expected float (1)", nn_text_print (tensor->name).text, (int) tensor->type);
}

bool
nn_import_copy (nn_import *im, const nn_onnx_tensor *tensor, nn_real *out)
{
  if (!nn_import_is_float (im, tensor))
    return false;
  return nn_import_reals (im, tensor, 0, 1, tensor->count, out);
}
