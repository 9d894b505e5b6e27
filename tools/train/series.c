/* SPDX-License-Identifier: MIT */
#include "series.h"
#include "common/command.h"
#include "common/json.h"
#include "origin.h"
#include "presets.h"
#include "session.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- members: trainings with names of their own ------------------------------------------------------------------------- */

/* NAME-tail with an ending. */
static char *
name_with (const char *output, const char *tail, const char *ending)
{
  const size_t length = strlen (output) - (g_str_has_suffix (output, ".onnx") ? 5 : 0);
  return g_strdup_printf ("%.*s-%s%s", (int) length, output, tail, ending);
}

static void
name_member (train_options *member, const train_options *all, const char *tail)
{
  *member = *all;
  member->output = name_with (all->output, tail, ".onnx");
  member->checkpoint = name_with (all->output, tail, ".ckpt");
  member->log = name_with (all->output, tail, ".csv");
  member->plot = name_with (all->output, tail, ".svg");
}

static void
unname_member (train_options *member)
{
  g_free (member->output);
  g_free (member->checkpoint);
  g_free (member->log);
  g_free (member->plot);
}

/* fer.trained of a model file, the caller's to json_node_unref: an object. */
static JsonNode *
read_trained (const char *path, nn_error *error)
{
  fer_model *model = fer_model_load (path, error);
  JsonNode *root = model ? json_from_string (model->trained ? model->trained : "{}", NULL) : NULL; /* loading has seen what it is */
  fer_model_free (model);
  return root;
}

/* A finished member must be what would be trained now; an architecture from a file is not compared. */
static bool
check_finished (const train_options *member, nn_error *error)
{
  JsonNode *root = read_trained (member->output, error);
  if (!root)
    return false;
  char *text = nn_recipe_text (&member->recipe);
  const char *mine = text, *theirs = tool_json_text_of (json_node_get_object (root), "recipe", "");
  if (mine && member->architecture) {
    mine += strcspn (mine, ";");
    theirs += strcspn (theirs, ";");
  }
  const bool same = mine ? nn_recipe_same (mine, theirs, error) && train_origin_same (member, json_node_get_object (root), error)
                         : nn_fail (error, "out of memory for a recipe");
  json_node_unref (root);
  free (text);
  return same || nn_fail_prefix (error, member->output);
}

/* A member that is not there is trained, or trained on from its checkpoint. */
static int
run_member (train_options *member, const volatile sig_atomic_t *stop, nn_error *error)
{
  const bool begun = access (member->checkpoint, F_OK) == 0;
  if (member->resume && !begun && access (member->output, F_OK) == 0)
    return check_finished (member, error) ? TOOL_GOOD : TOOL_ERROR;
  member->resume = member->resume && begun;
  return train_session_run (member, stop, error);
}

/* ---- teachers ------------------------------------------------------------------------------------------------------------ */

/* Its own preset's network, recipe and seeds, with the pupil's share of epochs, on the same rows: all pupils have the same teachers. */
static int
train_teacher (const train_options *o, const train_preset *preset, int i, char **path, const volatile sig_atomic_t *stop, nn_error *error)
{
  const train_preset *teacher = train_preset_find (preset->teacher);
  const nn_recipe *pupil = nn_preset (preset->recipe);
  char tail[32];
  train_options member;
  g_snprintf (tail, sizeof tail, "teacher-%d", i + 1);
  name_member (&member, o, tail);
  member.architecture = member.init = NULL; /* the pupil's */
  member.recipe = *nn_preset (teacher->recipe);
  member.recipe.seed += (uint64_t) i;
  if (o->recipe.epochs != pupil->epochs)
    nn_recipe_scale (&member.recipe, MAX (1, member.recipe.epochs * o->recipe.epochs / pupil->epochs));
  member.heads = teacher->heads;
  member.half = teacher->half;
  member.calibrate = teacher->calibrate;
  member.no_private = true;
  *path = g_strdup (member.output);
  const int status = run_member (&member, stop, error);
  unname_member (&member);
  return status;
}

/* ---- seeds --------------------------------------------------------------------------------------------------------------- */

/* NAN: not measured. */
static double
accuracy_of (JsonObject *trained, const char *split)
{
  JsonNode *result = json_object_get_member (trained, split);
  return result && JSON_NODE_HOLDS_OBJECT (result) ? tool_json_number_of (json_node_get_object (result), "accuracy", (double) NAN) : (double) NAN;
}

