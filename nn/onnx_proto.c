/* SPDX-License-Identifier: MIT
 * ONNX's messages, from the wire to plain structs. Every message is gone through twice: to count what repeats, then to fill. */
#include "onnx_fields.h"

#include <stdio.h>
#include <string.h>

/* ---- nodes --------------------------------------------------------------------------------------------------------------- */

/* Attribute fields: 1 name, 2 f, 3 i, 4 s, 5 t, 7 floats, 8 ints, 20 type; 9 strings are not looked at. */
static bool
read_attribute_field (nn_proto *reader, const nn_wire_field *field, nn_onnx_attribute *attribute)
{
  uint32_t bits = (uint32_t) field->value;
  switch (field->number) {
  case 1:
    return nn_proto_name (reader, field, &attribute->name);
  case 2:
    memcpy (&attribute->f, &bits, sizeof bits);
    return true;
  case 3:
    attribute->i = (int64_t) field->value;
    return true;
  case 4:
    attribute->s = nn_proto_text (field);
    return true;
  case 5: {
    if (field->type != NN_WIRE_BYTES)
      return nn_proto_malformed (reader, "attribute");
    nn_onnx_tensor *tensor = nn_budget_alloc (reader->budget, 1, sizeof *tensor);
    attribute->t = tensor;
    return tensor && nn_proto_tensor (reader, "attribute tensor", field->bytes, tensor);
  }
  case 6:
  case 11:
    return nn_proto_refuse (reader, "attribute", field->number, "a subgraph");
  case 10:
    return nn_proto_refuse (reader, "attribute", field->number, "a list of tensors");
  case 14:
  case 15:
    return nn_proto_refuse (reader, "attribute", field->number, "a type");
  case 20:
    attribute->type = field->value <= INT32_MAX ? (int) field->value : -1;
    return true;
  case 21:
    return nn_proto_refuse (reader, "attribute", field->number, "a reference to a function's attribute");
  case 22:
  case 23:
    return nn_proto_refuse (reader, "attribute", field->number, "a sparse tensor");
  default:
    return true;
  }
}

static bool
read_attribute (nn_proto *reader, nn_wire bytes, nn_onnx_attribute *attribute)
{
  attribute->name = attribute->s = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("attribute", bytes, field)
    if (!read_attribute_field (reader, &field, attribute))
      return false;
  const uint8_t *floats;
  uint8_t *ints;
  size_t n_floats, n_ints;
  if (!nn_proto_fixed (reader, "attribute", bytes, 7, 4, &floats, &n_floats) || !nn_proto_integers (reader, "attribute", bytes, 8, 8, &ints, &n_ints))
    return false;
  float *f = nn_budget_alloc (reader->budget, n_floats, sizeof *f);
  int64_t *i = nn_budget_alloc (reader->budget, n_ints, sizeof *i);
  if (!f || !i)
    return false;
  nn_onnx_tensor float_view = { .type = NN_ONNX_FLOAT, .data = floats }, int_view = { .type = NN_ONNX_INT64, .data = ints };
  for (size_t j = 0; j < n_floats; j++)
    f[j] = nn_onnx_real (&float_view, (int64_t) j);
  for (size_t j = 0; j < n_ints; j++)
    i[j] = nn_onnx_integer (&int_view, (int64_t) j);
  if (n_floats > INT32_MAX || n_ints > INT32_MAX)
    return nn_fail (reader->error, "attribute: too many numbers");
  attribute->floats = f;
  attribute->ints = i;
  attribute->n_floats = (int) n_floats;
  attribute->n_ints = (int) n_ints;
  return true;
}

/* Node fields: 1 input, 2 output, 3 name, 4 op_type, 5 attribute, 7 domain. */
static bool
read_node_fields (nn_proto *reader, nn_wire bytes, nn_onnx_node *node)
{
  nn_text *in, *out;
  nn_onnx_attribute *attributes;
  if (!nn_proto_allocate (reader, "node", bytes, 1, "inputs", NN_MAX_INPUTS, sizeof *in, &in)
      || !nn_proto_allocate (reader, "node", bytes, 2, "outputs", NN_MAX_OUTPUTS, sizeof *out, &out)
      || !nn_proto_allocate (reader, "node", bytes, 5, "attributes", NN_ONNX_MAX_ATTRIBUTES, sizeof *attributes, &attributes))
    return false;
  node->in = in;
  node->out = out;
  node->attributes = attributes;
  FOR_EACH_FIELD ("node", bytes, field) {
    bool ok = true;
    if (field.number == 1)
      ok = nn_proto_name (reader, &field, &in[node->n_in++]);
    else if (field.number == 2)
      ok = nn_proto_name (reader, &field, &out[node->n_out++]);
    else if (field.number == 5)
      ok = field.type == NN_WIRE_BYTES ? read_attribute (reader, field.bytes, &attributes[node->n_attributes++])
                                       : nn_proto_malformed (reader, "node");
    if (!ok)
      return false;
  }
  return true;
}

