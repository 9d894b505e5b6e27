/* SPDX-License-Identifier: MIT
 * fer-eval: how often a model reads faces as people labelled them, how alike it reads those of groups, and how well a finder finds faces. */
#include "common/command.h"
#include "eval/expression.h"
#include "eval/faces_report.h"
#include "eval/groups.h"
#include "eval/options.h"

#include <string.h>

static bool
run_expression (const eval_options *o, nn_error *error)
{
  const eval_order order = { .model = o->model,
                             .finder = o->finder,
                             .data = o->data,
                             .split = o->split,
                             .images = o->images,
                             .manifest = o->manifest,
                             .half = o->half,
                             .frame = o->faces_name && !strcmp (o->faces_name, "frame"),
                             .precision = o->precision,
                             .threads = o->threads,
                             .votes = o->votes,
                             .seed = (uint64_t) o->seed,
                             .seeds = o->seeds,
                             .compare = o->compare,
                             .calibrate = o->calibrate,
                             .looks = o->looks,
                             .robustness = o->robustness,
                             .reliability = o->reliability,
                             .mistakes = o->mistakes,
                             .report = o->report,
                             .card = o->card,
                             .runs = o->runs,
                             .command = o->command,
                             .json = o->json,
                             .plot = o->plot };
  return eval_expression (&order, error);
}

static bool
report_faces (const eval_options *o, const eval_task *task, const eval_faces *result, nn_error *error)
{
  char model[256];
  fer_model_name (o->detections ? o->detections : o->model, model, sizeof model);
  if (!o->json || strcmp (o->json, "-"))
    eval_faces_print (model, task, result);
  return tool_flush (error) && (!o->json || eval_faces_write_json (model, task, result, o->json, error));
}

static bool
run_faces (const eval_options *o, nn_error *error)
{
  const eval_task task = { .images = o->images,
                           .boxes = o->boxes,
                           .negatives = o->negatives,
                           .sources = o->sources,
                           .views = o->views,
                           .held_out = o->held_out,
                           .size = o->size,
                           .threshold = (float) o->threshold };
  eval_finder *finder = o->write        ? eval_finder_writer (o->write, error)
                        : o->detections ? eval_finder_table (o->detections, error)
                                        : eval_finder_model (o->model, (float) o->threshold, error);
  eval_faces result;
  const bool good = finder && eval_faces_run (&task, finder, &result, error) && (o->write || report_faces (o, &task, &result, error));
  eval_finder_free (finder);
  return good;
}

static int
run_groups (const eval_options *o, nn_error *error)
{
  const groups_order order = { .command = o->typed,
                               .manifest = o->groups,
                               .predictions = o->predictions,
                               .eyes = { o->model, o->finder, o->precision, o->faces_name && !strcmp (o->faces_name, "frame") },
                               .columns = o->columns,
                               .together = o->together,
                               .resamples = o->resamples,
                               .threads = o->threads ? o->threads : (int) g_get_num_processors (),
                               .seed = (uint64_t) o->seed,
                               .max_gap = o->max_gap,
                               .gap_of = o->gap_of,
                               .json = o->json,
                               .page = o->page,
                               .report = o->report,
                               .plot = o->plot,
                               .write_predictions = o->write_predictions };
  return groups_run (&order, error);
}

static int
run (const eval_options *o, nn_error *error)
{
  switch (eval_options_kind (o)) {
  case EVAL_GROUPS: return run_groups (o, error);
  case EVAL_FACES: return run_faces (o, error) ? TOOL_GOOD : TOOL_ERROR;
  default: return run_expression (o, error) ? TOOL_GOOD : TOOL_ERROR;
  }
}

int
main (int argc, char **argv)
{
  eval_options o;
  nn_error error = { "" };
  const int status = eval_options_read (&o, argc, argv, &error) ? run (&o, &error) : TOOL_USAGE;
  eval_options_clear (&o);
  return tool_end ("fer-eval", status, &error);
}
