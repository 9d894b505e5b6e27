/* SPDX-License-Identifier: MIT
 * Writing a model as ONNX, opset 13: what each value is like, then the nodes in their order, then the model around them. */
#include "onnx_writer.h"
#include "ops/op.h"
#include "partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- names --------------------------------------------------------------------------------------------------------------- */

/* A name that no node has: of what stands beside node. */
nn_label
nn_writer_beside (const nn_writer *w, int node, const char *suffix)
{
  nn_label name;
  snprintf (name.text, sizeof name.text, "%.1100s/%s", w->graph->nodes[node].name, suffix);
  for (int i = 2; nn_graph_find (w->graph, name.text) >= 0; i++)
    snprintf (name.text, sizeof name.text, "%.1100s/%s%d", w->graph->nodes[node].name, suffix, i);
  return name;
}

nn_label
nn_writer_name (const nn_writer *w, int node)
{
  nn_label name;
  snprintf (name.text, sizeof name.text, "%s", w->graph->nodes[node].name);
  return name;
}

/* ---- graph and model ----------------------------------------------------------------------------------------------------- */

/* Operators for which the order of a flattened plane's numbers is none of their business. */
static bool
is_pointwise (nn_op op)
{
  return nn_act_of (op) || op == NN_OP_identity || op == NN_OP_dropout;
}

static bool
prepare (nn_writer *w)
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
put_output (nn_writer *w, nn_wire_out *values, int i)
{
  int node = w->graph->outputs[i];
  nn_label name = nn_writer_name (w, node), in = name;
  bool again = w->graph->nodes[node].op == NN_OP_input;
  for (int j = 0; j < i; j++)
    again |= w->graph->outputs[j] == node;
  if (again) {
    char suffix[24];
    snprintf (suffix, sizeof suffix, "output%d", i);
    name = nn_writer_beside (w, node, suffix);
    nn_emit_node (w, "Identity", &in, 1, &name);
  }
  put_value (values, 12, name.text, w->shapes[node], w->flat[node], false);
}

/* GraphProto: 1 node, 2 name, 5 initializer, 11 input, 12 output. */
static bool
write_graph (nn_writer *w, nn_wire_out *out)
{
  nn_wire_out values = { 0 };
  if (!prepare (w))
    return false;
  for (int i = 0; i < w->graph->n_nodes; i++) {
    const nn_node *node = &w->graph->nodes[i];
    if (!nn_writer_put_node (w, i))
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
write_model (nn_writer *w, nn_wire_out *out)
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
  nn_writer *w = calloc (1, sizeof *w);
  bool ok = w;
  if (w) {
    *w = (nn_writer) { .model = model, .graph = model->graph, .error = error };
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
