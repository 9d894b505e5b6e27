/* SPDX-License-Identifier: MIT
 * ONNX's messages, written. */
#include "half.h"
#include "onnx_writer.h"

#include <string.h>

/* NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute. Attributes follow until nn_wire_close. */
size_t
nn_emit_open_node (nn_writer *w, const char *op, const nn_label *in, int n_in, const nn_label *out)
{
  size_t node = nn_wire_open (&w->nodes, 1);
  for (int i = 0; i < n_in; i++)
    nn_wire_put_string (&w->nodes, 1, in[i].text);
  nn_wire_put_string (&w->nodes, 2, out->text);
  nn_wire_put_string (&w->nodes, 3, out->text);
  nn_wire_put_string (&w->nodes, 4, op);
  return node;
}

void
nn_emit_node (nn_writer *w, const char *op, const nn_label *in, int n_in, const nn_label *out)
{
  nn_wire_close (&w->nodes, nn_emit_open_node (w, op, in, n_in, out));
}

/* AttributeProto: 1 name, 2 f, 3 i, 4 s, 8 ints, 20 type. */
static size_t
open_attribute (nn_writer *w, const char *name, int type)
{
  size_t attribute = nn_wire_open (&w->nodes, 5);
  nn_wire_put_string (&w->nodes, 1, name);
  nn_wire_put_int (&w->nodes, 20, type);
  return attribute;
}

void
nn_emit_float (nn_writer *w, const char *name, nn_real value)
{
  size_t attribute = open_attribute (w, name, 1);
  nn_wire_put_float (&w->nodes, 2, (float) value);
  nn_wire_close (&w->nodes, attribute);
}

void
nn_emit_int (nn_writer *w, const char *name, int64_t value)
{
  size_t attribute = open_attribute (w, name, 2);
  nn_wire_put_int (&w->nodes, 3, value);
  nn_wire_close (&w->nodes, attribute);
}

void
nn_emit_string (nn_writer *w, const char *name, const char *value)
{
  size_t attribute = open_attribute (w, name, 3);
  nn_wire_put_string (&w->nodes, 4, value);
  nn_wire_close (&w->nodes, attribute);
}

void
nn_emit_ints (nn_writer *w, const char *name, const int *values, int n)
{
  size_t attribute = open_attribute (w, name, 7);
  for (int i = 0; i < n; i++)
    nn_wire_put_int (&w->nodes, 8, values[i]);
  nn_wire_close (&w->nodes, attribute);
}

/* TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data; its numbers follow until close_tensor. */
nn_emit_tensor
nn_emit_open_tensor (nn_writer *w, const nn_label *name, nn_onnx_type type, const int *dims, int rank)
{
  nn_emit_tensor at = { .type = type, .tensor = nn_wire_open (&w->tensors, 5) };
  for (int i = 0; i < rank; i++)
    nn_wire_put_int (&w->tensors, 1, dims[i]);
  nn_wire_put_int (&w->tensors, 2, type);
  nn_wire_put_string (&w->tensors, 8, name->text);
  at.data = nn_wire_open (&w->tensors, 9);
  return at;
}

void
nn_emit_close_tensor (nn_writer *w, const nn_emit_tensor *at)
{
  nn_wire_close (&w->tensors, at->data);
  nn_wire_close (&w->tensors, at->tensor);
}

void
nn_emit_real (nn_writer *w, const nn_emit_tensor *at, nn_real value)
{
  float single = (float) value;
  uint32_t bits;
  memcpy (&bits, &single, sizeof bits);
  if (at->type == NN_ONNX_FLOAT16)
    bits = nn_half_of (single);
  nn_wire_put (&w->tensors, (uint8_t[]) { (uint8_t) bits, (uint8_t) (bits >> 8), (uint8_t) (bits >> 16), (uint8_t) (bits >> 24) },
               at->type == NN_ONNX_FLOAT16 ? 2 : 4);
}

void
nn_emit_vector (nn_writer *w, const nn_label *name, const nn_real *values, int n)
{
  nn_emit_tensor at = nn_emit_open_tensor (w, name, NN_ONNX_FLOAT, &n, 1);
  for (int i = 0; i < n; i++)
    nn_emit_real (w, &at, values[i]);
  nn_emit_close_tensor (w, &at);
}

void
nn_emit_scalar (nn_writer *w, const nn_label *name, nn_real value)
{
  nn_emit_tensor at = nn_emit_open_tensor (w, name, NN_ONNX_FLOAT, NULL, 0);
  nn_emit_real (w, &at, value);
  nn_emit_close_tensor (w, &at);
}

void
nn_emit_integers (nn_writer *w, const nn_label *name, const int *values, int n)
{
  nn_emit_tensor at = nn_emit_open_tensor (w, name, NN_ONNX_INT64, &n, 1);
  for (int i = 0; i < n; i++) {
    uint8_t bytes[8];
    for (int j = 0; j < 8; j++)
      bytes[j] = (uint8_t) ((uint64_t) (int64_t) values[i] >> (8 * j));
    nn_wire_put (&w->tensors, bytes, sizeof bytes);
  }
  nn_emit_close_tensor (w, &at);
}
