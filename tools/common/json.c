/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <math.h>
#include <string.h>

void
tool_json_text (JsonBuilder *b, const char *name, const char *text)
{
  char *valid = g_utf8_make_valid (text, -1);
  json_builder_set_member_name (b, name);
  json_builder_add_string_value (b, valid);
  g_free (valid);
}

void
tool_json_count (JsonBuilder *b, const char *name, gint64 count)
{
  json_builder_set_member_name (b, name);
  json_builder_add_int_value (b, count);
}

void
tool_json_number (JsonBuilder *b, const char *name, double number)
{
  json_builder_set_member_name (b, name);
  if (isnan (number))
    json_builder_add_null_value (b);
  else
    json_builder_add_double_value (b, number);
}

char *
tool_json_string (JsonBuilder *b, bool pretty)
{
  JsonNode *root = json_builder_get_root (b);
  char *text = json_to_string (root, pretty);
  json_node_unref (root);
  return text;
}

bool
tool_json_write (JsonBuilder *b, const char *path, nn_error *error)
{
  char *pretty = tool_json_string (b, true), *text = g_strconcat (pretty, "\n", NULL);
  bool good = nn_file_write (path, text, strlen (text), error);
  g_free (pretty);
  g_free (text);
  return good;
}
