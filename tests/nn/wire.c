/* SPDX-License-Identifier: MIT */
#include "wire.h"
#include "test.h"

#include <string.h>

static void
reads_what_it_wrote (void)
{
  static const int64_t numbers[] = { 0, 1, 127, 128, 300, INT64_MAX, -1, INT64_MIN };
  nn_wire_out out = { 0 };
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    nn_wire_put_int (&out, (uint32_t) i + 1, numbers[i]);
  nn_wire_put_float (&out, 100, -1.5f);
  nn_wire_put_string (&out, 536870911, "text");
  require (!out.failed);
  nn_wire wire = { out.bytes, out.bytes + out.size };
  nn_wire_field field;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    require (nn_wire_next (&wire, &field) == 1);
    check (field.number == i + 1 && field.type == NN_WIRE_VARINT && (int64_t) field.value == numbers[i]);
  }
  require (nn_wire_next (&wire, &field) == 1);
  check (field.number == 100 && field.type == NN_WIRE_FIXED32 && field.value == 0xbfc00000u);
  require (nn_wire_next (&wire, &field) == 1);
  check (field.number == 536870911 && nn_wire_size (&field.bytes) == 4 && !memcmp (field.bytes.at, "text", 4));
  check (nn_wire_next (&wire, &field) == 0);
  free (out.bytes);
}

/* Lengths of one, two and three bytes, inside one another. */
static void
messages_nest (void)
{
  nn_wire_out out = { 0 };
  static char text[20000];
  size_t outer = nn_wire_open (&out, 1), middle = nn_wire_open (&out, 2), inner = nn_wire_open (&out, 3);
  nn_wire_put_int (&out, 4, 5);
  nn_wire_close (&out, inner);
  nn_wire_put_bytes (&out, 6, text, 200);
  nn_wire_close (&out, middle);
  nn_wire_put_bytes (&out, 7, text, sizeof text);
  nn_wire_close (&out, outer);
  nn_wire wire = { out.bytes, out.bytes + out.size };
  nn_wire_field field;
  check (nn_wire_next (&wire, &field) == 1 && field.number == 1 && nn_wire_size (&wire) == 0);
  wire = field.bytes;
  check (nn_wire_next (&wire, &field) == 1 && field.number == 2);
  nn_wire in = field.bytes;
  check (nn_wire_next (&in, &field) == 1 && field.number == 3 && nn_wire_size (&field.bytes) == 2);
  check (nn_wire_next (&in, &field) == 1 && field.number == 6 && nn_wire_size (&field.bytes) == 200 && in.at == in.end);
  check (nn_wire_next (&wire, &field) == 1 && field.number == 7 && nn_wire_size (&field.bytes) == sizeof text);
  free (out.bytes);
}

static void
refuses_what_is_no_field (void)
{
  static const struct {
    const char *what;
    uint8_t bytes[12];
    size_t size;
  } bad[] = {
    { "a tag cut off", { 0x88 }, 1 },
    { "field 0", { 0x00, 0x01 }, 2 },
    { "a varint cut off", { 0x08, 0x80 }, 2 },
    { "a varint of eleven bytes", { 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 }, 12 },
    { "a varint beyond 64 bits", { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 }, 11 },
    { "a length beyond the end", { 0x0a, 0x02, 0x00 }, 3 },
    { "a length beyond everything", { 0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, 11 },
    { "four bytes cut off", { 0x0d, 0, 0, 0 }, 4 },
    { "eight bytes cut off", { 0x09, 0, 0, 0, 0 }, 5 },
    { "a group", { 0x0b, 0x0c }, 2 },
    { "an unknown type", { 0x0e, 0x00 }, 2 },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    uint8_t *copy = malloc (bad[i].size);
    memcpy (copy, bad[i].bytes, bad[i].size);
    nn_wire wire = { copy, copy + bad[i].size };
    nn_wire_field field;
    if (nn_wire_next (&wire, &field) != -1)
      test_note ("%s was taken", bad[i].what);
    wire.at = copy;
    check (nn_wire_next (&wire, &field) == -1);
    free (copy);
  }
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (reads_what_it_wrote), TEST (messages_nest), TEST (refuses_what_is_no_field), { 0 } });
}
