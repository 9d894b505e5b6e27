/* SPDX-License-Identifier: MIT */
#include "release.h"
#include "calibrate.h"
#include "common/json.h"
#include "common/ranges.h"
#include "eval/metrics.h"
#include "origin.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows that count: of a model of FER+'s classes those on which a majority of the voters agree. */
static int
count_rows (const nn_dataset *data, nn_split split, bool votes)
{
  int n = 0;
  for (int i = 0; i < data->n; i++)
    n += data->splits[i] == split && (!votes || nn_votes_majority (data->votes + (size_t) i * NN_N_VOTES) >= 0);
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
  if (f->options->recipe.task == NN_TASK_EXPRESSION && !(model = train_choose_heads (model, &f->options->heads, error)))
    return NULL;
  if (!f->options->half || nn_model_halve (model, error))
    return model;
  nn_model_free (model);
  return NULL;
}

JsonBuilder *
train_provenance_begin (const train_finished *f, uint64_t hash, const char *kernels)
{
  const train_options *o = f->options;
  char digits[17], *text = nn_recipe_text (&o->recipe);
  JsonBuilder *b = json_builder_new ();
  snprintf (digits, sizeof digits, "%016llx", (unsigned long long) hash);
  json_builder_begin_object (b);
  tool_json_text (b, "tool", "fer-train " FER_VERSION);
  tool_json_text (b, "recipe", text ? text : "");
  train_origin_add (b, o);
  tool_json_text (b, "data_hash", digits);
  tool_json_count (b, "seed", (gint64) o->recipe.seed);
  tool_json_count (b, "epochs", o->recipe.epochs);
  tool_json_count (b, "best_epoch", nn_trainer_best_row (f->trainer)->epoch);
  tool_json_count (b, "seconds", (gint64) nn_trainer_seconds (f->trainer));
  tool_json_count (b, "threads", o->threads);
  tool_json_text (b, "kernels", kernels);
  free (text);
  return b;
}

/* ---- an expression model ------------------------------------------------------------------------------------------------- */

typedef struct released {
  nn_model *model; /* as it is written */
  bool votes;      /* its classes are FER+'s eight */
  fer_crop crop;
  train_calibrated calibrated;
  eval_share public, private;
} released;

/* As fer-eval --calibrate notes it. */
static void
add_calibration (JsonBuilder *b, const train_calibrated *calibrated, const char *data_name)
{
  char *name = g_path_get_basename (data_name);
  json_builder_set_member_name (b, "calibration");
  json_builder_begin_object (b);
  tool_json_number (b, "temperature", calibrated->temperature);
  tool_json_text (b, "data", name);
  tool_json_text (b, "split", nn_split_names[NN_PUBLIC_TEST]);
  tool_json_count (b, "n", calibrated->n);
  json_builder_end_object (b);
  g_free (name);
}

/* fer.trained: what the same network is to be made of. */
static char *
provenance (const train_finished *f, const released *r, const char *kernels)
{
  JsonBuilder *b = train_provenance_begin (f, nn_trainer_data_hash (f->trainer), kernels);
  tool_json_count (b, "data_rows", count_rows (f->data, NN_TRAINING, false));
  if (r->calibrated.temperature > 0)
    add_calibration (b, &r->calibrated, f->options->data);
  add_result (b, "PublicTest", &r->public);
  if (r->private.n > 0)
    add_result (b, "PrivateTest", &r->private);
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
write_model (const train_finished *f, const released *r, const char *trained, const char *path, nn_error *error)
{
  void *bytes = NULL;
  size_t size;
  const char *const *labels = r->votes ? fer_labels8 : fer_labels7;
  const bool good = fer_model_describe (r->model, labels, r->votes ? NN_VOTE_CLASSES : 7, &r->crop, trained, error)
                    && nn_model_write (r->model, &bytes, &size, error) && write_with_ranges (f, bytes, size, &r->crop, path, error);
  free (bytes);
  return good;
}

static bool
measure (const train_finished *f, const released *r, nn_split split, eval_share *share, nn_error *error)
{
  const int n = count_rows (f->data, split, r->votes);
  double accuracy = 0;
  *share = eval_share_of (0, 0);
  if (n == 0)
    return true;
  if (!nn_evaluate (r->model->graph, r->model->weights, f->data, split, &f->options->recipe.input, 0, f->options->threads, NULL, &accuracy, NULL, error))
    return false;
  *share = eval_share_of ((int) lrint (accuracy * n), n);
  return true;
}

static bool
measure_splits (const train_finished *f, released *r, FILE *out, nn_error *error)
{
  const int epoch = nn_trainer_best_row (f->trainer)->epoch;
  if (!measure (f, r, NN_PUBLIC_TEST, &r->public, error) || (!f->options->no_private && !measure (f, r, NN_PRIVATE_TEST, &r->private, error)))
    return false;
  if (r->public.n == 0)
    fprintf (out, "PublicTest: the data set has no such rows\n");
  else
    fprintf (out, "PublicTest: %.2f %% (%d rows), with the weights of epoch %d\n", 100 * r->public.value, r->public.n, epoch);
  if (f->options->no_private)
    fprintf (out, "PrivateTest: left unread\n");
  else if (r->private.n == 0)
    fprintf (out, "PrivateTest: the data set has no such rows\n");
  else
    fprintf (out, "PrivateTest: %.2f %% (95 %% interval %.2f to %.2f, %d rows), read once, with the weights of epoch %d\n", 100 * r->private.value,
             100 * r->private.low, 100 * r->private.high, r->private.n, epoch);
  return true;
}

/* The classes that the first output tells apart. */
static bool
says_votes (const train_finished *f, const nn_model *model, bool *votes, nn_error *error)
{
  nn_shape shapes[NN_MAX_NODES];
  if (!nn_graph_shapes (model->graph, f->options->recipe.input.h, f->options->recipe.input.w, shapes, error))
    return false;
  *votes = shapes[model->graph->outputs[0]].c != f->data->classes;
  return true;
}

static bool
calibrate (const train_finished *f, released *r, FILE *out, nn_error *error)
{
  if (!f->options->calibrate)
    return true;
  if (!train_calibrate (f, r->model, r->votes, &r->calibrated, error))
    return false;
  fprintf (out, "calibrated on PublicTest: logits divided by %.3f\n", r->calibrated.temperature);
  return true;
}

bool
train_release (const train_finished *f, const char *path, FILE *out, nn_error *error)
{
  const nn_input *input = &f->options->recipe.input;
  /* The reference box is YuNet's; of the squares about it these read best (docs/model-file.md). */
  released r = {
    .model = train_best_model (f, error),
    .crop = { .size = input->h,
              .per_image = input->per_image,
              .mean = input->mean,
              .sd = input->sd,
              .sd_floor = input->sd_floor,
              .scale = 1,
              .dy = 0.02f,
              .roll = true },
  };
  nn_plan *plan = r.model ? nn_plan_new (r.model->graph, r.model->weights, NULL, error) : NULL;
  char *trained = NULL;
  bool good = plan && says_votes (f, r.model, &r.votes, error) && calibrate (f, &r, out, error) && measure_splits (f, &r, out, error);
  if (good) {
    trained = provenance (f, &r, nn_plan_cpu (plan));
    good = write_model (f, &r, trained, path, error);
  }
  if (good)
    fprintf (out, "model in %s\n", path);
  g_free (trained);
  nn_plan_free (plan);
  nn_model_free (r.model);
  return good;
}
