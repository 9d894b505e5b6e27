/* SPDX-License-Identifier: MIT
 * Protobuf's wire format: reading in place, one field at a time, and writing into a buffer that grows. Knows no message. */
#ifndef NN_WIRE_H
#define NN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct nn_wire {
  const uint8_t *at, *end;
} nn_wire;

typedef enum nn_wire_type { NN_WIRE_VARINT = 0, NN_WIRE_FIXED64 = 1, NN_WIRE_BYTES = 2, NN_WIRE_FIXED32 = 5 } nn_wire_type;

typedef struct nn_wire_field {
  uint32_t number;
  nn_wire_type type;
  uint64_t value; /* varint and fixed, as bits */
  nn_wire bytes;  /* strings, messages, packed numbers */
} nn_wire_field;

/* 1: a field, 0: the end, -1: malformed (cut off, a length beyond the end, a field number of 0, a group). */
int nn_wire_next (nn_wire *wire, nn_wire_field *field);

/* One varint of at most 10 bytes; false when it is cut off or too long. */
bool nn_wire_varint (nn_wire *wire, uint64_t *value);

static inline size_t
nn_wire_size (const nn_wire *wire)
{
  return (size_t) (wire->end - wire->at);
}

/* What is written; when memory ends, failed is set and everything after is ignored. bytes is malloc'ed. */
typedef struct nn_wire_out {
  uint8_t *bytes;
  size_t size, capacity;
  bool failed;
} nn_wire_out;

void nn_wire_put (nn_wire_out *out, const void *bytes, size_t size); /* as they are */
void nn_wire_put_int (nn_wire_out *out, uint32_t number, int64_t value);
void nn_wire_put_float (nn_wire_out *out, uint32_t number, float value);
void nn_wire_put_bytes (nn_wire_out *out, uint32_t number, const void *bytes, size_t size);
void nn_wire_put_string (nn_wire_out *out, uint32_t number, const char *text);

/* A nested message: what is written between open and close. */
size_t nn_wire_open (nn_wire_out *out, uint32_t number);
void nn_wire_close (nn_wire_out *out, size_t opened);

#endif
