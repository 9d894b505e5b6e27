/* SPDX-License-Identifier: MIT
 * What the tools write as JSON, and what they read of it. */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include "nn.h"

#include <json-glib/json-glib.h>

/* A member of the object at hand. Text that is not UTF-8 is made so; NAN becomes null. */
void tool_json_text (JsonBuilder *b, const char *name, const char *text);
void tool_json_count (JsonBuilder *b, const char *name, gint64 count);
void tool_json_number (JsonBuilder *b, const char *name, double number);

/* A member that is an array of n numbers, or of two; NAN becomes null. */
void tool_json_numbers (JsonBuilder *b, const char *name, int n, const double *numbers);
void tool_json_pair (JsonBuilder *b, const char *name, double low, double high);

/* A member of an object of somebody else's: fallback where it is not there, or is no number, no text. */
double tool_json_number_of (JsonObject *object, const char *name, double fallback);
const char *tool_json_text_of (JsonObject *object, const char *name, const char *fallback);

/* The text of what was built, the caller's to g_free. */
char *tool_json_string (JsonBuilder *b, bool pretty);

/* As a file, pretty, by nn_file_write; "-" is standard output. */
bool tool_json_write (JsonBuilder *b, const char *path, nn_error *error);

#endif
