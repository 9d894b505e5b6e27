/* SPDX-License-Identifier: MIT */
#include "card_training.h"
#include "common/command.h"
#include "common/json.h"
#include "common/trained.h"
#include "train/presets.h"

#include <glib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define WATTS 15.0 /* of a busy core of a server, its share of memory and of what feeds and cools it: an assumption, and said to be one */
#define MAX_SEED 9007199254740992.0 /* JSON's numbers are exact below 2^53 */

/* ---- the command --------------------------------------------------------------------------------------------------------- */

static bool
same_recipe (const train_preset *preset, uint64_t seed, const char *theirs)
{
  nn_recipe recipe = *nn_preset (preset->recipe);
  recipe.seed = seed;
  char *text = nn_recipe_text (&recipe);
  const bool same = text && !strcmp (text, theirs);
  free (text);
  return same;
}

static bool
same_prior (const float *prior, JsonNode *theirs)
{
  JsonObject *object = theirs && JSON_NODE_HOLDS_OBJECT (theirs) ? json_node_get_object (theirs) : NULL;
  for (int k = 0; k < 7; k++)
    if ((object ? (float) tool_json_number_of (object, fer_labels7[k], 0) : 0) != prior[k])
      return false;
  return true;
}

static bool
same_heads (const train_heads *heads, JsonObject *trained)
{
  const char *name = tool_json_text_of (trained, "head", train_head_names[TRAIN_HEAD_FIRST]);
  const bool same_blend = heads->head != TRAIN_HEAD_BLEND || (float) tool_json_number_of (trained, "blend", -1) == heads->blend;
  return !strcmp (name, train_head_names[heads->head]) && same_blend && same_prior (heads->prior, json_object_get_member (trained, "prior"));
}

static const train_preset *
find_preset (JsonObject *trained, uint64_t seed)
{
  const char *recipe = tool_json_text_of (trained, "recipe", "");
  for (int i = 0; train_preset_at (i); i++)
    if (same_recipe (train_preset_at (i), seed, recipe) && same_heads (&train_preset_at (i)->heads, trained))
      return train_preset_at (i);
  return NULL;
}

static void
add_words (GPtrArray *words, ...)
{
  va_list arguments;
  va_start (arguments, words);
  for (const char *word = va_arg (arguments, const char *); word; word = va_arg (arguments, const char *))
    g_ptr_array_add (words, g_strdup (word));
  va_end (arguments);
}

static void
add_teachers (GPtrArray *words, JsonObject *trained)
{
  JsonNode *node = json_object_get_member (trained, "teachers");
  JsonArray *teachers = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; teachers && i < json_array_get_length (teachers); i++) {
    JsonNode *one = json_array_get_element (teachers, i);
    if (JSON_NODE_HOLDS_VALUE (one) && json_node_get_value_type (one) == G_TYPE_STRING)
      add_words (words, "--distill", json_node_get_string (one), NULL);
  }
}

static void
add_command (eval_page *page, const char *model, JsonObject *trained)
{
  static const char *const others[] = { "init", "dedupe", "limit_train" }; /* what no preset does */
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    if (json_object_has_member (trained, others[i]))
      return;
  const double seed = tool_json_number_of (trained, "seed", -1);
  const train_preset *preset = seed >= 0 && seed < MAX_SEED ? find_preset (trained, (uint64_t) seed) : NULL;
  if (!preset)
    return;
  char digits[32], *file = g_strconcat (model, ".onnx", NULL);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  g_snprintf (digits, sizeof digits, "%.0f", seed);
  add_words (words, "fer-train", "--data", tool_json_text_of (trained, "data", "fer2013.csv"), NULL);
  if (preset->heads.head != TRAIN_HEAD_FIRST)
    add_words (words, "--votes", tool_json_text_of (trained, "votes", "fer2013new.csv"), NULL);
  add_words (words, "--preset", preset->name, "--seed", digits, NULL);
  add_teachers (words, trained);
  add_words (words, "--output", file, NULL);
  char *line = tool_command_line ((int) words->len, (char **) words->pdata, false);
  eval_page_code (page, line);
  g_free (line);
  g_ptr_array_unref (words);
  g_free (file);
}

/* ---- the network --------------------------------------------------------------------------------------------------------- */

static bool
begins_line (const char *layer)
{
  static const char *const first[] = { "from ", "conv ", "flatten", "gap" };
  for (size_t i = 0; i < G_N_ELEMENTS (first); i++)
    if (g_str_has_prefix (layer, first[i]))
      return true;
  return false;
}

/* Layers, which " / " parts, a line for each with weights and what follows it; a branch is one line until it joins another. */
static void
add_network (eval_page *page, const char *layers)
{
  char **all = g_strsplit (layers, " / ", -1);
  GString *text = g_string_new (all[0]);
  bool in_branch = false;
  for (int i = 1; all[i]; i++) {
    const bool branch = g_str_has_prefix (all[i], "from "), breaks = begins_line (all[i]) && (branch || !in_branch);
    in_branch = branch || (in_branch && !g_str_has_prefix (all[i], "add "));
    g_string_append_printf (text, "%s%s", breaks ? "\n" : " / ", all[i]);
  }
  eval_page_code (page, text->str);
  g_string_free (text, TRUE);
  g_strfreev (all);
}

/* "architecture=...;key=value;..." */
static void
add_recipe (eval_page *page, const char *recipe)
{
  static const char key[] = "architecture=";
  const char *end = strchr (recipe, ';');
  if (!end || !g_str_has_prefix (recipe, key))
    return;
  char *layers = g_strndup (recipe + strlen (key), (gsize) (end - recipe) - strlen (key)), **entries = g_strsplit (end + 1, ";", -1);
  char *text = g_strjoinv ("; ", entries);
  add_network (page, layers);
  eval_page_text (page, "Its recipe: %s.", text);
  g_free (text);
  g_strfreev (entries);
  g_free (layers);
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------- */

static void
add_member (JsonObject *trained, const gchar *name, JsonNode *value, gpointer page)
{
  (void) trained;
  if (!strcmp (name, "recipe"))
    return;
  char *text = tool_trained_text (value);
  eval_page_cell (page, "%s", name);
  eval_page_cell (page, "%s", text);
  g_free (text);
}

void
eval_page_training (eval_page *page, const char *model, JsonObject *trained)
{
  eval_page_heading (page, 2, "How it was made");
  if (!trained) {
    eval_page_text (page, "The model file does not say.");
    return;
  }
  add_command (page, model, trained);
  add_recipe (page, tool_json_text_of (trained, "recipe", ""));
  eval_page_text (page, "The model file says:");
  eval_page_words (page, 2);
  eval_page_cell (page, "entry");
  eval_page_cell (page, "value");
  json_object_foreach_member (trained, add_member, page);
  eval_page_table_end (page);
  const double hours = tool_json_number_of (trained, "seconds", 0) / 3600, cores = tool_json_number_of (trained, "threads", 2);
  if (hours > 0)
    eval_page_text (
        page,
        "Training took %.1f hours on %g %s. At an assumed %g W for each, which nobody measured, that is about %.2f kWh; teachers, where there "
        "are any, and what was tried before come on top.",
        hours, cores, cores > 1 ? "cores" : "core", WATTS, hours * WATTS * cores / 1000);
}