/* What a finished member says of itself: fer.trained. */
static bool
read_figures (const char *path, double *public, double *private, nn_error *error)
{
  JsonNode *root = read_trained (path, error);
  if (!root)
    return false;
  JsonObject *object = json_node_get_object (root);
  *public = accuracy_of (object, "PublicTest");
  *private = accuracy_of (object, "PrivateTest");
  json_node_unref (root);
  return isfinite (*public) || nn_fail (error, "%s does not say how it does on PublicTest", path);
}

static void
print_mean (FILE *out, const char *name, int n, const double *accuracy)
{
  const eval_spread s = eval_spread_of (n, accuracy);
  if (isfinite (s.mean))
    fprintf (out, "%s: mean of %d seeds %.2f %%, standard deviation %.2f, 95 %% interval of the mean %.2f to %.2f\n", name, n, 100 * s.mean,
             100 * s.sd, 100 * s.low, 100 * s.high);
}

static bool
copy_model (const char *from, const char *to, nn_error *error)
{
  void *bytes;
  size_t size;
  if (!nn_file_read (from, 0, &bytes, &size, error))
    return false;
  const bool good = nn_file_write (to, bytes, size, error);
  free (bytes);
  return good;
}

static bool
choose_best (const train_options *o, char *const *outputs, nn_error *error)
{
  double public[TRAIN_MAX_SEEDS], private[TRAIN_MAX_SEEDS];
  int best = 0;
  for (int i = 0; i < o->seeds; i++) {
    if (!read_figures (outputs[i], &public[i], &private[i], error))
      return false;
    best = public[i] > public[best] ? i : best;
  }
  FILE *out = strcmp (o->output, "-") ? stdout : stderr;
  print_mean (out, "PublicTest", o->seeds, public);
  print_mean (out, "PrivateTest", o->seeds, private);
  if (!copy_model (outputs[best], o->output, error))
    return false;
  fprintf (out, "best on PublicTest: %s, now %s\n", outputs[best], o->output);
  return true;
}

static int
run_seeds (const train_options *o, const volatile sig_atomic_t *stop, nn_error *error)
{
  char *outputs[TRAIN_MAX_SEEDS] = { NULL };
  int status = TOOL_GOOD;
  for (int i = 0; status == TOOL_GOOD && i < o->seeds; i++) {
    char tail[32];
    train_options member;
    g_snprintf (tail, sizeof tail, "%" G_GUINT64_FORMAT, o->recipe.seed + (uint64_t) i);
    name_member (&member, o, tail);
    member.recipe.seed += (uint64_t) i;
    outputs[i] = g_strdup (member.output);
    status = run_member (&member, stop, error);
    unname_member (&member);
  }
  if (status == TOOL_GOOD && !choose_best (o, outputs, error))
    status = TOOL_ERROR;
  for (int i = 0; i < o->seeds; i++)
    g_free (outputs[i]);
  return status;
}

/* The teachers that o's preset asks for, then the network itself. */
static int
run_with_teachers (const train_options *o, const train_preset *preset, const volatile sig_atomic_t *stop, nn_error *error)
{
  train_options pupil = *o;
  if (!strcmp (o->output, "-")) {
    nn_fail (error, "--preset %s writes its teachers as well: expected --output with a name, or --distill", preset->name);
    return TOOL_USAGE;
  }
  int status = TOOL_GOOD;
  pupil.distill = g_new0 (char *, preset->teachers + 1);
  for (int i = 0; status == TOOL_GOOD && i < preset->teachers; i++)
    status = train_teacher (o, preset, i, &pupil.distill[i], stop, error);
  if (status == TOOL_GOOD)
    status = o->seeds > 1 ? run_seeds (&pupil, stop, error) : run_member (&pupil, stop, error);
  g_strfreev (pupil.distill);
  return status;
}

int
train_series_run (const train_options *o, const volatile sig_atomic_t *stop, nn_error *error)
{
  const train_preset *preset = train_preset_find (o->preset);
  if (preset->teachers > 0 && !o->distill && o->recipe.distill > 0)
    return run_with_teachers (o, preset, stop, error);
  return o->seeds > 1 ? run_seeds (o, stop, error) : train_session_run (o, stop, error);
}
