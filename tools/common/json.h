/* SPDX-License-Identifier: MIT
 * What the tools write as JSON. */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include "nn.h"

#include <json-glib/json-glib.h>

/* A member of the object at hand. Text that is not UTF-8 is made so; NAN becomes null. */
void tool_json_text (JsonBuilder *b, const char *name, const char *text);
void tool_json_count (JsonBuilder *b, const char *name, gint64 count);
void tool_json_number (JsonBuilder *b, const char *name, double number);

/* The text of what was built, the caller's to g_free. */
char *tool_json_string (JsonBuilder *b, bool pretty);

/* As a file, pretty, by nn_file_write; "-" is standard output. */
bool tool_json_write (JsonBuilder *b, const char *path, nn_error *error);

#endif
