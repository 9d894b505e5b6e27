/* SPDX-License-Identifier: MIT */
#include "describe.h"
#include "metadata.h"
#include "task.h"

#include <math.h>
#include <string.h>

#define MAX_LABEL 64 /* bytes */
#define MIN_SIZE 8
#define MAX_SIZE 512

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

/* Labels are printed and drawn: nothing that steers a terminal. */
static bool
is_label (const char *text)
{
  for (const char *p = text; *p; p++)
    if (g_ascii_iscntrl (*p))
      return false;
  return *text && strlen (text) <= MAX_LABEL;
}

static bool
read_label (fer_model *model, JsonNode *node, nn_error *error)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  if (!text || !is_label (text))
    return nn_fail (error, "fer.labels: label %d is not a printable text of 1 to %d bytes", model->n_labels + 1, MAX_LABEL);
  for (int i = 0; i < model->n_labels; i++)
    if (!strcmp (model->labels[i], text))
      return nn_fail (error, "fer.labels: \"%s\" is there twice", text);
  model->labels[model->n_labels++] = g_strdup (text);
  return true;
}

static bool
read_labels (fer_model *model, nn_error *error)
{
  JsonNode *root = fer_metadata_json (model->nn, "fer.labels", JSON_NODE_ARRAY, error);
  if (!root)
    return false;
  JsonArray *array = json_node_get_array (root);
  guint n = json_array_get_length (array);
  bool ok = n >= 2 && n <= FER_MAX_LABELS;
  if (!ok)
    nn_fail (error, "fer.labels: %u labels, expected 2 to %d", n, FER_MAX_LABELS);
  for (guint i = 0; ok && i < n; i++)
    ok = read_label (model, json_array_get_element (array, i), error);
  json_node_unref (root);
  return ok;
}

static bool
read_input (fer_crop *crop, JsonObject *object, nn_error *error)
{
  const char *key = "fer.input";
  float size = 0;
  if (!fer_metadata_gray (object, key, error) || !fer_metadata_number (object, key, "size", MIN_SIZE, MAX_SIZE, (double) NAN, &size, error)
      || !fer_metadata_flag (object, key, "per_image", &crop->per_image, error))
    return false;
  if (size != floorf (size))
    return nn_fail (error, "%s: \"size\" is not a whole number", key);
  crop->size = (int) size;
  if (crop->per_image)
    return fer_metadata_number (object, key, "sd_floor", 1e-3, 255, (double) NAN, &crop->sd_floor, error);
  return fer_metadata_number (object, key, "mean", -1e4, 1e4, (double) NAN, &crop->mean, error)
         && fer_metadata_number (object, key, "sd", 1e-4, 1e4, (double) NAN, &crop->sd, error);
}

static bool
read_crop (fer_crop *crop, JsonObject *object, nn_error *error)
{
  const char *key = "fer.crop";
  return fer_metadata_number (object, key, "scale", 0.1, 10, (double) NAN, &crop->scale, error)
         && fer_metadata_number (object, key, "dx", -2, 2, 0, &crop->dx, error)
         && fer_metadata_number (object, key, "dy", -2, 2, 0, &crop->dy, error) && fer_metadata_flag (object, key, "roll", &crop->roll, error);
}

static bool
read_object (fer_model *model, const char *key, bool (*read) (fer_crop *crop, JsonObject *object, nn_error *error), nn_error *error)
{
  JsonNode *root = fer_metadata_json (model->nn, key, JSON_NODE_OBJECT, error);
  bool ok = root && read (&model->crop, json_node_get_object (root), error);
  g_clear_pointer (&root, json_node_unref);
  return ok;
}

bool
fer_describe_read (fer_model *model, nn_error *error)
{
  return fer_task_check (&fer_task_expression, model->nn, error) && read_labels (model, error) && read_object (model, "fer.input", read_input, error)
         && read_object (model, "fer.crop", read_crop, error) && fer_task_trained (model->nn, &model->trained, error);
}

static bool
reads (nn_model *nn, nn_error *error)
{
  fer_model described = { .nn = nn };
  bool ok = fer_describe_read (&described, error);
  for (int i = 0; i < described.n_labels; i++)
    g_free (described.labels[i]);
  g_free (described.trained);
  return ok;
}

static const char *const keys[] = { "fer.version", "fer.task", "fer.labels", "fer.input", "fer.crop", "fer.trained", "fer.weights_crc32", NULL };
static const char *const needed[] = { "fer.labels", "fer.input", "fer.crop", NULL };
const fer_task fer_task_expression = { "expression", keys, needed, "labels, input and crop", reads };

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

static char *
input_text (const fer_crop *crop)
{
  char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];
  if (crop->per_image)
    return g_strdup_printf ("{\"color\":\"gray\",\"size\":%d,\"per_image\":true,\"sd_floor\":%s}", crop->size,
                            fer_metadata_shortest (crop->sd_floor, a));
  return g_strdup_printf ("{\"color\":\"gray\",\"size\":%d,\"mean\":%s,\"sd\":%s}", crop->size, fer_metadata_shortest (crop->mean, a),
                          fer_metadata_shortest (crop->sd, b));
}

static char *
crop_text (const fer_crop *crop)
{
  char scale[G_ASCII_DTOSTR_BUF_SIZE], dx[G_ASCII_DTOSTR_BUF_SIZE], dy[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup_printf ("{\"scale\":%s,\"dx\":%s,\"dy\":%s,\"roll\":%s}", fer_metadata_shortest (crop->scale, scale),
                          fer_metadata_shortest (crop->dx, dx), fer_metadata_shortest (crop->dy, dy), crop->roll ? "true" : "false");
}

static char *
labels_text (const char *const *labels, int n_labels)
{
  JsonArray *array = json_array_new ();
  for (int i = 0; i < n_labels; i++)
    json_array_add_string_element (array, labels[i]);
  JsonNode *root = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (root, array);
  char *text = json_to_string (root, FALSE);
  json_node_unref (root);
  return text;
}

bool
fer_model_describe (nn_model *model, const char *const *labels, int n_labels, const fer_crop *crop, const char *trained, nn_error *error)
{
  char *labels_json = labels_text (labels, n_labels), *input_json = input_text (crop), *crop_json = crop_text (crop);
  bool ok = fer_task_set (model, "fer.task", fer_task_expression.name, error) && fer_task_set (model, "fer.labels", labels_json, error)
            && fer_task_set (model, "fer.input", input_json, error) && fer_task_set (model, "fer.crop", crop_json, error)
            && fer_task_set (model, "fer.trained", trained ? trained : "{}", error) && fer_model_seal (model, error);
  g_free (labels_json);
  g_free (input_json);
  g_free (crop_json);
  return ok;
}
