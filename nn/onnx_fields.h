/* SPDX-License-Identifier: MIT
 * From protobuf's wire to plain structs: what all messages of ONNX are read with. */
#ifndef NN_ONNX_FIELDS_H
#define NN_ONNX_FIELDS_H

#include "onnx.h"

typedef struct nn_proto {
  nn_budget *budget;
  nn_error *error;
} nn_proto;

bool nn_proto_malformed (nn_proto *reader, const char *message);
bool nn_proto_refuse (nn_proto *reader, const char *message, uint32_t number, const char *what);

/* A message's fields one by one; the function fails where the bytes are no protobuf. */
#define FOR_EACH_FIELD(message_name, message_bytes, field)                                                                         \
  nn_wire field##_wire = (message_bytes);                                                                                          \
  nn_wire_field field;                                                                                                             \
  int field##_state;                                                                                                               \
  while ((field##_state = nn_wire_next (&field##_wire, &field)) != 0)                                                              \
    if (field##_state < 0)                                                                                                         \
      return nn_proto_malformed (reader, message_name);                                                                                     \
    else

nn_text nn_proto_text (const nn_wire_field *field);                                  /* "" when it is no string */
bool nn_proto_name (nn_proto *reader, const nn_wire_field *field, nn_text *name);    /* of bounded length, without zero bytes */

/* Room for all fields of that number, at most limit, in *items. */
bool nn_proto_allocate (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, const char *what, size_t limit, size_t size,
                        void *items);

/* All numbers of that field, packed or not: integers, `width` little-endian bytes each (the low ones), into a new array. */
bool nn_proto_integers (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t width, uint8_t **out, size_t *count);
/* Fixed ones of `width` bytes; a single packed run stays in place. */
bool nn_proto_fixed (nn_proto *reader, const char *message, nn_wire bytes, uint32_t number, size_t width, const uint8_t **out, size_t *count);

/* TensorProto (onnx_tensor.c); what: "initialiser" or the like, for the error. */
bool nn_proto_tensor (nn_proto *reader, const char *what, nn_wire bytes, nn_onnx_tensor *tensor);

#endif
