/* SPDX-License-Identifier: MIT
 * ONNX's messages, from the wire to plain structs. Every message is gone through twice: to count what repeats, then to fill. */
#include "onnx.h"

#include <stdio.h>
#include <string.h>

typedef struct proto {
  nn_budget *budget;
  nn_error *error;
} proto;

static bool
malformed (proto *reader, const char *message)
{
  return nn_fail (reader->error, "%s: not protobuf: a field is cut off or longer than what contains it", message);
}

static bool
refuse (proto *reader, const char *message, uint32_t number, const char *what)
{
  return nn_fail (reader->error, "%s: field %u (%s) is not supported", message, (unsigned) number, what);
}

/* A message's fields one by one; ok ends false when the bytes are no protobuf or the body set it so. */
#define FOR_EACH_FIELD(message_name, message_bytes, field)                                                                         \
  nn_wire field##_wire = (message_bytes);                                                                                          \
  nn_wire_field field;                                                                                                             \
  int field##_state;                                                                                                               \
  while ((field##_state = nn_wire_next (&field##_wire, &field)) != 0)                                                              \
    if (field##_state < 0)                                                                                                         \
      return malformed (reader, message_name);                                                                                     \
    else

/* ---- strings ------------------------------------------------------------------------------------------------------------- */

bool
nn_text_is (nn_text text, const char *other)
{
  return text.size == strlen (other) && !memcmp (text.at, other, text.size);
}

bool
nn_text_equal (nn_text a, nn_text b)
{
  return a.size == b.size && !memcmp (a.at, b.at, a.size);
}

nn_printable
nn_text_print (nn_text text)
{
  nn_printable out;
  size_t n = text.size < sizeof out.text - 1 ? text.size : sizeof out.text - 1;
  for (size_t i = 0; i < n; i++)
    out.text[i] = (unsigned char) text.at[i] < ' ' || text.at[i] == 127 ? '?' : text.at[i];
  out.text[n] = 0;
  if (n < text.size)
    memcpy (out.text + n - 3, "...", 3);
  return out;
}

/* An empty string points to something too. */
static nn_text
text_of (const nn_wire_field *field)
{
  if (field->type != NN_WIRE_BYTES)
    return (nn_text) { "", 0 };
  return (nn_text) { (const char *) field->bytes.at, nn_wire_size (&field->bytes) };
}

static bool
name_of (proto *reader, const nn_wire_field *field, nn_text *name)
{
  *name = text_of (field);
  if (name->size > NN_ONNX_MAX_NAME)
    return nn_fail (reader->error, "name \"%s\" has %zu bytes, at most %d are supported", nn_text_print (*name).text, name->size, NN_ONNX_MAX_NAME);
  if (memchr (name->at, 0, name->size))
    return nn_fail (reader->error, "name \"%s\" contains a zero byte", nn_text_print (*name).text);
  return true;
}

/* How many fields of that number a message has. */
static bool
count_fields (proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t *count)
{
  *count = 0;
  FOR_EACH_FIELD (message, bytes, field)
    *count += field.number == number;
  return true;
}

/* Room for all fields of that number, at most limit. */
static bool
allocate_fields (proto *reader, const char *message, nn_wire bytes, uint32_t number, const char *what, size_t limit, size_t size, void *items)
{
  size_t count;
  if (!count_fields (reader, message, bytes, number, &count))
    return false;
  if (count > limit)
    return nn_fail (reader->error, "%s: %zu %s, at most %zu are supported", message, count, what, limit);
  void *memory = nn_budget_alloc (reader->budget, count, size);
  memcpy (items, &memory, sizeof memory);
  return memory != NULL;
}

/* ---- repeated numbers ---------------------------------------------------------------------------------------------------- */

/* How a number is stored on the wire: packed into bytes or one field each, varint or fixed. */
static bool
count_numbers (proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t fixed, size_t *count)
{
  *count = 0;
  FOR_EACH_FIELD (message, bytes, field) {
    if (field.number != number)
      continue;
    size_t size = nn_wire_size (&field.bytes);
    if (field.type != NN_WIRE_BYTES)
      *count += 1;
    else if (fixed && size % fixed)
      return nn_fail (reader->error, "%s: packed numbers of %zu bytes fill %zu bytes", message, fixed, size);
    else if (fixed)
      *count += size / fixed;
    else
      for (const uint8_t *at = field.bytes.at; at < field.bytes.end; at++)
        *count += *at < 128;
  }
  return true;
}

/* Integers, `width` little-endian bytes each (the low ones) into a new array. */
static bool
read_integers (proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t width, uint8_t **out, size_t *count)
{
  if (!count_numbers (reader, message, bytes, number, 0, count))
    return false;
  uint8_t *at = *out = nn_budget_alloc (reader->budget, *count, width);
  if (!at)
    return false;
  FOR_EACH_FIELD (message, bytes, field) {
    if (field.number != number)
      continue;
    nn_wire packed = field.bytes;
    do {
      uint64_t value = field.value;
      if (field.type == NN_WIRE_BYTES && packed.at == packed.end)
        break;
      if (field.type == NN_WIRE_BYTES && !nn_wire_varint (&packed, &value))
        return malformed (reader, message);
      for (size_t i = 0; i < width; i++)
        *at++ = (uint8_t) (value >> (8 * i));
    } while (field.type == NN_WIRE_BYTES);
  }
  return true;
}

/* Fixed numbers of `width` bytes. One packed run stays in place. */
static bool
read_fixed (proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t width, const uint8_t **out, size_t *count)
{
  size_t runs;
  if (!count_numbers (reader, message, bytes, number, width, count) || !count_fields (reader, message, bytes, number, &runs))
    return false;
  uint8_t *at = nn_budget_alloc (reader->budget, runs == 1 ? 0 : *count, width);
  if (!at)
    return false;
  *out = at;
  FOR_EACH_FIELD (message, bytes, field) {
    if (field.number != number)
      continue;
    if (field.type == NN_WIRE_VARINT || (field.type == NN_WIRE_FIXED32 && width != 4) || (field.type == NN_WIRE_FIXED64 && width != 8))
      return nn_fail (reader->error, "%s: field %u has another wire type than its numbers of %zu bytes", message, (unsigned) number, width);
    bool packed = field.type == NN_WIRE_BYTES;
    /* The wire is little-endian, and so is an unpacked number just before the reader. */
    const uint8_t *from = packed ? field.bytes.at : field_wire.at - width;
    size_t size = packed ? nn_wire_size (&field.bytes) : width;
    if (runs == 1) {
      *out = from;
      break;
    }
    memcpy (at, from, size);
    at += size;
  }
  return true;
}

/* ---- tensors ------------------------------------------------------------------------------------------------------------- */

static size_t
type_size (int type)
{
  switch (type) {
  case NN_ONNX_FLOAT:
  case NN_ONNX_INT32:
    return 4;
  case NN_ONNX_UINT8:
  case NN_ONNX_INT8:
  case NN_ONNX_BOOL:
    return 1;
  case NN_ONNX_FLOAT16:
    return 2;
  case NN_ONNX_INT64:
  case NN_ONNX_DOUBLE:
    return 8;
  default:
    return 0;
  }
}

bool
nn_onnx_is_real (const nn_onnx_tensor *tensor)
{
  return tensor->type == NN_ONNX_FLOAT || tensor->type == NN_ONNX_FLOAT16 || tensor->type == NN_ONNX_DOUBLE;
}

static uint64_t
element (const nn_onnx_tensor *tensor, int64_t i)
{
  size_t size = type_size (tensor->type);
  uint64_t bits = 0;
  for (size_t j = 0; j < size; j++)
    bits |= (uint64_t) tensor->data[(size_t) i * size + j] << (8 * j);
  return bits;
}

/* IEEE 754 binary16; infinities and NaN stay what they are. */
static float
half (uint16_t bits)
{
  uint32_t sign = (uint32_t) (bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023, out;
  float value;
  if (exponent == 0) {
    value = (float) fraction / 16777216; /* subnormal: fraction * 2^-24 */
    return sign ? -value : value;
  }
  out = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
  memcpy (&value, &out, sizeof value);
  return value;
}

float
nn_onnx_real (const nn_onnx_tensor *tensor, int64_t i)
{
  uint64_t bits = element (tensor, i);
  uint32_t low = (uint32_t) bits;
  float value;
  double wide;
  switch (tensor->type) {
  case NN_ONNX_FLOAT16:
    return half ((uint16_t) bits);
  case NN_ONNX_FLOAT:
    memcpy (&value, &low, sizeof value);
    return value;
  case NN_ONNX_DOUBLE:
    memcpy (&wide, &bits, sizeof wide);
    return (float) wide;
  default:
    return (float) nn_onnx_integer (tensor, i);
  }
}

int64_t
nn_onnx_integer (const nn_onnx_tensor *tensor, int64_t i)
{
  uint64_t bits = element (tensor, i);
  switch (tensor->type) {
  case NN_ONNX_INT8:
    return (int8_t) bits;
  case NN_ONNX_INT32:
    return (int32_t) bits;
  default:
    return (int64_t) bits;
  }
}

/* Tensor fields: 1 dims, 2 data_type, 4 float_data, 5 int32_data, 7 int64_data, 8 name, 9 raw_data, 10 double_data. */
static bool
read_tensor_data (proto *reader, nn_wire bytes, nn_onnx_tensor *tensor)
{
  size_t size = type_size (tensor->type), raw = 0, count = 0;
  const uint8_t *raw_data = NULL;
  FOR_EACH_FIELD ("tensor", bytes, field)
    if (field.number == 9 && field.type == NN_WIRE_BYTES) {
      raw_data = field.bytes.at;
      raw = nn_wire_size (&field.bytes);
    }
  if (raw) {
    tensor->data = raw_data;
    if (raw % size)
      return nn_fail (reader->error, "%zu raw bytes are no whole number of elements of %zu bytes", raw, size);
    count = raw / size;
  } else if (tensor->type == NN_ONNX_FLOAT || tensor->type == NN_ONNX_DOUBLE) {
    if (!read_fixed (reader, "tensor", bytes, tensor->type == NN_ONNX_FLOAT ? 4 : 10, size, &tensor->data, &count))
      return false;
  } else {
    uint8_t *data;
    if (!read_integers (reader, "tensor", bytes, tensor->type == NN_ONNX_INT64 ? 7 : 5, size, &data, &count))
      return false;
    tensor->data = data;
  }
  if (count != (uint64_t) tensor->count)
    return nn_fail (reader->error, "holds %zu elements, its dimensions say %lld", count, (long long) tensor->count);
  return true;
}

static bool
read_dims (proto *reader, nn_wire bytes, nn_onnx_tensor *tensor)
{
  uint8_t *dims;
  size_t rank;
  if (!read_integers (reader, "tensor", bytes, 1, 8, &dims, &rank))
    return false;
  if (rank > NN_ONNX_MAX_RANK)
    return nn_fail (reader->error, "has %zu dimensions, at most %d are supported", rank, NN_ONNX_MAX_RANK);
  tensor->rank = (int) rank;
  tensor->count = 1;
  nn_onnx_tensor view = { .type = NN_ONNX_INT64, .data = dims };
  for (int i = 0; i < tensor->rank; i++) {
    tensor->dims[i] = nn_onnx_integer (&view, i);
    if (tensor->dims[i] < 0 || tensor->dims[i] > INT32_MAX)
      return nn_fail (reader->error, "dimension %d is %lld, expected 0 to 2^31 - 1", i, (long long) tensor->dims[i]);
    if (__builtin_mul_overflow (tensor->count, tensor->dims[i], &tensor->count))
      return nn_fail (reader->error, "the product of its dimensions is beyond 2^63");
  }
  return true;
}

static bool
read_tensor_fields (proto *reader, nn_wire bytes, nn_onnx_tensor *tensor)
{
  tensor->name = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("tensor", bytes, field) {
    if (field.number == 2)
      tensor->type = field.value <= INT32_MAX ? (nn_onnx_type) field.value : 0;
    else if (field.number == 3)
      return refuse (reader, "tensor", 3, "a segment");
    else if (field.number == 8 && !name_of (reader, &field, &tensor->name))
      return false;
    else if (field.number == 13 || (field.number == 14 && field.value))
      return nn_fail (reader->error, "its data lies outside of the file, which is not supported");
  }
  if (!type_size ((int) tensor->type))
    return nn_fail (reader->error, "element type %d is not supported (expected float, float16, double, int64, int32, int8, uint8 or bool)",
                    (int) tensor->type);
  return read_dims (reader, bytes, tensor) && read_tensor_data (reader, bytes, tensor);
}

static bool
read_tensor (proto *reader, const char *what, nn_wire bytes, nn_onnx_tensor *tensor)
{
  if (read_tensor_fields (reader, bytes, tensor))
    return true;
  char prefix[128];
  snprintf (prefix, sizeof prefix, "%s \"%s\"", what, tensor->name.at ? nn_text_print (tensor->name).text : "");
  return nn_fail_prefix (reader->error, prefix);
}

/* ---- nodes --------------------------------------------------------------------------------------------------------------- */

/* Attribute fields: 1 name, 2 f, 3 i, 4 s, 5 t, 7 floats, 8 ints, 20 type; 9 strings are not looked at. */
static bool
read_attribute_field (proto *reader, const nn_wire_field *field, nn_onnx_attribute *attribute)
{
  uint32_t bits = (uint32_t) field->value;
  switch (field->number) {
  case 1:
    return name_of (reader, field, &attribute->name);
  case 2:
    memcpy (&attribute->f, &bits, sizeof bits);
    return true;
  case 3:
    attribute->i = (int64_t) field->value;
    return true;
  case 4:
    attribute->s = text_of (field);
    return true;
  case 5: {
    if (field->type != NN_WIRE_BYTES)
      return malformed (reader, "attribute");
    nn_onnx_tensor *tensor = nn_budget_alloc (reader->budget, 1, sizeof *tensor);
    attribute->t = tensor;
    return tensor && read_tensor (reader, "attribute tensor", field->bytes, tensor);
  }
  case 6:
  case 11:
    return refuse (reader, "attribute", field->number, "a subgraph");
  case 10:
    return refuse (reader, "attribute", field->number, "a list of tensors");
  case 14:
  case 15:
    return refuse (reader, "attribute", field->number, "a type");
  case 20:
    attribute->type = field->value <= INT32_MAX ? (int) field->value : -1;
    return true;
  case 21:
    return refuse (reader, "attribute", field->number, "a reference to a function's attribute");
  case 22:
  case 23:
    return refuse (reader, "attribute", field->number, "a sparse tensor");
  default:
    return true;
  }
}

static bool
read_attribute (proto *reader, nn_wire bytes, nn_onnx_attribute *attribute)
{
  attribute->name = attribute->s = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("attribute", bytes, field)
    if (!read_attribute_field (reader, &field, attribute))
      return false;
  const uint8_t *floats;
  uint8_t *ints;
  size_t n_floats, n_ints;
  if (!read_fixed (reader, "attribute", bytes, 7, 4, &floats, &n_floats) || !read_integers (reader, "attribute", bytes, 8, 8, &ints, &n_ints))
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
read_node_fields (proto *reader, nn_wire bytes, nn_onnx_node *node)
{
  nn_text *in, *out;
  nn_onnx_attribute *attributes;
  if (!allocate_fields (reader, "node", bytes, 1, "inputs", NN_MAX_INPUTS, sizeof *in, &in)
      || !allocate_fields (reader, "node", bytes, 2, "outputs", NN_MAX_OUTPUTS, sizeof *out, &out)
      || !allocate_fields (reader, "node", bytes, 5, "attributes", NN_ONNX_MAX_ATTRIBUTES, sizeof *attributes, &attributes))
    return false;
  node->in = in;
  node->out = out;
  node->attributes = attributes;
  FOR_EACH_FIELD ("node", bytes, field) {
    bool ok = true;
    if (field.number == 1)
      ok = name_of (reader, &field, &in[node->n_in++]);
    else if (field.number == 2)
      ok = name_of (reader, &field, &out[node->n_out++]);
    else if (field.number == 5)
      ok = field.type == NN_WIRE_BYTES ? read_attribute (reader, field.bytes, &attributes[node->n_attributes++]) : malformed (reader, "node");
    if (!ok)
      return false;
  }
  return true;
}

static bool
read_node (proto *reader, nn_wire bytes, int number, nn_onnx_node *node)
{
  node->name = node->op = node->domain = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("node", bytes, field) {
    nn_text *text = field.number == 3 ? &node->name : field.number == 4 ? &node->op : field.number == 7 ? &node->domain : NULL;
    if (text && !name_of (reader, &field, text))
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
find_message (proto *reader, const char *message, nn_wire bytes, uint32_t number, nn_wire *found, bool *is_there)
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
read_shape (proto *reader, nn_wire bytes, nn_onnx_value *value)
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
read_value_fields (proto *reader, nn_wire bytes, nn_onnx_value *value)
{
  nn_wire type = bytes, tensor = bytes, shape = bytes;
  bool has_type, has_tensor = false;
  FOR_EACH_FIELD ("value", bytes, field)
    if (field.number == 1 && !name_of (reader, &field, &value->name))
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
read_value (proto *reader, const char *what, nn_wire bytes, nn_onnx_value *value)
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
read_graph (proto *reader, nn_wire bytes, nn_onnx_model *model)
{
  nn_onnx_node *nodes;
  nn_onnx_tensor *tensors;
  nn_onnx_value *inputs, *outputs;
  if (!allocate_fields (reader, "graph", bytes, 1, "nodes", NN_ONNX_MAX_NODES, sizeof *nodes, &nodes)
      || !allocate_fields (reader, "graph", bytes, 5, "initialisers", NN_ONNX_MAX_TENSORS, sizeof *tensors, &tensors)
      || !allocate_fields (reader, "graph", bytes, 11, "inputs", NN_ONNX_MAX_TENSORS + 1, sizeof *inputs, &inputs)
      || !allocate_fields (reader, "graph", bytes, 12, "outputs", NN_MAX_OUTPUTS, sizeof *outputs, &outputs))
    return false;
  model->nodes = nodes;
  model->tensors = tensors;
  model->inputs = inputs;
  model->outputs = outputs;
  FOR_EACH_FIELD ("graph", bytes, field) {
    bool ok = true;
    if (field.number == 15)
      return refuse (reader, "graph", 15, "a sparse initialiser");
    if (field.type != NN_WIRE_BYTES && (field.number == 1 || field.number == 5 || field.number == 11 || field.number == 12))
      return malformed (reader, "graph");
    if (field.number == 1) {
      ok = read_node (reader, field.bytes, model->n_nodes, &nodes[model->n_nodes]);
      model->n_nodes++;
    } else if (field.number == 5)
      ok = read_tensor (reader, "initialiser", field.bytes, &tensors[model->n_tensors++]);
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
read_opset (proto *reader, nn_wire bytes, nn_onnx_model *model)
{
  nn_text domain = { "", 0 };
  int64_t version = 0;
  FOR_EACH_FIELD ("opset", bytes, field)
    if (field.number == 1)
      domain = text_of (&field);
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
read_meta (proto *reader, nn_wire bytes, nn_onnx_meta *meta)
{
  meta->key = meta->value = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("metadata", bytes, field)
    if (field.number == NN_ONNX_META_KEY)
      meta->key = text_of (&field);
    else if (field.number == NN_ONNX_META_VALUE)
      meta->value = text_of (&field);
  return true;
}

/* ModelProto: 1 ir_version, 7 graph, 8 opset_import, 14 metadata_props, 25 functions. */
bool
nn_onnx_decode (nn_wire bytes, nn_budget *budget, nn_onnx_model *model, nn_error *error)
{
  proto *reader = &(proto) { budget, error };
  *model = (nn_onnx_model) { 0 };
  nn_onnx_meta *metas;
  nn_wire graph = bytes;
  bool has_graph = false;
  if (!allocate_fields (reader, "model", bytes, NN_ONNX_MODEL_METAS, "metadata entries", NN_ONNX_MAX_TENSORS, sizeof *metas, &metas))
    return false;
  model->metas = metas;
  FOR_EACH_FIELD ("model", bytes, field) {
    if (field.number == 25)
      return refuse (reader, "model", 25, "a function");
    if (field.number == 1)
      model->ir = (int64_t) field.value;
    if (field.number != 7 && field.number != 8 && field.number != NN_ONNX_MODEL_METAS)
      continue;
    if (field.type != NN_WIRE_BYTES)
      return malformed (reader, "model");
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
