/* SPDX-License-Identifier: MIT
 * Writing filters and matrices in ONNX's own order; as halves where nothing is lost. */
#include "half.h"
#include "onnx_writer.h"

#include <string.h>

static bool
are_halves (const nn_real *weights, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const float weight = (float) weights[i], half = nn_half_value (nn_half_of (weight));
    if (memcmp (&half, &weight, sizeof half))
      return false;
  }
  return true;
}

/* The initialiser of a node's n weights. Halves go through a Cast: what the operator sees is float, in which every engine computes. */
static nn_emit_tensor
open_weights (nn_writer *w, int index, const nn_label *name, size_t n, const int *dims, int rank)
{
  if (!are_halves (w->model->weights + w->graph->nodes[index].weights, n))
    return nn_emit_open_tensor (w, name, NN_ONNX_FLOAT, dims, rank);
  nn_label stored = nn_writer_beside (w, index, "weight_half");
  size_t cast = nn_emit_open_node (w, "Cast", &stored, 1, name);
  nn_emit_int (w, "to", NN_ONNX_FLOAT);
  nn_wire_close (&w->nodes, cast);
  return nn_emit_open_tensor (w, &stored, NN_ONNX_FLOAT16, dims, rank);
}

void
nn_writer_put_filters (nn_writer *w, int index, const nn_label *name)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_real *weights = w->model->weights + node->weights;
  int k = node->u.conv.k, c = node->u.conv.c / node->u.conv.groups, kh = node->u.conv.window.kh, kw = node->u.conv.window.kw;
  size_t plane = (size_t) kh * (size_t) kw;
  nn_emit_tensor at = open_weights (w, index, name, (size_t) k * (size_t) c * plane, (int[]) { k, c, kh, kw }, 4);
  for (size_t i = 0; i < (size_t) k; i++)
    for (size_t j = 0; j < (size_t) c; j++)
      for (size_t p = 0; p < plane; p++)
        nn_emit_real (w, &at, weights[(i * plane + p) * (size_t) c + j]);
  nn_emit_close_tensor (w, &at);
}

bool
nn_writer_put_matrix (nn_writer *w, int index, nn_shape plane, const nn_label *name)
{
  const nn_node *node = &w->graph->nodes[index];
  const nn_real *row = w->model->weights + node->weights;
  size_t k = (size_t) node->u.dense.k, columns = (size_t) node->u.dense.c, c = plane.c ? (size_t) plane.c : columns, positions = columns / c;
  if (columns % c)
    return nn_fail (w->error, "node \"%.80s\" (dense): %zu columns for a plane of %zu channels", node->name, columns, c);
  nn_emit_tensor at = open_weights (w, index, name, k * columns, (int[]) { node->u.dense.k, node->u.dense.c }, 2);
  for (size_t u = 0; u < k; u++, row += columns)
    for (size_t j = 0; j < c; j++)
      for (size_t p = 0; p < positions; p++)
        nn_emit_real (w, &at, row[p * c + j]);
  nn_emit_close_tensor (w, &at);
  return true;
}
