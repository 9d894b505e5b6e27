/* SPDX-License-Identifier: MIT */
#include "trained.h"

/* As fer-train writes the accuracy on a split; NULL: something else. */
static char *
share_text (JsonObject *share)
{
  static const char *const members[] = { "accuracy", "low", "high", "n" };
  double values[G_N_ELEMENTS (members)];
  for (size_t i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonNode *node = json_object_get_member (share, members[i]);
    if (!node || !JSON_NODE_HOLDS_VALUE (node))
      return NULL;
    values[i] = json_node_get_double (node);
  }
  return g_strdup_printf ("%.2f %% of %.0f, 95 %% interval %.2f to %.2f %%", 100 * values[0], values[3], 100 * values[1], 100 * values[2]);
}

char *
tool_trained_text (JsonNode *value)
{
  char *text = JSON_NODE_HOLDS_OBJECT (value) ? share_text (json_node_get_object (value)) : NULL;
  if (!text && JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
    text = json_node_dup_string (value);
  return text ? text : json_to_string (value, FALSE);
}
