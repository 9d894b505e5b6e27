/* SPDX-License-Identifier: MIT */
#include "onnx_fields.h"

#include <string.h>

bool
nn_proto_malformed (nn_proto *reader, const char *message)
{
  return nn_fail (reader->error, "%s: not protobuf: a field is cut off or longer than what contains it", message);
}

bool
nn_proto_refuse (nn_proto *reader, const char *message, uint32_t number, const char *what)
{
  return nn_fail (reader->error, "%s: field %u (%s) is not supported", message, (unsigned) number, what);
}

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
nn_text
nn_proto_text (const nn_wire_field *field)
{
  if (field->type != NN_WIRE_BYTES)
    return (nn_text) { "", 0 };
  return (nn_text) { (const char *) field->bytes.at, nn_wire_size (&field->bytes) };
}

bool
nn_proto_name (nn_proto *reader, const nn_wire_field *field, nn_text *name)
{
  *name = nn_proto_text (field);
  if (name->size > NN_ONNX_MAX_NAME)
    return nn_fail (reader->error, "name \"%s\" has %zu bytes, at most %d are supported", nn_text_print (*name).text, name->size, NN_ONNX_MAX_NAME);
  if (memchr (name->at, 0, name->size))
    return nn_fail (reader->error, "name \"%s\" contains a zero byte", nn_text_print (*name).text);
  return true;
}

/* How many fields of that number a message has. */
static bool
count_fields (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t *count)
{
  *count = 0;
  FOR_EACH_FIELD (message, bytes, field)
    *count += field.number == number;
  return true;
}

bool
nn_proto_allocate (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, const char *what, size_t limit, size_t size, void *items)
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
count_numbers (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t fixed, size_t *count)
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

bool
nn_proto_integers (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t width, uint8_t **out, size_t *count)
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
        return nn_proto_malformed (reader, message);
      for (size_t i = 0; i < width; i++)
        *at++ = (uint8_t) (value >> (8 * i));
    } while (field.type == NN_WIRE_BYTES);
  }
  return true;
}

bool
nn_proto_fixed (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t width, const uint8_t **out, size_t *count)
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
