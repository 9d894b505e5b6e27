/* SPDX-License-Identifier: MIT */
#include "release.h"
#include "eval/metrics.h"

#include <cblas.h>
#include <glib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
count_rows (const nn_dataset *data, nn_split split)
{
  int n = 0;
  for (int i = 0; i < data->n; i++)
    n += data->splits[i] == split;
  return n;
}

static void
add_result (JsonBuilder *b, const char *name, const eval_share *r)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_object (b);
  json_builder_set_member_name (b, "n");
  json_builder_add_int_value (b, r->n);
  json_builder_set_member_name (b, "accuracy");
  json_builder_add_double_value (b, r->value);
  json_builder_set_member_name (b, "low");
  json_builder_add_double_value (b, r->low);
  json_builder_set_member_name (b, "high");
  json_builder_add_double_value (b, r->high);
  json_builder_end_object (b);
}

static void
add_text (JsonBuilder *b, const char *name, const char *text)
{
  json_builder_set_member_name (b, name);
  json_builder_add_string_value (b, text);
}

static void
add_number (JsonBuilder *b, const char *name, gint64 number)
{
  json_builder_set_member_name (b, name);
  json_builder_add_int_value (b, number);
}

/* fer.trained: enough to make the same network again. */
static char *
provenance (const nn_trainer *trainer, const nn_recipe *recipe, const nn_dataset *data, const char *data_name, const char *kernels, const eval_share *public,
            const eval_share *private)
{
  char hash[17], *name = g_path_get_basename (data_name), *text = nn_recipe_text (recipe);
  JsonBuilder *b = json_builder_new ();
  snprintf (hash, sizeof hash, "%016llx", (unsigned long long) data->hash);
  json_builder_begin_object (b);
  add_text (b, "tool", "fer-train " FER_VERSION);
  add_text (b, "recipe", text ? text : "");
  add_text (b, "data", name);
  add_text (b, "data_hash", hash);
  add_number (b, "data_rows", count_rows (data, NN_TRAINING));
  add_number (b, "seed", (gint64) recipe->seed);
  add_number (b, "epochs", recipe->epochs);
  add_number (b, "best_epoch", nn_trainer_best_row (trainer)->epoch);
  add_number (b, "seconds", (gint64) nn_trainer_seconds (trainer));
  add_text (b, "kernels", kernels);
  add_text (b, "blas", openblas_get_corename ());
  add_result (b, "PublicTest", public);
  if (private->n > 0)
    add_result (b, "PrivateTest", private);
  json_builder_end_object (b);

  JsonNode *root = json_builder_get_root (b);
  char *json = json_to_string (root, FALSE);
  json_node_unref (root);
  g_object_unref (b);
  g_free (name);
  free (text);
  return json;
}

static bool
write_model (const nn_trainer *trainer, const nn_recipe *recipe, const char *trained, const char *path, nn_error *error)
{
  /* The reference box is YuNet's; a picture of FER-2013 shows a square of this many times its longer side. */
  const fer_crop crop = { .size = recipe->input.h, .per_image = recipe->input.per_image, .mean = recipe->input.mean, .sd = recipe->input.sd,
                          .sd_floor = recipe->input.sd_floor, .scale = 1.15f };
  nn_graph *graph = nn_graph_copy (nn_trainer_graph (trainer));
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  if (!model) {
    nn_graph_free (graph);
    return nn_fail (error, "out of memory for the model");
  }
  memcpy (model->weights, nn_trainer_best (trainer), model->graph->n_weights * sizeof *model->weights);
  const bool good = fer_model_describe (model, fer_labels7, 7, &crop, trained, error) && nn_model_save (model, path, error);
  nn_model_free (model);
  return good;
}

static bool
read_private_test (const nn_trainer *trainer, const nn_recipe *recipe, const nn_dataset *data, int threads, eval_share *private, FILE *out, nn_error *error)
{
  const int n = count_rows (data, NN_PRIVATE_TEST);
  double accuracy;
  *private = (eval_share) { 0 };
  if (n == 0) {
    fprintf (out, "PrivateTest: the data set has no such rows\n");
    return true;
  }
  if (!nn_evaluate (nn_trainer_graph (trainer), nn_trainer_best (trainer), data, NN_PRIVATE_TEST, &recipe->input, threads, NULL, &accuracy, NULL, error))
    return false;
  *private = eval_share_of ((int) lrint (accuracy * n), n);
  fprintf (out, "PrivateTest: %.2f %% (95 %% interval %.2f to %.2f, %d rows), read once, with the weights of epoch %d\n", 100 * accuracy,
           100 * private->low, 100 * private->high, n, nn_trainer_best_row (trainer)->epoch);
  return true;
}

bool
train_release (const nn_trainer *trainer, const nn_recipe *recipe, const nn_dataset *data, const char *data_name, int threads, const char *path, FILE *out,
               nn_error *error)
{
  const nn_epoch_row *best = nn_trainer_best_row (trainer);
  const int n_public = count_rows (data, NN_PUBLIC_TEST);
  const double accuracy = recipe->ema > 0 ? best->ema_accuracy : best->public_accuracy;
  const eval_share public = eval_share_of ((int) lrint (accuracy * n_public), n_public);
  eval_share private;
  nn_plan *plan = nn_plan_new (nn_trainer_graph (trainer), nn_trainer_best (trainer), NULL, error);
  if (!plan || !read_private_test (trainer, recipe, data, threads, &private, out, error)) {
    nn_plan_free (plan);
    return false;
  }
  char *trained = provenance (trainer, recipe, data, data_name, nn_plan_cpu (plan), &public, &private);
  const bool good = write_model (trainer, recipe, trained, path, error);
  if (good)
    fprintf (out, "model in %s\n", path);
  g_free (trained);
  nn_plan_free (plan);
  return good;
}
