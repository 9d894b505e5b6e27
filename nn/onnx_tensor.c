/* SPDX-License-Identifier: MIT
 * TensorProto, and its elements as numbers. */
#include "half.h"
#include "onnx_fields.h"

#include <stdio.h>
#include <string.h>

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

float
nn_onnx_real (const nn_onnx_tensor *tensor, int64_t i)
{
  uint64_t bits = element (tensor, i);
  uint32_t low = (uint32_t) bits;
  float value;
  double wide;
  switch (tensor->type) {
  case NN_ONNX_FLOAT16:
    return nn_half_value ((uint16_t) bits);
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

void
nn_onnx_reals (const nn_onnx_tensor *tensor, int64_t first, int64_t step, int64_t n, nn_real *out)
{
  if (tensor->type != NN_ONNX_FLOAT) {
    for (int64_t i = 0; i < n; i++)
      out[i] = (nn_real) nn_onnx_real (tensor, first + i * step);
    return;
  }
  const uint8_t *at = tensor->data + 4 * first;
  for (int64_t i = 0; i < n; i++, at += 4 * step) {
    uint32_t bits = (uint32_t) at[0] | (uint32_t) at[1] << 8 | (uint32_t) at[2] << 16 | (uint32_t) at[3] << 24;
    float value;
    memcpy (&value, &bits, sizeof value);
    out[i] = (nn_real) value;
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
read_tensor_data (nn_proto *reader, nn_wire bytes, nn_onnx_tensor *tensor)
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
    if (!nn_proto_fixed (reader, "tensor", bytes, tensor->type == NN_ONNX_FLOAT ? 4 : 10, size, &tensor->data, &count))
      return false;
  } else {
    uint8_t *data;
    if (!nn_proto_integers (reader, "tensor", bytes, tensor->type == NN_ONNX_INT64 ? 7 : 5, size, &data, &count))
      return false;
    tensor->data = data;
  }
  if (count != (uint64_t) tensor->count)
    return nn_fail (reader->error, "holds %zu elements, its dimensions say %lld", count, (long long) tensor->count);
  return true;
}

static bool
read_dims (nn_proto *reader, nn_wire bytes, nn_onnx_tensor *tensor)
{
  uint8_t *dims;
  size_t rank;
  if (!nn_proto_integers (reader, "tensor", bytes, 1, 8, &dims, &rank))
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
read_tensor_fields (nn_proto *reader, nn_wire bytes, nn_onnx_tensor *tensor)
{
  tensor->name = (nn_text) { "", 0 };
  FOR_EACH_FIELD ("tensor", bytes, field) {
    if (field.number == 2)
      tensor->type = field.value <= INT32_MAX ? (nn_onnx_type) field.value : 0;
    else if (field.number == 3)
      return nn_proto_refuse (reader, "tensor", 3, "a segment");
    else if (field.number == 8 && !nn_proto_name (reader, &field, &tensor->name))
      return false;
    else if (field.number == 13 || (field.number == 14 && field.value))
      return nn_fail (reader->error, "its data lies outside of the file, which is not supported");
  }
  if (!type_size ((int) tensor->type))
    return nn_fail (reader->error, "element type %d is not supported (expected float, float16, double, int64, int32, int8, uint8 or bool)",
                    (int) tensor->type);
  return read_dims (reader, bytes, tensor) && read_tensor_data (reader, bytes, tensor);
}

bool
nn_proto_tensor (nn_proto *reader, const char *what, nn_wire bytes, nn_onnx_tensor *tensor)
{
  if (read_tensor_fields (reader, bytes, tensor))
    return true;
  char prefix[128];
  snprintf (prefix, sizeof prefix, "%s \"%s\"", what, tensor->name.at ? nn_text_print (tensor->name).text : "");
  return nn_fail_prefix (reader->error, prefix);
}
