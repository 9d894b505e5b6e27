/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

bool
nn_wire_varint (nn_wire *wire, uint64_t *value)
{
  uint64_t bits = 0;
  for (int shift = 0; shift < 70 && wire->at < wire->end; shift += 7) {
    uint8_t byte = *wire->at++;
    if (shift == 63 && byte > 1)
      return false;
    bits |= (uint64_t) (byte & 127) << shift;
    if (byte < 128) {
      *value = bits;
      return true;
    }
  }
  return false;
}

static bool
fixed (nn_wire *wire, size_t size, uint64_t *value)
{
  if (nn_wire_size (wire) < size)
    return false;
  *value = 0;
  for (size_t i = 0; i < size; i++)
    *value |= (uint64_t) wire->at[i] << (8 * i);
  wire->at += size;
  return true;
}

int
nn_wire_next (nn_wire *wire, nn_wire_field *field)
{
  if (wire->at == wire->end)
    return 0;
  uint64_t tag, size;
  if (!nn_wire_varint (wire, &tag) || tag >> 3 == 0 || tag >> 3 > 536870911)
    return -1;
  *field = (nn_wire_field) { .number = (uint32_t) (tag >> 3), .type = (nn_wire_type) (tag & 7) };
  switch (field->type) {
  case NN_WIRE_VARINT:
    return nn_wire_varint (wire, &field->value) ? 1 : -1;
  case NN_WIRE_FIXED64:
    return fixed (wire, 8, &field->value) ? 1 : -1;
  case NN_WIRE_FIXED32:
    return fixed (wire, 4, &field->value) ? 1 : -1;
  case NN_WIRE_BYTES:
    if (!nn_wire_varint (wire, &size) || size > nn_wire_size (wire))
      return -1;
    field->bytes = (nn_wire) { wire->at, wire->at + size };
    wire->at += size;
    return 1;
  default:
    return -1;
  }
}

static bool
grow (nn_wire_out *out, size_t size)
{
  if (out->failed || size <= out->capacity - out->size)
    return !out->failed;
  size_t capacity = out->size + size + out->size / 2 + 256;
  uint8_t *bytes = capacity > size ? realloc (out->bytes, capacity) : NULL;
  if (!bytes) {
    out->failed = true;
    return false;
  }
  out->bytes = bytes;
  out->capacity = capacity;
  return true;
}

void
nn_wire_put (nn_wire_out *out, const void *bytes, size_t size)
{
  if (!size || !grow (out, size))
    return;
  memcpy (out->bytes + out->size, bytes, size);
  out->size += size;
}

static size_t
encode (uint64_t value, uint8_t bytes[10])
{
  size_t n = 0;
  for (; value > 127; value >>= 7)
    bytes[n++] = (uint8_t) (value | 128);
  bytes[n++] = (uint8_t) value;
  return n;
}

static void
put_varint (nn_wire_out *out, uint64_t value)
{
  uint8_t bytes[10];
  nn_wire_put (out, bytes, encode (value, bytes));
}

static void
put_tag (nn_wire_out *out, uint32_t number, nn_wire_type type)
{
  put_varint (out, (uint64_t) number << 3 | type);
}

void
nn_wire_put_int (nn_wire_out *out, uint32_t number, int64_t value)
{
  put_tag (out, number, NN_WIRE_VARINT);
  put_varint (out, (uint64_t) value);
}

void
nn_wire_put_float (nn_wire_out *out, uint32_t number, float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  uint8_t bytes[4] = { (uint8_t) bits, (uint8_t) (bits >> 8), (uint8_t) (bits >> 16), (uint8_t) (bits >> 24) };
  put_tag (out, number, NN_WIRE_FIXED32);
  nn_wire_put (out, bytes, sizeof bytes);
}

void
nn_wire_put_bytes (nn_wire_out *out, uint32_t number, const void *bytes, size_t size)
{
  put_tag (out, number, NN_WIRE_BYTES);
  put_varint (out, size);
  nn_wire_put (out, bytes, size);
}

void
nn_wire_put_string (nn_wire_out *out, uint32_t number, const char *text)
{
  nn_wire_put_bytes (out, number, text, strlen (text));
}

size_t
nn_wire_open (nn_wire_out *out, uint32_t number)
{
  put_tag (out, number, NN_WIRE_BYTES);
  return out->size;
}

/* The length is known only now: the message moves up by its few bytes. */
void
nn_wire_close (nn_wire_out *out, size_t opened)
{
  uint8_t bytes[10];
  if (out->failed)
    return;
  size_t size = out->size - opened, n = encode (size, bytes);
  if (!grow (out, n))
    return;
  memmove (out->bytes + opened + n, out->bytes + opened, size);
  memcpy (out->bytes + opened, bytes, n);
  out->size += n;
}
