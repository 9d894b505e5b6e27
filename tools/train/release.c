/* SPDX-License-Identifier: MIT */
#include "release.h"
#include "common/json.h"
#include "common/ranges.h"
#include "eval/metrics.h"

#include <glib.h>
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
  tool_json_count (b, "n", r->n);
  tool_json_number (b, "accuracy", r->value);
  tool_json_number (b, "low", r->low);
  tool_json_number (b, "high", r->high);
  json_builder_end_object (b);
}

nn_model *
train_best_model (const train_finished *f, nn_error *error)
{
  nn_graph *graph = nn_graph_copy (nn_trainer_graph (f->trainer));
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  if (!model) {
    nn_graph_free (graph);
    nn_fail (error, "out of memory for the model");
    return NULL;
  }
  memcpy (model->weights, nn_trainer_best (f->trainer), graph->n_weights * sizeof *model->weights);
  if (!f->half || nn_model_halve (model, error))
    return model;
  nn_model_free (model);
  return NULL;
}

JsonBuilder *
train_provenance_begin (const train_finished *f, uint64_t hash, const char *kernels)
{
  char digits[17], *name = g_path_get_basename (f->data_name), *text = nn_recipe_text (f->recipe);
  JsonBuilder *b = json_builder_new ();
  snprintf (digits, sizeof digits, "%016llx", (unsigned long long) hash);
  json_builder_begin_object (b);
  tool_json_text (b, "tool", "fer-train " FER_VERSION);
  tool_json_text (b, "recipe", text ? text : "");
  tool_json_text (b, "data", name);
  tool_json_text (b, "data_hash", digits);
  tool_json_count (b, "seed", (gint64) f->recipe->seed);
  tool_json_count (b, "epochs", f->recipe->epochs);
  tool_json_count (b, "best_epoch", nn_trainer_best_row (f->trainer)->epoch);
  tool_json_count (b, "seconds", (gint64) nn_trainer_seconds (f->trainer));
  tool_json_text (b, "kernels", kernels);
  if (f->init_name) {
    char *init = g_path_get_basename (f->init_name);
    tool_json_text (b, "init", init);
    g_free (init);
  }
  g_free (name);
  free (text);
  return b;
}

/* fer.trained: enough to make the same network again. */
static char *
provenance (const train_finished *f, const char *kernels, const eval_share *public, const eval_share *private)
{
  JsonBuilder *b = train_provenance_begin (f, f->data->hash, kernels);
  tool_json_count (b, "data_rows", count_rows (f->data, NN_TRAINING));
  add_result (b, "PublicTest", public);
  if (private->n > 0)
    add_result (b, "PrivateTest", private);
  json_builder_end_object (b);

  char *json = tool_json_string (b, false);
  g_object_unref (b);
  return json;
}

/* Ranges are of the nodes of the file as it will be read. */
static bool
write_with_ranges (const train_finished *f, const void *bytes, size_t size, const fer_crop *crop, const char *path, nn_error *error)
{
  nn_model *model = nn_model_parse (bytes, size, error);
  char *text = model ? tool_fit_ranges (model, crop, f->data, TOOL_RANGES_FACES, error) : NULL;
  void *out = NULL;
  size_t out_size;
  const bool good = text && nn_onnx_set_metas (bytes, size, &(nn_meta) { .key = NN_RANGES_KEY, .value = text }, 1, &out, &out_size, error)
                    && nn_file_write (path, out, out_size, error);
  free (out);
  free (text);
  nn_model_free (model);
  return good;
}

static bool
write_model (const train_finished *f, const char *trained, const char *path, nn_error *error)
{
  const nn_input *input = &f->recipe->input;
  /* The reference box is YuNet's; of the squares about it these read best (docs/model-file.md). */
  const fer_crop crop = {
    .size = input->h, .per_image = input->per_image, .mean = input->mean, .sd = input->sd, .sd_floor = input->sd_floor, .scale = 1, .dy = 0.02f,
    .roll = true
  };
  nn_model *model = train_best_model (f, error);
  void *bytes = NULL;
  size_t size;
  const bool good = model && fer_model_describe (model, fer_labels7, 7, &crop, trained, error) && nn_model_write (model, &bytes, &size, error)
                    && write_with_ranges (f, bytes, size, &crop, path, error);
  free (bytes);
  nn_model_free (model);
  return good;
}

static bool
read_private_test (const train_finished *f, eval_share *private, FILE *out, nn_error *error)
{
  const nn_trainer *t = f->trainer;
  const int n = count_rows (f->data, NN_PRIVATE_TEST);
  double accuracy;
  *private = (eval_share) { 0 };
  if (n == 0) {
    fprintf (out, "PrivateTest: the data set has no such rows\n");
    return true;
  }
  if (!nn_evaluate (nn_trainer_graph (t), nn_trainer_best (t), f->data, NN_PRIVATE_TEST, &f->recipe->input, f->threads, NULL, &accuracy, NULL, error))
    return false;
  *private = eval_share_of ((int) lrint (accuracy * n), n);
  fprintf (out, "PrivateTest: %.2f %% (95 %% interval %.2f to %.2f, %d rows), read once, with the weights of epoch %d\n", 100 * accuracy,
           100 * private->low, 100 * private->high, n, nn_trainer_best_row (t)->epoch);
  return true;
}

bool
train_release (const train_finished *f, const char *path, FILE *out, nn_error *error)
{
  const nn_epoch_row *best = nn_trainer_best_row (f->trainer);
  const int n_public = count_rows (f->data, NN_PUBLIC_TEST);
  const double accuracy = f->recipe->ema > 0 ? best->ema_score : best->public_score;
  const eval_share public = eval_share_of ((int) lrint (accuracy * n_public), n_public);
  eval_share private;
  nn_plan *plan = nn_plan_new (nn_trainer_graph (f->trainer), nn_trainer_best (f->trainer), NULL, error);
  if (!plan || !read_private_test (f, &private, out, error)) {
    nn_plan_free (plan);
    return false;
  }
  char *trained = provenance (f, nn_plan_cpu (plan), &public, &private);
  const bool good = write_model (f, trained, path, error);
  if (good)
    fprintf (out, "model in %s\n", path);
  g_free (trained);
  nn_plan_free (plan);
  return good;
}
