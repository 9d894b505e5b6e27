/* SPDX-License-Identifier: MIT */
#include "release.h"
#include "common/json.h"
#include "fer.h"

#include <glib.h>

static char *
provenance (const train_finished *f, const char *kernels)
{
  const nn_epoch_row *best = nn_trainer_best_row (f->trainer);
  JsonBuilder *b = train_provenance_begin (f, nn_trainer_data_hash (f->trainer), kernels);
  int n = 0, n_held_out = 0;
  for (int i = 0; i < f->scenes->n; i++) {
    n += !f->scenes->scenes[i].held_out;
    n_held_out += f->scenes->scenes[i].held_out;
  }
  tool_json_count (b, "pictures", n);
  tool_json_count (b, "held_out", n_held_out);
  tool_json_number (b, "held_out_ap40", f->options->recipe.ema > 0 ? best->ema_score : best->public_score);
  json_builder_end_object (b);
  char *json = tool_json_string (b, false);
  g_object_unref (b);
  return json;
}

bool
train_release_faces (const train_finished *f, const char *path, FILE *out, nn_error *error)
{
  const nn_trainer *t = f->trainer;
  nn_plan *plan = nn_plan_new (nn_trainer_graph (t), nn_trainer_best (t), NULL, error);
  if (!plan)
    return false;
  char *trained = provenance (f, nn_plan_cpu (plan));
  nn_plan_free (plan);
  nn_model *model = train_best_model (f, error);
  const bool good =
      model && fer_finder_describe (model, f->options->recipe.input.mean, f->options->recipe.input.sd, trained, error) && nn_model_save (model, path, error);
  if (good)
    fprintf (out, "model in %s, with the weights of epoch %d\n", path, nn_trainer_best_row (t)->epoch);
  nn_model_free (model);
  g_free (trained);
  return good;
}