static bool
read_node (nn_proto *reader, nn_wire bytes, int number, nn_onnx_node *node)
{
  node->name = node->op = node->domain = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("node", bytes, field) {
    nn_text *text = field.number == 3 ? &node->name : field.number == 4 ? &node->op : field.number == 7 ? &node->domain : NULL;
    if (text && !nn_proto_name (reader, &field, text))
      return false;
  }
  if (read_node_fields (reader, bytes, node))
    return true;
  char prefix[256];
  snprintf (prefix, sizeof prefix, "node %d (\"%s\", %s)", number, nn_text_print (node->name).text, nn_text_print (node->op).text);
  return nn_fail_prefix (reader->error, prefix);
}

/* ---- graph inputs and outputs -------------------------------------------------------------------------------------------- */

/* The message inside field number, if there; false only when malformed. */
static bool
find_message (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, nn_wire *found, bool *is_there)
{
  *is_there = false;
  FOR_EACH_FIELD (message, bytes, field)
    if (field.number == number && field.type == NN_WIRE_BYTES) {
      *found = field.bytes;
      *is_there = true;
    }
  return true;
}

/* TensorShapeProto: 1 dim { 1 dim_value, 2 dim_param }. */
static bool
read_shape (nn_proto *reader, nn_wire bytes, nn_onnx_value *value)
{
  FOR_EACH_FIELD ("shape", bytes, dim) {
    if (dim.number != 1 || dim.type != NN_WIRE_BYTES)
      continue;
    if (value->rank == NN_ONNX_MAX_RANK)
      return nn_fail (reader->error, "has more than %d dimensions", NN_ONNX_MAX_RANK);
    int64_t size = 0;
    FOR_EACH_FIELD ("dimension", dim.bytes, field)
      if (field.number == 1 && field.type == NN_WIRE_VARINT)
        size = (int64_t) field.value;
    value->dims[value->rank++] = size > 0 ? size : 0;
  }
  return true;
}

/* ValueInfoProto: 1 name, 2 type { 1 tensor_type { 1 elem_type, 2 shape } }. */
static bool
read_value_fields (nn_proto *reader, nn_wire bytes, nn_onnx_value *value)
{
  nn_wire type = bytes, tensor = bytes, shape = bytes;
  bool has_type, has_tensor = false;
  FOR_EACH_FIELD ("value", bytes, field)
    if (field.number == 1 && !nn_proto_name (reader, &field, &value->name))
      return false;
  if (!find_message (reader, "value", bytes, 2, &type, &has_type) || (has_type && !find_message (reader, "type", type, 1, &tensor, &has_tensor)))
    return false;
  if (has_type && !has_tensor)
    return nn_fail (reader->error, "is no tensor");
  if (!has_tensor)
    return true;
  FOR_EACH_FIELD ("tensor type", tensor, part)
    if (part.number == 1 && part.type == NN_WIRE_VARINT && part.value <= INT32_MAX)
      value->type = (int) part.value;
  return find_message (reader, "tensor type", tensor, 2, &shape, &value->has_shape) && (!value->has_shape || read_shape (reader, shape, value));
}

static bool
read_value (nn_proto *reader, const char *what, nn_wire bytes, nn_onnx_value *value)
{
  value->name = (nn_text) { "", 0 };
  if (read_value_fields (reader, bytes, value))
    return true;
  char prefix[128];
  snprintf (prefix, sizeof prefix, "%s \"%s\"", what, nn_text_print (value->name).text);
  return nn_fail_prefix (reader->error, prefix);
}

/* ---- graph and model ----------------------------------------------------------------------------------------------------- */

