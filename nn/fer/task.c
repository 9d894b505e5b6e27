/* SPDX-License-Identifier: MIT */
#include "task.h"
#include "metadata.h"

#include <stdio.h>
#include <string.h>

#define VERSION "1"

static uint32_t
weights_crc32 (const nn_model *nn)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return nn_crc32 (0, nn->weights, nn->graph->n_weights * sizeof *nn->weights);
#else
  uint32_t crc = 0;
  for (size_t i = 0; i < nn->graph->n_weights; i++) {
    uint32_t bits;
    memcpy (&bits, &nn->weights[i], sizeof bits);
    bits = GUINT32_TO_LE (bits);
    crc = nn_crc32 (crc, &bits, sizeof bits);
  }
  return crc;
#endif
}

/* A file with fer.version vouches for all that it says and for its weights. */
static bool
check_own (const fer_task *task, const nn_model *nn, nn_error *error)
{
  for (const char *const *key = task->keys; *key; key++)
    if (!nn_model_get (nn, *key))
      return nn_fail (error, "there is fer.version but no %s: the file is damaged or was edited by something else than fer-info", *key);
  if (strcmp (nn_model_get (nn, "fer.version"), VERSION))
    return nn_fail (error, "fer.version is %.20s, this program reads %s", nn_model_get (nn, "fer.version"), VERSION);
  char expected[9];
  snprintf (expected, sizeof expected, "%08x", (unsigned) weights_crc32 (nn));
  if (strcmp (nn_model_get (nn, "fer.weights_crc32"), expected))
    return nn_fail (error, "fer.weights_crc32 is %.20s but the weights have %s: the file is damaged", nn_model_get (nn, "fer.weights_crc32"),
                    expected);
  return true;
}

static bool
check_foreign (const fer_task *task, const nn_model *nn, nn_error *error)
{
  for (const char *const *key = task->needed; *key; key++)
    if (!nn_model_get (nn, *key))
      return nn_fail (error, "a foreign model without %s: give %s by fer-info --set key=value IN OUT (see docs/model-file.md)", *key,
                      task->needed_words);
  return true;
}

bool
fer_task_check (const fer_task *task, const nn_model *nn, nn_error *error)
{
  const char *name = nn_model_get (nn, "fer.task");
  if (name && strcmp (name, task->name))
    return nn_fail (error, "fer.task is %.20s, expected %s", name, task->name);
  return nn_model_get (nn, "fer.version") ? check_own (task, nn, error) : check_foreign (task, nn, error);
}

bool
fer_task_trained (const nn_model *nn, char **trained, nn_error *error)
{
  const char *text = nn_model_get (nn, "fer.trained");
  *trained = NULL;
  if (!text)
    return true;
  JsonNode *root = fer_metadata_json (nn, "fer.trained", JSON_NODE_OBJECT, error);
  if (root && json_object_get_size (json_node_get_object (root)) > 0)
    *trained = g_strdup (text);
  bool ok = root != NULL;
  g_clear_pointer (&root, json_node_unref);
  return ok;
}

bool
fer_task_set (nn_model *model, const char *key, const char *text, nn_error *error)
{
  return nn_model_set (model, key, text) || nn_fail (error, "out of memory");
}

/* Puts our keys last and fer.version before the others: of a file that ends early, none of them or all too little is left. */
static bool
put_in_order (const fer_task *task, nn_model *model, nn_error *error)
{
  for (const char *const *key = task->keys; *key; key++) {
    char *text = g_strdup (nn_model_get (model, *key));
    bool ok = !text || (nn_model_set (model, *key, NULL) && fer_task_set (model, *key, text, error));
    g_free (text);
    if (!ok)
      return false;
  }
  return true;
}

static const fer_task *
task_of (const nn_model *model, nn_error *error)
{
  static const fer_task *const tasks[] = { &fer_task_expression, &fer_task_faces };
  const char *name = nn_model_get (model, "fer.task");
  for (size_t i = 0; i < G_N_ELEMENTS (tasks); i++)
    if (!strcmp (name ? name : tasks[0]->name, tasks[i]->name))
      return tasks[i];
  nn_fail (error, "fer.task is %.20s, expected %s or %s", name, tasks[0]->name, tasks[1]->name);
  return NULL;
}

bool
fer_model_seal (nn_model *model, nn_error *error)
{
  const fer_task *task = task_of (model, error);
  char crc[9];
  snprintf (crc, sizeof crc, "%08x", (unsigned) weights_crc32 (model));
  return task && (nn_model_get (model, "fer.trained") || fer_task_set (model, "fer.trained", "{}", error))
         && fer_task_set (model, "fer.version", VERSION, error) && fer_task_set (model, "fer.task", task->name, error)
         && fer_task_set (model, "fer.weights_crc32", crc, error) && put_in_order (task, model, error) && task->reads (model, error);
}

bool
fer_model_sealable (const nn_model *model)
{
  const fer_task *task = task_of (model, NULL);
  return task && check_foreign (task, model, NULL);
}
