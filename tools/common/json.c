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

static void
add_value (JsonBuilder *b, double number)
{
  if (isnan (number))
    json_builder_add_null_value (b);
  else
    json_builder_add_double_value (b, number);
}

void
tool_json_number (JsonBuilder *b, const char *name, double number)
{
  json_builder_set_member_name (b, name);
  add_value (b, number);
}

void
tool_json_numbers (JsonBuilder *b, const char *name, int n, const double *numbers)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_array (b);
  for (int i = 0; i < n; i++)
    add_value (b, numbers[i]);
  json_builder_end_array (b);
}

void
tool_json_pair (JsonBuilder *b, const char *name, double low, double high)
{
  tool_json_numbers (b, name, 2, (double[]) { low, high });
}

static JsonNode *
value_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  return node && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

double
tool_json_number_of (JsonObject *object, const char *name, double fallback)
{
  JsonNode *node = value_of (object, name);
  const GType type = node ? json_node_get_value_type (node) : G_TYPE_INVALID;
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : fallback;
}

const char *
tool_json_text_of (JsonObject *object, const char *name, const char *fallback)
{
  JsonNode *node = value_of (object, name);
  return node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : fallback;
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
