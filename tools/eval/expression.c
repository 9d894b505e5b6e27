/* SPDX-License-Identifier: MIT */
#include "expression.h"
#include "common/command.h"
#include "common/dataset.h"
#include "plot.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

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

static bool
plot (const eval_order *o, const eval_result *result, nn_error *error)
{
  switch (eval_plot_confusion (result, o->plot, error)) {
  case TOOL_PLOTTED: return true;
  case TOOL_PLOT_FAILED: return false;
  case TOOL_PLOT_NO_GNUPLOT: break;
  }
  fprintf (stderr, "fer-eval: no %s: gnuplot is not installed\n", o->plot);
  return true;
}

static bool
report (const eval_order *o, const eval_result *result, nn_error *error)
{
  if (!o->json || strcmp (o->json, "-"))
    eval_print (result);
  return tool_flush (error) && (!o->json || eval_write_json (result, o->json, error)) && (!o->plot || plot (o, result, error));
}

static bool
measure (const eval_order *o, eval_reader *reader, const eval_samples *samples, nn_error *error)
{
  eval_readings readings;
  if (!eval_read (reader, &samples->source, &samples->classes, false, &readings, error))
    return false;
  char model[256], *data = data_name (o);
  fer_model_name (o->model, model, sizeof model);
  eval_result r = { .subject = { model, data, split_name (o) },
                    .classes = samples->classes,
                    .have_twins = samples->twins != NULL,
                    .n_samples = samples->n,
                    .n_contempt = readings.n_contempt,
                    .outcome = eval_outcome_of (samples, &readings) };
  eval_measure (r.outcome.n, r.classes.n, r.outcome.truth, r.outcome.predicted, r.outcome.twins, &r.metrics);
  eval_calibration_of (r.outcome.n, r.classes.n, r.outcome.truth, r.outcome.p, &r.calibration);
  const bool good = report (o, &r, error);
  eval_outcome_clear (&r.outcome);
  eval_readings_clear (&readings);
  g_free (data);
  return good;
}

static bool
evaluate (const eval_order *o, const eval_samples *samples, nn_error *error)
{
  const eval_reader_options options = { o->model, o->finder, samples->need_finder, o->precision, o->threads };
  eval_reader *reader = eval_reader_new (&options, error);
  const bool good = reader && measure (o, reader, samples, error);
  eval_reader_free (reader);
  return good;
}

bool
eval_expression (const eval_order *o, nn_error *error)
{
  nn_dataset *data = o->data ? tool_load_dataset (o->data, error) : NULL;
  eval_samples *samples = NULL;
  if (data && !(samples = eval_samples_of_data (data, o->split, error)))
    nn_fail_prefix (error, o->data);
  if (!o->data)
    samples = eval_samples_of_pictures (o->images, o->manifest, o->half, o->frame, error);
  const bool good = samples && evaluate (o, samples, error);
  eval_samples_free (samples);
  nn_dataset_free (data);
  return good;
}
