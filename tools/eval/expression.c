/* SPDX-License-Identifier: MIT */
#include "expression.h"
#include "card.h"
#include "common/command.h"
#include "common/dataset.h"
#include "mistakes.h"
#include "plot.h"
#include "report.h"
#include "seeds.h"
#include "temper.h"

#include <stdio.h>
#include <string.h>

/* What an evaluation works with. */
typedef struct evaluation {
  const eval_order *o;
  const nn_dataset *data; /* NULL: pictures */
  const eval_samples *samples;
  eval_reader *reader;
  eval_readings seen;
  eval_result result;
} evaluation;

static eval_reader *
open_reader (const evaluation *e, const char *model, nn_error *error)
{
  const eval_reader_options options = { model, e->o->finder, e->samples->need_finder, e->o->precision, e->o->threads };
  return eval_reader_new (&options, error);
}

static void
measure (const evaluation *e, const eval_readings *readings, eval_two_figures *figures)
{
  eval_outcome outcome = eval_outcome_of (e->samples, readings);
  eval_measure_outcome (&outcome, e->o->seed, figures);
  eval_outcome_clear (&outcome);
}

/* ---- what may be asked for beside ---------------------------------------------------------------------------------------- */

static bool
average (evaluation *e, nn_error *error)
{
  eval_readings averaged;
  if (!eval_average (e->reader, &e->seen, &e->samples->classes, e->o->looks, &averaged, error))
    return false;
  e->result.looks = e->o->looks;
  measure (e, &averaged, &e->result.averaged);
  eval_readings_clear (&averaged);
  return true;
}

static bool
read_by (const evaluation *e, const char *model, const eval_samples *samples, eval_readings *readings, nn_error *error)
{
  eval_reader *reader = open_reader (e, model, error);
  const bool good = reader && eval_read (reader, &samples->source, &samples->classes, false, readings, error);
  eval_reader_free (reader);
  return good;
}

/* This model, and others of its recipe. */
static bool
add_seeds (evaluation *e, nn_error *error)
{
  eval_result *r = &e->result;
  r->seeds = g_new0 (eval_seeds, 1);
  eval_seeds_add (r->seeds, r->subject.model, &r->figures, r->have_twins);
  for (char **path = e->o->seeds; *path; path++) {
    char name[256];
    eval_readings readings;
    eval_two_figures figures;
    if (!read_by (e, *path, e->samples, &readings, error))
      return false;
    fer_model_name (*path, name, sizeof name);
    measure (e, &readings, &figures);
    eval_seeds_add (r->seeds, name, &figures, r->have_twins);
    eval_readings_clear (&readings);
  }
  return true;
}

static eval_mcnemar
count_discordant (const evaluation *e, const eval_readings *other, bool with_twins)
{
  int n = 0, b = 0, c = 0;
  for (int i = 0; i < e->samples->n; i++) {
    if (!e->seen.found[i] || !other->found[i] || (!with_twins && e->samples->twins && e->samples->twins[i]))
      continue;
    const bool first = e->seen.predicted[i] == e->samples->truth[i], second = other->predicted[i] == e->samples->truth[i];
    n++;
    b += first && !second;
    c += second && !first;
  }
  return eval_mcnemar_of (n, b, c);
}

static bool
compare (evaluation *e, nn_error *error)
{
  eval_readings other;
  if (!read_by (e, e->o->compare, e->samples, &other, error))
    return false;
  fer_model_name (e->o->compare, e->result.other, sizeof e->result.other);
  measure (e, &other, &e->result.compared);
  e->result.mcnemar = count_discordant (e, &other, true);
  e->result.mcnemar_plain = count_discordant (e, &other, false);
  eval_readings_clear (&other);
  return true;
}

/* Fitted on PublicTest, whatever is evaluated. */
static bool
fit (evaluation *e, nn_error *error)
{
  eval_samples *public = eval_samples_of_data (e->data, NN_PUBLIC_TEST, e->o->votes, error);
  eval_readings readings;
  const bool good = public && eval_read (e->reader, &public->source, &public->classes, false, &readings, error);
  if (good) {
    e->result.n_fitted = public->n;
    e->result.temperature = eval_fit_temperature (public->n, public->classes.n, public->truth, readings.p);
    eval_readings_clear (&readings);
  }
  eval_samples_free (public);
  return good;
}

static bool
calibrate (evaluation *e, nn_error *error)
{
  eval_result *r = &e->result;
  eval_readings after;
  if (!fit (e, error))
    return false;
  const eval_tempered tempered = { r->temperature, r->subject.data, nn_split_names[NN_PUBLIC_TEST], r->n_fitted };
  if (!eval_temper_model (e->o->model, &tempered, e->o->calibrate, error) || !read_by (e, e->o->calibrate, e->samples, &after, error))
    return false;
  fer_model_name (e->o->calibrate, r->tempered_file, sizeof r->tempered_file);
  measure (e, &after, &r->tempered);
  eval_readings_clear (&after);
  return true;
}

