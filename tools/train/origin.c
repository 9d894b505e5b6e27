/* SPDX-License-Identifier: MIT */
#include "origin.h"

#include <glib.h>
#include <limits.h>
#include <string.h>

static const char *const members[] = { "data", "votes", "init", "teachers", "dedupe", "limit_train", "half", "head", "blend", "prior" };

static void
add_name (JsonBuilder *b, const char *member, const char *path)
{
  if (!path)
    return;
  char *name = g_path_get_basename (path);
  tool_json_text (b, member, name);
  g_free (name);
}

static void
add_names (JsonBuilder *b, const char *member, char *const *paths)
{
  if (!paths || !*paths)
    return;
  json_builder_set_member_name (b, member);
  json_builder_begin_array (b);
  for (; *paths; paths++) {
    char *name = g_path_get_basename (*paths);
    json_builder_add_string_value (b, name);
    g_free (name);
  }
  json_builder_end_array (b);
}

static void
add_yes (JsonBuilder *b, const char *member, bool yes)
{
  if (!yes)
    return;
  json_builder_set_member_name (b, member);
  json_builder_add_boolean_value (b, TRUE);
}

static void
add_heads (JsonBuilder *b, const train_heads *heads)
{
  tool_json_text (b, "head", train_head_names[heads->head]);
  if (heads->head == TRAIN_HEAD_BLEND)
    tool_json_number (b, "blend", (double) heads->blend);
  json_builder_set_member_name (b, "prior");
  json_builder_begin_object (b);
  for (int k = 0; k < 7; k++)
    if (heads->prior[k] > 0)
      tool_json_number (b, fer_labels7[k], (double) heads->prior[k]);
  json_builder_end_object (b);
}

void
train_origin_add (JsonBuilder *b, const train_options *o)
{
  add_name (b, "data", o->data);
  add_name (b, "votes", o->votes);
  add_name (b, "init", o->init);
  add_names (b, "teachers", o->distill);
  add_yes (b, "dedupe", o->dedupe);
  if (o->limit_train < INT_MAX)
    tool_json_count (b, "limit_train", o->limit_train);
  add_yes (b, "half", o->half);
  if (o->recipe.task == NN_TASK_EXPRESSION)
    add_heads (b, &o->heads);
}

/* A member's text, "" where there is none; the caller's to g_free. */
static char *
text_of (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  return node ? json_to_string (node, FALSE) : g_strdup ("");
}

static bool
same_member (JsonObject *mine, JsonObject *theirs, const char *member, nn_error *error)
{
  char *here = text_of (mine, member), *there = text_of (theirs, member);
  const bool same = !strcmp (here, there) || nn_fail (error, "%s is %s here, %s there", member, *here ? here : "not given", *there ? there : "not given");
  g_free (here);
  g_free (there);
  return same;
}

bool
train_origin_same (const train_options *o, JsonObject *trained, nn_error *error)
{
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  train_origin_add (b, o);
  json_builder_end_object (b);
  char *text = tool_json_string (b, false);
  JsonNode *root = json_from_string (text, NULL);
  bool same = root || nn_fail (error, "out of memory");
  for (size_t i = 0; same && i < G_N_ELEMENTS (members); i++)
    same = same_member (json_node_get_object (root), trained, members[i], error);
  if (same && json_object_has_member (trained, "calibration") != !!o->calibrate)
    same = nn_fail (error, "it is %s", o->calibrate ? "not calibrated, as it is to be" : "calibrated, which it is not to be");
  g_clear_pointer (&root, json_node_unref);
  g_free (text);
  g_object_unref (b);
  return same;
}
