/* SPDX-License-Identifier: MIT */
#include "metadata.h"

#include <math.h>
#include <string.h>

#define MAX_TEXT 65536 /* bytes of one value */
#define MAX_DEPTH 16   /* the parser recurses */

static bool
is_shallow (const char *text)
{
  int depth = 0;
  bool quoted = false;
  for (const char *p = text; *p; p++) {
    if (quoted) {
      if (*p == '\\' && p[1])
        p++;
      else
        quoted = *p != '"';
    } else if (*p == '"') {
      quoted = true;
    } else if (*p == '[' || *p == '{') {
      if (++depth > MAX_DEPTH)
        return false;
    } else if (*p == ']' || *p == '}') {
      depth--;
    }
  }
  return true;
}

JsonNode *
fer_metadata_json (const nn_model *nn, const char *key, JsonNodeType type, nn_error *error)
{
  const char *text = nn_model_get (nn, key);
  if (strlen (text) > MAX_TEXT || !g_utf8_validate (text, -1, NULL) || !is_shallow (text)) {
    nn_fail (error, "%s is not JSON in UTF-8 of at most %d bytes and %d levels", key, MAX_TEXT, MAX_DEPTH);
    return NULL;
  }
  GError *why = NULL;
  JsonNode *root = json_from_string (text, &why);
  if (why)
    nn_fail (error, "%s is not JSON: %s", key, why->message);
  else if (!root || JSON_NODE_TYPE (root) != type)
    nn_fail (error, "%s is not a JSON %s", key, type == JSON_NODE_ARRAY ? "array" : "object");
  else
    return root;
  g_clear_error (&why);
  g_clear_pointer (&root, json_node_unref);
  return NULL;
}

bool
fer_metadata_number (JsonObject *object, const char *key, const char *member, double low, double high, double fallback, float *out, nn_error *error)
{
  JsonNode *node = json_object_get_member (object, member);
  double value = fallback;
  if (node) {
    GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
    value = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : (double) NAN;
  }
  if (!(value >= low && value <= high))
    return nn_fail (error, "%s: \"%s\" is not a number from %g to %g", key, member, low, high);
  *out = (float) value;
  return true;
}

bool
fer_metadata_flag (JsonObject *object, const char *key, const char *member, bool *out, nn_error *error)
{
  JsonNode *node = json_object_get_member (object, member);
  *out = false;
  if (!node)
    return true;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return nn_fail (error, "%s: \"%s\" is not true or false", key, member);
  *out = json_node_get_boolean (node);
  return true;
}

bool
fer_metadata_gray (JsonObject *object, const char *key, nn_error *error)
{
  JsonNode *color = json_object_get_member (object, "color");
  const char *name = color && JSON_NODE_HOLDS_VALUE (color) ? json_node_get_string (color) : NULL;
  return (name && !strcmp (name, "gray")) || nn_fail (error, "%s: \"color\" is %s, this version reads \"gray\"", key, name ? name : "not there");
}

const char *
fer_metadata_shortest (float value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  char format[] = "%.6g";
  do
    g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, format, (double) value);
  while ((float) g_ascii_strtod (text, NULL) != value && format[2]++ < '9');
  return text;
}