static bool
spoil (evaluation *e, nn_error *error)
{
  e->result.have_robustness = true;
  return eval_robustness_of (e->reader, e->samples, &e->seen, e->o->seed, &e->result.robustness, error);
}

static bool
do_more (evaluation *e, nn_error *error)
{
  const eval_order *o = e->o;
  return (!o->looks || average (e, error)) && (!o->seeds || add_seeds (e, error)) && (!o->compare || compare (e, error))
         && (!o->calibrate || calibrate (e, error)) && (!o->robustness || spoil (e, error));
}

/* ---- reports ------------------------------------------------------------------------------------------------------------- */

static bool
plotted (tool_plotted how, const char *path)
{
  if (how == TOOL_PLOT_NO_GNUPLOT)
    fprintf (stderr, "fer-eval: no %s: gnuplot is not installed\n", path);
  return how != TOOL_PLOT_FAILED;
}

static bool
write_card (const evaluation *e, nn_error *error)
{
  const eval_order *o = e->o;
  const eval_card card = { o->command, o->model, o->data ? o->data : o->manifest, o->runs };
  return eval_write_card (&e->result, &card, o->card, error);
}

static bool
report (const evaluation *e, nn_error *error)
{
  const eval_order *o = e->o;
  const eval_result *r = &e->result;
  if (!o->json || strcmp (o->json, "-"))
    eval_print (r);
  return tool_flush (error) && (!o->json || eval_write_json (r, o->json, error))
         && (!o->plot || plotted (eval_plot (r, EVAL_PLOT_CONFUSION, o->plot, error), o->plot))
         && (!o->reliability || plotted (eval_plot (r, EVAL_PLOT_RELIABILITY, o->reliability, error), o->reliability))
         && (!o->mistakes || eval_mistakes_save (e->samples, &e->seen, &r->outcome, o->mistakes, error))
         && (!o->report || eval_write_html (r, e->samples, &e->seen, o->command, o->report, error)) && (!o->card || write_card (e, error));
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------- */

/* A model or data by their file's name. */
static char *
data_name (const eval_order *o)
{
  return g_path_get_basename (o->data ? o->data : o->manifest ? o->manifest : o->images);
}

static const char *
split_name (const eval_order *o)
{
  static const char *const halves[] = { NULL, "even", "odd" };
  return o->data ? nn_split_names[o->split] : halves[o->half];
}

static int
count_left_out (const evaluation *e)
{
  int rows = 0;
  for (int i = 0; e->data && i < e->data->n; i++)
    rows += e->data->splits[i] == e->o->split;
  return e->data ? rows - e->samples->n : 0;
}

static bool
evaluate (evaluation *e, nn_error *error)
{
  const eval_order *o = e->o;
  const eval_samples *samples = e->samples;
  const bool keep_pixels = o->looks || o->robustness || o->mistakes || o->report;
  e->reader = open_reader (e, o->model, error);
  if (!e->reader || !eval_read (e->reader, &samples->source, &samples->classes, keep_pixels, &e->seen, error))
    return false;
  char model[256], *data = data_name (o);
  fer_model_name (o->model, model, sizeof model);
  e->result = (eval_result) { .subject = { model, data, split_name (o) },
                              .protocol = o->votes ? "majority" : NULL,
                              .classes = samples->classes,
                              .have_twins = samples->twins != NULL,
                              .seed = o->seed,
                              .n_left_out = count_left_out (e),
                              .n_samples = samples->n,
                              .n_contempt = e->seen.n_contempt,
                              .outcome = eval_outcome_of (samples, &e->seen) };
  eval_measure_outcome (&e->result.outcome, o->seed, &e->result.figures);
  const bool good = do_more (e, error) && report (e, error);
  eval_outcome_clear (&e->result.outcome);
  g_clear_pointer (&e->result.seeds, g_free);
  g_free (data);
  return good;
}

static nn_dataset *
load_data (const eval_order *o, nn_error *error)
{
  nn_dataset *data = tool_load_dataset (o->data, error);
  if (!data || !o->votes || tool_load_votes (data, o->votes, error))
    return data;
  nn_dataset_free (data);
  return NULL;
}

bool
eval_expression (const eval_order *o, nn_error *error)
{
  nn_dataset *data = o->data ? load_data (o, error) : NULL;
  eval_samples *samples = NULL;
  if (data && !(samples = eval_samples_of_data (data, o->split, o->votes, error)))
    nn_fail_prefix (error, o->data);
  if (!o->data)
    samples = eval_samples_of_pictures (o->images, o->manifest, o->half, o->frame, error);
  evaluation e = { .o = o, .data = data, .samples = samples };
  const bool good = samples && evaluate (&e, error);
  eval_readings_clear (&e.seen);
  eval_reader_free (e.reader);
  eval_samples_free (samples);
  nn_dataset_free (data);
  return good;
}
