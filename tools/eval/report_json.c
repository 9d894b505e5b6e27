/* SPDX-License-Identifier: MIT */
#include "common/json.h"
#include "report.h"
#include "seeds.h"

#include <math.h>

static const eval_share unknown = { 0, 0, (double) NAN, (double) NAN, (double) NAN };

static void
add_text_or_null (JsonBuilder *b, const char *key, const char *text)
{
  if (text)
    tool_json_text (b, key, text);
  else
    tool_json_number (b, key, (double) NAN);
}

/* KEY and KEY_ci: [low, high]. */
static void
add_share (JsonBuilder *b, const char *key, const eval_share *share)
{
  char *interval = g_strconcat (key, "_ci", NULL);
  tool_json_number (b, key, share->value);
  tool_json_pair (b, interval, share->low, share->high);
  g_free (interval);
}

static void
begin (JsonBuilder *b, const char *key)
{
  json_builder_set_member_name (b, key);
  json_builder_begin_object (b);
}

static void
add_classes (JsonBuilder *b, const eval_result *r)
{
  const eval_metrics *m = &r->figures.all.metrics;
  begin (b, "classes");
  for (int c = 0; c < m->n_classes; c++) {
    const eval_share recall = eval_share_of (m->classes[c].hits, m->classes[c].n);
    begin (b, r->classes.names[c]);
    tool_json_count (b, "n", m->classes[c].n);
    tool_json_number (b, "precision", m->classes[c].precision);
    tool_json_number (b, "recall", m->classes[c].recall);
    tool_json_number (b, "f1", m->classes[c].f1);
    tool_json_pair (b, "recall_ci", recall.low, recall.high);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
}

static void
add_confusion (JsonBuilder *b, const eval_metrics *m)
{
  json_builder_set_member_name (b, "confusion");
  json_builder_begin_array (b);
  for (int truth = 0; truth < m->n_classes; truth++) {
    json_builder_begin_array (b);
    for (int c = 0; c < m->n_classes; c++)
      json_builder_add_int_value (b, m->confusion[truth][c]);
    json_builder_end_array (b);
  }
  json_builder_end_array (b);
}

static void
add_reliability (JsonBuilder *b, const eval_calibration *c)
{
  tool_json_number (b, "ece", c->ece);
  tool_json_number (b, "nll", c->nll);
  json_builder_set_member_name (b, "reliability");
  json_builder_begin_array (b);
  for (int i = 0; i < EVAL_BINS; i++) {
    const eval_bin *bin = &c->bins[i];
    json_builder_begin_object (b);
    tool_json_count (b, "n", bin->n);
    tool_json_number (b, "confidence", bin->n ? bin->confidence / bin->n : (double) NAN);
    tool_json_number (b, "accuracy", bin->n ? (double) bin->hits / bin->n : (double) NAN);
    json_builder_end_object (b);
  }
  json_builder_end_array (b);
}

static void
add_intervals (JsonBuilder *b, const eval_result *r, const eval_intervals *i)
{
  tool_json_pair (b, "accuracy", i->accuracy.low, i->accuracy.high);
  tool_json_pair (b, "macro_f1", i->macro_f1.low, i->macro_f1.high);
  tool_json_pair (b, "ece", i->ece.low, i->ece.high);
  begin (b, "recall");
  for (int c = 0; c < r->classes.n; c++)
    tool_json_pair (b, r->classes.names[c], i->recall[c].low, i->recall[c].high);
  json_builder_end_object (b);
}

static void
add_bootstrap (JsonBuilder *b, const eval_result *r)
{
  begin (b, "bootstrap");
  tool_json_count (b, "repeats", r->figures.all.intervals.repeats);
  tool_json_count (b, "seed", (gint64) r->seed);
  add_intervals (b, r, &r->figures.all.intervals);
  if (r->have_twins) {
    begin (b, "no_twins");
    add_intervals (b, r, &r->figures.plain.intervals);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
}

/* The short form, of what is only beside the headline. */
static void
add_beside (JsonBuilder *b, const eval_result *r, const eval_two_figures *f)
{
  add_share (b, "accuracy", &f->all.metrics.all);
  add_share (b, "accuracy_no_twins", r->have_twins ? &f->all.metrics.no_twins : &unknown);
  tool_json_number (b, "macro_f1", f->all.metrics.macro_f1);
  tool_json_number (b, "ece", f->all.calibration.ece);
  tool_json_number (b, "nll", f->all.calibration.nll);
}

static void
add_averaged (JsonBuilder *b, const eval_result *r)
{
  begin (b, "tta");
  tool_json_text (b, "looks", eval_looks_names[r->looks]);
  add_beside (b, r, &r->averaged);
  json_builder_end_object (b);
}

static void
add_tempered (JsonBuilder *b, const eval_result *r)
{
  begin (b, "calibrated");
  tool_json_text (b, "model", r->tempered_file);
  tool_json_number (b, "temperature", r->temperature);
  tool_json_text (b, "fitted_on", "PublicTest");
  tool_json_count (b, "n_fitted", r->n_fitted);
  add_beside (b, r, &r->tempered);
  json_builder_end_object (b);
}

static void
add_spread (JsonBuilder *b, const char *key, const eval_seeds *seeds, int figure)
{
  const eval_spread spread = eval_seeds_spread (seeds, figure);
  begin (b, key);
  tool_json_numbers (b, "values", seeds->n, seeds->values[figure]);
  tool_json_number (b, "mean", spread.mean);
  tool_json_number (b, "sd", spread.sd);
  tool_json_pair (b, "ci", spread.low, spread.high);
  json_builder_end_object (b);
}

static void
add_seeds (JsonBuilder *b, const eval_result *r)
{
  static const char *const keys[EVAL_SEED_F1] = { "accuracy", "accuracy_no_twins", "macro_f1", "macro_f1_no_twins", "ece", "ece_no_twins" };
  begin (b, "seeds");
  json_builder_set_member_name (b, "models");
  json_builder_begin_array (b);
  for (int i = 0; i < r->seeds->n; i++)
    json_builder_add_string_value (b, r->seeds->names[i]);
  json_builder_end_array (b);
  for (int i = 0; i < EVAL_SEED_F1; i++)
    add_spread (b, keys[i], r->seeds, i);
  begin (b, "f1");
  for (int c = 0; c < r->classes.n; c++)
    add_spread (b, r->classes.names[c], r->seeds, EVAL_SEED_F1 + c);
  json_builder_end_object (b);
  json_builder_end_object (b);
}

static void
add_mcnemar (JsonBuilder *b, const eval_mcnemar *m)
{
  tool_json_count (b, "n", m->n);
  tool_json_count (b, "right_by_first_alone", m->b);
  tool_json_count (b, "right_by_second_alone", m->c);
  tool_json_number (b, "difference", m->difference);
  tool_json_pair (b, "difference_ci", m->low, m->high);
  tool_json_text (b, "test", m->exact ? "exact" : "chi squared");
  tool_json_number (b, "chi2", m->chi2);
  tool_json_number (b, "p", m->p);
}

static void
add_compared (JsonBuilder *b, const eval_result *r)
{
  begin (b, "compared");
  tool_json_text (b, "model", r->other);
  add_beside (b, r, &r->compared);
  begin (b, "mcnemar");
  add_mcnemar (b, &r->mcnemar);
  json_builder_end_object (b);
  if (r->have_twins) {
    begin (b, "mcnemar_no_twins");
    add_mcnemar (b, &r->mcnemar_plain);
    json_builder_end_object (b);
  }
  json_builder_end_object (b);
}

static void
add_robustness (JsonBuilder *b, const eval_robustness *r)
{
  begin (b, "robustness");
  for (int e = 0; e < EVAL_N_EFFECTS; e++) {
    json_builder_set_member_name (b, eval_effects[e].name);
    json_builder_begin_array (b);
    for (int k = 0; k < EVAL_STRENGTHS; k++) {
      json_builder_begin_object (b);
      tool_json_number (b, "strength", eval_effects[e].strengths[k]);
      tool_json_text (b, "unit", eval_effects[e].unit);
      add_share (b, "accuracy", &r->effects[e][k]);
      json_builder_end_object (b);
    }
    json_builder_end_array (b);
  }
  json_builder_end_object (b);
}

static void
add_protocol (JsonBuilder *b, const eval_result *r)
{
  const eval_share six = eval_six_classes (&r->outcome);
  tool_json_text (b, "protocol", r->protocol);
  tool_json_count (b, "n_left_out", r->n_left_out);
  tool_json_count (b, "n_six_classes", six.n);
  add_share (b, "accuracy_six_classes", &six);
}

static JsonBuilder *
build_json (const eval_result *r)
{
  const eval_figures *f = &r->figures.all;
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  tool_json_text (b, "model", r->subject.model);
  tool_json_text (b, "data", r->subject.data);
  add_text_or_null (b, "split", r->subject.split);
  tool_json_count (b, "n", f->metrics.all.n);
  add_share (b, "accuracy", &f->metrics.all);
  tool_json_count (b, "n_no_twins", r->have_twins ? f->metrics.no_twins.n : 0);
  add_share (b, "accuracy_no_twins", r->have_twins ? &f->metrics.no_twins : &unknown);
  tool_json_number (b, "macro_f1", f->metrics.macro_f1);
  add_classes (b, r);
  add_confusion (b, &f->metrics);
  add_reliability (b, &f->calibration);
  tool_json_number (b, "macro_f1_no_twins", r->have_twins ? r->figures.plain.metrics.macro_f1 : (double) NAN);
  tool_json_number (b, "ece_no_twins", r->have_twins ? r->figures.plain.calibration.ece : (double) NAN);
  add_bootstrap (b, r);
  tool_json_count (b, "n_not_found", r->n_samples - r->outcome.n);
  tool_json_count (b, "n_contempt", r->n_contempt);
  if (r->protocol)
    add_protocol (b, r);
  if (r->looks)
    add_averaged (b, r);
  if (r->seeds)
    add_seeds (b, r);
  if (*r->tempered_file)
    add_tempered (b, r);
  if (*r->other)
    add_compared (b, r);
  if (r->have_robustness)
    add_robustness (b, &r->robustness);
  json_builder_end_object (b);
  return b;
}

bool
eval_write_json (const eval_result *result, const char *path, nn_error *error)
{
  JsonBuilder *b = build_json (result);
  bool good = tool_json_write (b, path, error);
  g_object_unref (b);
  return good;
}
