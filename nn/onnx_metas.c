/* SPDX-License-Identifier: MIT
 * metadata_props of a file that is otherwise left as it is. */
#include "onnx.h"

#include <stdlib.h>
#include <string.h>

void
nn_onnx_put_meta (nn_wire_out *out, const nn_meta *meta)
{
  size_t entry = nn_wire_open (out, NN_ONNX_MODEL_METAS);
  nn_wire_put_string (out, NN_ONNX_META_KEY, meta->key);
  nn_wire_put_string (out, NN_ONNX_META_VALUE, meta->value);
  nn_wire_close (out, entry);
}

/* Whether an entry's key is among the given ones. */
static bool
is_replaced (nn_wire entry, const nn_meta *metas, int n)
{
  nn_text key = { "", 0 };
  nn_wire_field field;
  while (nn_wire_next (&entry, &field) > 0)
    if (field.number == NN_ONNX_META_KEY && field.type == NN_WIRE_BYTES)
      key = (nn_text) { (const char *) field.bytes.at, nn_wire_size (&field.bytes) };
  for (int i = 0; i < n; i++)
    if (nn_text_is (key, metas[i].key))
      return true;
  return false;
}

bool
nn_onnx_set_metas (const void *bytes, size_t size, const nn_meta *metas, int n, void **out, size_t *out_size, nn_error *error)
{
  nn_wire wire = { bytes, (const uint8_t *) bytes + size };
  nn_wire_out copy = { 0 };
  nn_wire_field field;
  int state;
  for (const uint8_t *from = wire.at; (state = nn_wire_next (&wire, &field)) > 0; from = wire.at)
    if (field.number != NN_ONNX_MODEL_METAS || field.type != NN_WIRE_BYTES || !is_replaced (field.bytes, metas, n))
      nn_wire_put (&copy, from, (size_t) (wire.at - from));
  for (int i = 0; i < n; i++)
    if (metas[i].value)
      nn_onnx_put_meta (&copy, &metas[i]);
  if (state == 0 && !copy.failed) {
    *out = copy.bytes;
    *out_size = copy.size;
    return true;
  }
  free (copy.bytes);
  return nn_fail (error, state ? "no ONNX model: a field is cut off or longer than the file" : "out of memory");
}
