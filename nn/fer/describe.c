/* SPDX-License-Identifier: MIT */
#include "describe.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define VERSION "1"
#define TASK "expression"
#define MAX_TEXT 65536 /* bytes of one value */
#define MAX_DEPTH 16   /* the parser recurses */
#define MAX_LABEL 64   /* bytes */
#define MIN_SIZE 8
#define MAX_SIZE 512

static const char *const keys[] = { "fer.version", "fer.task", "fer.labels", "fer.input", "fer.crop", "fer.trained", "fer.weights_crc32" };

/* ---- JSON from a file that may be hostile -------------------------------------------------------------------------------- */

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

/* The value of key as JSON whose root is an array or an object; NULL with the reason. */
static JsonNode *
parse_json (const nn_model *nn, const char *key, JsonNodeType type, nn_error *error)
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

/* Member of object as a number in [low, high]; without it, fallback (NAN: it must be there). */
static bool
read_number (JsonObject *object, const char *key, const char *member, double low, double high, double fallback, float *out, nn_error *error)
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

static bool
read_flag (JsonObject *object, const char *key, const char *member, bool *out, nn_error *error)
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
  JsonNode *root = parse_json (model->nn, "fer.labels", JSON_NODE_ARRAY, error);
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
  JsonNode *color = json_object_get_member (object, "color");
  const char *name = color && JSON_NODE_HOLDS_VALUE (color) ? json_node_get_string (color) : NULL;
  float size = 0;
  if (!name || strcmp (name, "gray"))
    return nn_fail (error, "%s: \"color\" is %s, this version reads \"gray\"", key, name ? name : "not there");
  if (!read_number (object, key, "size", MIN_SIZE, MAX_SIZE, (double) NAN, &size, error)
      || !read_flag (object, key, "per_image", &crop->per_image, error))
    return false;
  if (size != floorf (size))
    return nn_fail (error, "%s: \"size\" is not a whole number", key);
  crop->size = (int) size;
  if (crop->per_image)
    return read_number (object, key, "sd_floor", 1e-3, 255, (double) NAN, &crop->sd_floor, error);
  return read_number (object, key, "mean", -1e4, 1e4, (double) NAN, &crop->mean, error)
         && read_number (object, key, "sd", 1e-4, 1e4, (double) NAN, &crop->sd, error);
}

static bool
read_crop (fer_crop *crop, JsonObject *object, nn_error *error)
{
  const char *key = "fer.crop";
  return read_number (object, key, "scale", 0.1, 10, (double) NAN, &crop->scale, error) && read_number (object, key, "dx", -2, 2, 0, &crop->dx, error)
         && read_number (object, key, "dy", -2, 2, 0, &crop->dy, error) && read_flag (object, key, "roll", &crop->roll, error);
}

static bool
read_object (fer_model *model, const char *key, bool (*read) (fer_crop *crop, JsonObject *object, nn_error *error), nn_error *error)
{
  JsonNode *root = parse_json (model->nn, key, JSON_NODE_OBJECT, error);
  bool ok = root && read (&model->crop, json_node_get_object (root), error);
  g_clear_pointer (&root, json_node_unref);
  return ok;
}

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
check_own (const nn_model *nn, nn_error *error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!nn_model_get (nn, keys[i]))
      return nn_fail (error, "there is fer.version but no %s: the file is damaged or was edited by something else than fer-info", keys[i]);
  if (strcmp (nn_model_get (nn, "fer.version"), VERSION))
    return nn_fail (error, "fer.version is %.20s, this program reads %s", nn_model_get (nn, "fer.version"), VERSION);
  if (strcmp (nn_model_get (nn, "fer.task"), TASK))
    return nn_fail (error, "fer.task is %.20s, expected %s", nn_model_get (nn, "fer.task"), TASK);
  char expected[9];
  snprintf (expected, sizeof expected, "%08x", (unsigned) weights_crc32 (nn));
  if (strcmp (nn_model_get (nn, "fer.weights_crc32"), expected))
    return nn_fail (error, "fer.weights_crc32 is %.20s but the weights have %s: the file is damaged", nn_model_get (nn, "fer.weights_crc32"),
                    expected);
  return true;
}

