/* SPDX-License-Identifier: MIT */
#include "describe.h"
#include "metadata.h"
#include "task.h"

#include <math.h>

static bool
read_input (fer_faces_description *description, JsonObject *object, nn_error *error)
{
  const char *key = "fer.input";
  float size = 0;
  bool per_image;
  if (!fer_metadata_gray (object, key, error) || !fer_metadata_flag (object, key, "per_image", &per_image, error)
      || !fer_metadata_number (object, key, "size", 0, 65536, 0, &size, error))
    return false;
  if (per_image || size > 0)
    return nn_fail (error, "%s: \"%s\" is given, but a finder reads pictures of any size by mean and sd", key, per_image ? "per_image" : "size");
  return fer_metadata_number (object, key, "mean", -1e4, 1e4, (double) NAN, &description->mean, error)
         && fer_metadata_number (object, key, "sd", 1e-4, 1e4, (double) NAN, &description->sd, error);
}

bool
fer_describe_read_faces (const nn_model *nn, fer_faces_description *description, nn_error *error)
{
  *description = (fer_faces_description) { 0 };
  if (!fer_task_check (&fer_task_faces, nn, error))
    return false;
  JsonNode *root = fer_metadata_json (nn, "fer.input", JSON_NODE_OBJECT, error);
  bool ok = root && read_input (description, json_node_get_object (root), error) && fer_task_trained (nn, &description->trained, error);
  g_clear_pointer (&root, json_node_unref);
  return ok;
}

static bool
reads (nn_model *nn, nn_error *error)
{
  fer_faces_description description;
  bool ok = fer_describe_read_faces (nn, &description, error);
  g_free (description.trained);
  return ok;
}

static const char *const keys[] = { "fer.version", "fer.task", "fer.input", "fer.trained", "fer.weights_crc32", NULL };
static const char *const needed[] = { "fer.task", "fer.input", NULL };
const fer_task fer_task_faces = { "faces", keys, needed, "task and input", reads };

bool
fer_finder_describe (nn_model *model, float mean, float sd, const char *trained, nn_error *error)
{
  char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];
  char *input = g_strdup_printf ("{\"color\":\"gray\",\"mean\":%s,\"sd\":%s}", fer_metadata_shortest (mean, a), fer_metadata_shortest (sd, b));
  bool ok = fer_task_set (model, "fer.task", fer_task_faces.name, error) && fer_task_set (model, "fer.input", input, error)
            && fer_task_set (model, "fer.trained", trained ? trained : "{}", error) && fer_model_seal (model, error);
  g_free (input);
  return ok;
}