/* GraphProto: 1 node, 5 initializer, 11 input, 12 output, 15 sparse_initializer. */
static bool
read_graph (nn_proto *reader, nn_wire bytes, nn_onnx_model *model)
{
  nn_onnx_node *nodes;
  nn_onnx_tensor *tensors;
  nn_onnx_value *inputs, *outputs;
  if (!nn_proto_allocate (reader, "graph", bytes, 1, "nodes", NN_ONNX_MAX_NODES, sizeof *nodes, &nodes)
      || !nn_proto_allocate (reader, "graph", bytes, 5, "initialisers", NN_ONNX_MAX_TENSORS, sizeof *tensors, &tensors)
      || !nn_proto_allocate (reader, "graph", bytes, 11, "inputs", NN_ONNX_MAX_TENSORS + 1, sizeof *inputs, &inputs)
      || !nn_proto_allocate (reader, "graph", bytes, 12, "outputs", NN_MAX_OUTPUTS, sizeof *outputs, &outputs))
    return false;
  model->nodes = nodes;
  model->tensors = tensors;
  model->inputs = inputs;
  model->outputs = outputs;
  FOR_EACH_FIELD ("graph", bytes, field) {
    bool ok = true;
    if (field.number == 15)
      return nn_proto_refuse (reader, "graph", 15, "a sparse initialiser");
    if (field.type != NN_WIRE_BYTES && (field.number == 1 || field.number == 5 || field.number == 11 || field.number == 12))
      return nn_proto_malformed (reader, "graph");
    if (field.number == 1) {
      ok = read_node (reader, field.bytes, model->n_nodes, &nodes[model->n_nodes]);
      model->n_nodes++;
    } else if (field.number == 5)
      ok = nn_proto_tensor (reader, "initialiser", field.bytes, &tensors[model->n_tensors++]);
    else if (field.number == 11)
      ok = read_value (reader, "input", field.bytes, &inputs[model->n_inputs++]);
    else if (field.number == 12)
      ok = read_value (reader, "output", field.bytes, &outputs[model->n_outputs++]);
    if (!ok)
      return false;
  }
  return true;
}

/* OperatorSetIdProto: 1 domain, 2 version. */
static bool
read_opset (nn_proto *reader, nn_wire bytes, nn_onnx_model *model)
{
  nn_text domain = { "", 0 };
  int64_t version = 0;
  FOR_EACH_FIELD ("opset", bytes, field)
    if (field.number == 1)
      domain = nn_proto_text (&field);
    else if (field.number == 2)
      version = (int64_t) field.value;
  if (!nn_text_is (domain, "") && !nn_text_is (domain, "ai.onnx"))
    return true;
  if (model->opset && model->opset != version)
    return nn_fail (reader->error, "two opsets are given: %lld and %lld", (long long) model->opset, (long long) version);
  model->opset = version;
  return true;
}

/* StringStringEntryProto: 1 key, 2 value. */
static bool
read_meta (nn_proto *reader, nn_wire bytes, nn_onnx_meta *meta)
{
  meta->key = meta->value = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("metadata", bytes, field)
    if (field.number == NN_ONNX_META_KEY)
      meta->key = nn_proto_text (&field);
    else if (field.number == NN_ONNX_META_VALUE)
      meta->value = nn_proto_text (&field);
  return true;
}

/* ModelProto: 1 ir_version, 7 graph, 8 opset_import, 14 metadata_props, 25 functions. */
bool
nn_onnx_decode (nn_wire bytes, nn_budget *budget, nn_onnx_model *model, nn_error *error)
{
  nn_proto *reader = &(nn_proto) { budget, error };
  *model = (nn_onnx_model) { 0 };
  nn_onnx_meta *metas;
  nn_wire graph = bytes;
  bool has_graph = false;
  if (!nn_proto_allocate (reader, "model", bytes, NN_ONNX_MODEL_METAS, "metadata entries", NN_ONNX_MAX_TENSORS, sizeof *metas, &metas))
    return false;
  model->metas = metas;
  FOR_EACH_FIELD ("model", bytes, field) {
    if (field.number == 25)
      return nn_proto_refuse (reader, "model", 25, "a function");
    if (field.number == 1)
      model->ir = (int64_t) field.value;
    if (field.number != 7 && field.number != 8 && field.number != NN_ONNX_MODEL_METAS)
      continue;
    if (field.type != NN_WIRE_BYTES)
      return nn_proto_malformed (reader, "model");
    if (field.number == 7 && has_graph)
      return nn_fail (error, "model: two graphs");
    if (field.number == 7) {
      graph = field.bytes;
      has_graph = true;
    } else if (field.number == 8 ? !read_opset (reader, field.bytes, model) : !read_meta (reader, field.bytes, &metas[model->n_metas++]))
      return false;
  }
  if (!has_graph)
    return nn_fail (error, "no ONNX model: it has no graph");
  return read_graph (reader, graph, model);
}