static bool
check_foreign (const nn_model *nn, nn_error *error)
{
  static const char *const needed[] = { "fer.labels", "fer.input", "fer.crop" };
  for (size_t i = 0; i < G_N_ELEMENTS (needed); i++)
    if (!nn_model_get (nn, needed[i]))
      return nn_fail (error, "a foreign model without %s: give labels, input and crop by fer-info --set key=value IN OUT (see docs/model-file.md)",
                      needed[i]);
  return true;
}

bool
fer_describe_read (fer_model *model, nn_error *error)
{
  const nn_model *nn = model->nn;
  if (!(nn_model_get (nn, "fer.version") ? check_own (nn, error) : check_foreign (nn, error)))
    return false;
  if (!read_labels (model, error) || !read_object (model, "fer.input", read_input, error) || !read_object (model, "fer.crop", read_crop, error))
    return false;
  if (!nn_model_get (nn, "fer.trained"))
    return true;
  JsonNode *trained = parse_json (nn, "fer.trained", JSON_NODE_OBJECT, error);
  if (trained && json_object_get_size (json_node_get_object (trained)) > 0)
    model->trained = g_strdup (nn_model_get (nn, "fer.trained"));
  bool ok = trained != NULL;
  g_clear_pointer (&trained, json_node_unref);
  return ok;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

/* The shortest text that reads as this float again. */
static const char *
shortest (float value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  char format[] = "%.6g";
  do
    g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, format, (double) value);
  while ((float) g_ascii_strtod (text, NULL) != value && format[2]++ < '9');
  return text;
}

static char *
input_text (const fer_crop *crop)
{
  char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];
  if (crop->per_image)
    return g_strdup_printf ("{\"color\":\"gray\",\"size\":%d,\"per_image\":true,\"sd_floor\":%s}", crop->size, shortest (crop->sd_floor, a));
  return g_strdup_printf ("{\"color\":\"gray\",\"size\":%d,\"mean\":%s,\"sd\":%s}", crop->size, shortest (crop->mean, a), shortest (crop->sd, b));
}

static char *
crop_text (const fer_crop *crop)
{
  char scale[G_ASCII_DTOSTR_BUF_SIZE], dx[G_ASCII_DTOSTR_BUF_SIZE], dy[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup_printf ("{\"scale\":%s,\"dx\":%s,\"dy\":%s,\"roll\":%s}", shortest (crop->scale, scale), shortest (crop->dx, dx),
                          shortest (crop->dy, dy), crop->roll ? "true" : "false");
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

static bool
set_text (nn_model *model, const char *key, const char *text, nn_error *error)
{
  return nn_model_set (model, key, text) || nn_fail (error, "out of memory");
}

/* Puts our keys last and fer.version before the others: of a file that ends early, none of them or all too little is left. */
static bool
put_in_order (nn_model *model, nn_error *error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++) {
    char *text = g_strdup (nn_model_get (model, keys[i]));
    bool ok = !text || (nn_model_set (model, keys[i], NULL) && set_text (model, keys[i], text, error));
    g_free (text);
    if (!ok)
      return false;
  }
  return true;
}

bool
fer_model_seal (nn_model *model, nn_error *error)
{
  char crc[9];
  snprintf (crc, sizeof crc, "%08x", (unsigned) weights_crc32 (model));
  const char *trained = nn_model_get (model, "fer.trained");
  if (!set_text (model, "fer.version", VERSION, error) || !set_text (model, "fer.task", TASK, error)
      || !set_text (model, "fer.weights_crc32", crc, error) || (!trained && !set_text (model, "fer.trained", "{}", error))
      || !put_in_order (model, error))
    return false;
  fer_model described = { .nn = model };
  bool ok = fer_describe_read (&described, error);
  for (int i = 0; i < described.n_labels; i++)
    g_free (described.labels[i]);
  g_free (described.trained);
  return ok;
}

bool
fer_model_describe (nn_model *model, const char *const *labels, int n_labels, const fer_crop *crop, const char *trained, nn_error *error)
{
  char *labels_json = labels_text (labels, n_labels), *input_json = input_text (crop), *crop_json = crop_text (crop);
  bool ok = set_text (model, "fer.labels", labels_json, error) && set_text (model, "fer.input", input_json, error)
            && set_text (model, "fer.crop", crop_json, error) && set_text (model, "fer.trained", trained ? trained : "{}", error)
            && fer_model_seal (model, error);
  g_free (labels_json);
  g_free (input_json);
  g_free (crop_json);
  return ok;
}
