/* SPDX-License-Identifier: MIT */
#include "session.h"
#include "common/command.h"
#include "common/dataset.h"
#include "common/progress.h"
#include "eval/temper.h"
#include "files.h"
#include "train/curves.h"
#include "train/log.h"
#include "train/release.h"
#include "train/scenes.h"
#include "train/teachers.h"

#include <errno.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECKPOINT_SECONDS 300

typedef struct session {
  train_options options; /* a copy: what is in it is borrowed */
  const volatile sig_atomic_t *stop;
  char *architecture; /* text of the file, or NULL */
  nn_dataset *data;   /* faces: what is pasted, or NULL */
  nn_scenes *scenes;  /* faces */
  nn_trainer *trainer;
  train_log log;
  FILE *out; /* words for people */
  tool_progress bar;
  double saved; /* when the last checkpoint was written */
} session;

/* ---- preparation --------------------------------------------------------------------------------------------------------- */

/* Rows of Training beyond the first limit_train leave the data set, and with dedupe those that a test set has as well: it gets another hash. */
static bool
choose_rows (nn_dataset *data, const train_options *o, nn_error *error)
{
  bool *keep = g_new0 (bool, (gsize) data->n + 1);
  const bool good = !o->dedupe || nn_dataset_leaks (data, keep) || nn_fail (error, "out of memory for the twins of %d rows", data->n);
  int left = o->limit_train;
  for (int row = 0; row < data->n; row++)
    keep[row] = !keep[row] && (data->splits[row] != NN_TRAINING || left-- > 0);
  if (good)
    nn_dataset_keep (data, keep);
  g_free (keep);
  return good;
}

static bool
load_data (session *s, nn_error *error)
{
  const train_options *o = &s->options;
  if (o->recipe.task == NN_TASK_FACES)
    return (s->scenes = train_load_scenes (o->data, o->images, o->negatives, o->sources, o->limit_train, error))
           && (!o->cutouts || (s->data = tool_load_dataset (o->cutouts, error)));
  if (!(s->data = tool_load_dataset (o->data, error)) || (o->votes && !tool_load_votes (s->data, o->votes, error)))
    return false;
  return (!o->dedupe && o->limit_train >= s->data->n) || choose_rows (s->data, o, error);
}

static bool
load_architecture (session *s, nn_error *error)
{
  void *text;
  size_t size;
  if (!s->options.architecture)
    return true;
  if (!nn_file_read (s->options.architecture, 1 << 20, &text, &size, error))
    return false;
  s->options.recipe.architecture = s->architecture = text;
  return strlen (text) == size || nn_fail (error, "%s: a 0 byte after %zu, expected text", s->options.architecture, strlen (text));
}

/* A checkpoint that nobody asked to go on from may be hours of somebody's work. */
static bool
begin (session *s, nn_error *error)
{
  const train_options *o = &s->options;
  if (!o->resume) {
    if (o->checkpoint && access (o->checkpoint, F_OK) == 0)
      return nn_fail (error, "%s exists: add --resume to go on from it, or remove it to begin anew", o->checkpoint);
    return train_log_create (&s->log, o->log, o->recipe.task, error);
  }
  uint64_t log_size;
  return nn_trainer_restore (s->trainer, o->checkpoint, &log_size, error) && train_log_resume (&s->log, o->log, o->recipe.task, log_size, error);
}

static void
introduce_dataset (const session *s, const char *name)
{
  int rows[NN_N_SPLITS] = { 0 };
  for (int i = 0; i < s->data->n; i++)
    rows[s->data->splits[i]]++;
  fprintf (s->out, "%s: %d Training, %d PublicTest, %d PrivateTest rows of %dx%d\n", name, rows[NN_TRAINING], rows[NN_PUBLIC_TEST],
           rows[NN_PRIVATE_TEST], s->data->w, s->data->h);
}

static void
introduce_scenes (const session *s)
{
  int with = 0, without = 0, held_out = 0;
  for (int i = 0; i < s->scenes->n; i++) {
    const nn_scene *scene = &s->scenes->scenes[i];
    held_out += scene->held_out;
    with += !scene->held_out && scene->n_faces > 0;
    without += !scene->held_out && scene->n_faces == 0;
  }
  fprintf (s->out, "%s: %d pictures with faces and %d without; %d held out\n", s->options.data, with, without, held_out);
}

static void
introduce (const session *s)
{
  if (s->scenes)
    introduce_scenes (s);
  if (s->data)
    introduce_dataset (s, s->scenes ? s->options.cutouts : s->options.data);
  fprintf (s->out, "%.2f M weights; log %s, checkpoint %s\n", (double) nn_trainer_graph (s->trainer)->n_weights / 1e6,
           s->options.log ? s->options.log : "none", s->options.checkpoint ? s->options.checkpoint : "none");
  fflush (s->out);
}

/* A resumed training has had its first weights. */
static bool
take_first_weights (session *s, nn_error *error)
{
  const char *path = s->options.init;
  if (!path || s->options.resume)
    return true;
  nn_model *model = nn_model_load (path, error);
  if (!model)
    return false;
  const bool good = nn_trainer_begin_with (s->trainer, model, error) || nn_fail_prefix (error, path);
  nn_model_free (model);
  return good;
}

static train_finished
finished_of (const session *s)
{
  return (train_finished) { .trainer = s->trainer, .options = &s->options, .data = s->data, .scenes = s->scenes };
}

/* Nor at a head, a prior or a temperature that the network has no place for. */
static bool
check_heads (const session *s, nn_error *error)
{
  const train_finished finished = finished_of (s);
  nn_model *model = train_best_model (&finished, error);
  const bool good = model && (!s->options.calibrate || eval_temper_logits (model, 1, error));
  nn_model_free (model);
  return good;
}

