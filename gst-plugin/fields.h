/* SPDX-License-Identifier: MIT
 * The user's own fields of a line of JSON, from a GstStructure. */
#ifndef FIELDS_H
#define FIELDS_H

#include <gst/gst.h>

#include "fer/fer.h"

typedef struct fields {
  int n;
  fer_field *all; /* borrow from structure and texts */
  GstStructure *structure;
  GPtrArray *texts;
  const char *refused; /* a field that has the name of one of ours, which is left out; NULL: none */
} fields;

/* Strings, integers, numbers and booleans as they are, all else as GStreamer writes it. structure NULL: none. */
fields *fields_new (const GstStructure *structure);
void fields_free (fields *fields);

#endif