static bool
prepare (session *s, nn_error *error)
{
  const train_options *o = &s->options;
  if (!train_check_files (o, error) || !load_architecture (s, error) || !load_data (s, error))
    return false;
  s->trainer =
      s->scenes ? nn_trainer_new_faces (&o->recipe, s->scenes, s->data, o->threads, error) : nn_trainer_new (&o->recipe, s->data, o->threads, error);
  if (!s->trainer)
    return s->architecture ? nn_fail_prefix (error, s->options.architecture) : false;
  if (!check_heads (s, error) || !train_find_teachers (s->trainer, &o->recipe, o->distill, error) || !take_first_weights (s, error)
      || !begin (s, error))
    return false;
  introduce (s);
  return true;
}

/* ---- training ------------------------------------------------------------------------------------------------------------ */

/* What a score is called, in training and on what is not trained on. */
static const struct {
  const char *training, *other;
} scores[NN_N_TASKS] = { { "accuracy", "PublicTest" }, { "IoU", "held out: AP" } };

static void
show_step (session *s, const nn_progress *p)
{
  char before[64], after[128], left[32];
  tool_time_text (p->seconds_left, left, sizeof left);
  snprintf (before, sizeof before, "epoch %d/%d", p->epoch, s->options.recipe.epochs);
  snprintf (after, sizeof after, "%d/%d  loss %.3f  %s %.1f %%  %.0f images/s  %s left", p->step, p->steps, p->loss,
            scores[s->options.recipe.task].training, 100 * p->score, p->images_per_second, left);
  tool_progress_draw (&s->bar, before, (double) p->step / p->steps, after);
}

static void
show_epoch (session *s, const nn_epoch_row *row)
{
  tool_progress_clear (&s->bar);
  fprintf (s->out, "epoch %2d/%d  loss %.4f  %s %.2f %%", row->epoch, s->options.recipe.epochs, row->train_loss,
           scores[s->options.recipe.task].training, 100 * row->train_score);
  if (isfinite (row->public_score) || isfinite (row->ema_score))
    fprintf (s->out, "  %s", scores[s->options.recipe.task].other);
  if (isfinite (row->public_score))
    fprintf (s->out, " %.2f %%", 100 * row->public_score);
  if (isfinite (row->ema_score))
    fprintf (s->out, " (averaged weights %.2f %%)", 100 * row->ema_score);
  fprintf (s->out, "  rate %.3g  %.1f s%s\n", row->rate, row->seconds, row->best ? "  best" : "");
  fflush (s->out);
}

static bool
save (session *s, nn_error *error)
{
  s->saved = tool_seconds ();
  return !s->options.checkpoint || nn_trainer_save (s->trainer, s->options.checkpoint, train_log_size (&s->log), error);
}

/* Until all epochs are done, or somebody asked to stop; the state is saved by then. */
static bool
train (session *s, nn_error *error)
{
  nn_progress progress;
  nn_train_state state = NN_TRAIN_MORE;
  bool stopping = false;
  tool_progress_init (&s->bar, stderr);
  s->saved = tool_seconds ();
  while (state == NN_TRAIN_MORE && !stopping) {
    state = nn_trainer_step (s->trainer, &progress, error);
    if (state == NN_TRAIN_FAILED)
      break;
    if (progress.step > 0)
      show_step (s, &progress);
    if (progress.row) {
      show_epoch (s, progress.row);
      if (!train_log_row (&s->log, progress.row, error))
        return false;
    }
    stopping = *s->stop; /* read once: what ends the loop has saved */
    if ((progress.row || stopping || tool_seconds () - s->saved > CHECKPOINT_SECONDS) && !save (s, error))
      return false;
  }
  tool_progress_clear (&s->bar);
  return state != NN_TRAIN_FAILED;
}

static void
draw_curves (const session *s)
{
  const char *log = s->options.log, *plot = s->options.plot;
  nn_error error;
  if (!plot)
    return;
  switch (train_plot_curves (log, s->options.recipe.task, plot, &error)) {
  case TOOL_PLOTTED: fprintf (s->out, "curves in %s\n", plot); break;
  case TOOL_PLOT_NO_GNUPLOT: fprintf (s->out, "no curves: gnuplot is not installed; the figures are in %s\n", log); break;
  case TOOL_PLOT_FAILED: fprintf (s->out, "no curves: %s; the figures are in %s\n", error.text, log); break;
  }
}

/* The model is safe: its checkpoint has done its work. */
static bool
finish (session *s, nn_error *error)
{
  const train_options *o = &s->options;
  const train_finished finished = finished_of (s);
  if (!(s->scenes ? train_release_faces : train_release) (&finished, o->output, s->out, error))
    return false;
  draw_curves (s);
  if (o->checkpoint && !o->keep)
    unlink (o->checkpoint);
  return true;
}

static int
run (session *s, nn_error *error)
{
  s->out = strcmp (s->options.output, "-") ? stdout : stderr;
  if (!prepare (s, error) || !train (s, error))
    return TOOL_ERROR;
  if (*s->stop) {
    if (s->options.checkpoint)
      fprintf (s->out, "stopped; go on with --resume from %s\n", s->options.checkpoint);
    return TRAIN_STOPPED;
  }
  return finish (s, error) ? TOOL_GOOD : TOOL_ERROR;
}

int
train_session_run (const train_options *options, const volatile sig_atomic_t *stop, nn_error *error)
{
  session s = { .options = *options, .stop = stop };
  const int status = run (&s, error);
  train_log_close (&s.log);
  nn_trainer_free (s.trainer);
  nn_dataset_free (s.data);
  nn_scenes_free (s.scenes);
  free (s.architecture);
  return status;
}
