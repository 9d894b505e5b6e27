/* SPDX-License-Identifier: MIT */
#include "report.h"
#include "common/bars.h"
#include "common/json.h"

#include <math.h>
#include <stdio.h>

/* ---- terminal ------------------------------------------------------------------------------------------------------------ */

static void
print_share (const char *name, const eval_share *share, const char *of)
{
  if (share->n == 0)
    printf ("%-15s no faces %s\n", name, of);
  else
    printf ("%-15s %6.2f %%   95 %% interval %.2f to %.2f %%   %d of %d %s\n", name, 100 * share->value, 100 * share->low, 100 * share->high,
            share->count, share->n, of);
}

static void
print_percent (double value)
{
  if (isnan (value))
    printf ("%10s", "-");
  else
    printf ("%8.1f %%", 100 * value);
}

static void
print_classes (const eval_result *r)
{
  const eval_metrics *m = &r->metrics;
  printf ("\n%-9s %7s%10s%10s%10s\n", "", "faces", "precision", "recall", "F1");
  for (int c = 0; c < m->n_classes; c++) {
    printf ("%-9s %7d", r->classes.names[c], m->classes[c].n);
    print_percent (m->classes[c].precision);
    print_percent (m->classes[c].recall);
    print_percent (m->classes[c].f1);
    printf ("   ");
    tool_bar (stdout, isnan (m->classes[c].f1) ? 0 : m->classes[c].f1, 20);
    printf ("\n");
  }
}

static void
print_confusion (const eval_result *r)
{
  const eval_metrics *m = &r->metrics;
  printf ("\nfaces of each expression (rows) by what was read (columns)\n%-9s", "");
  for (int c = 0; c < m->n_classes; c++)
    printf ("%9s", r->classes.names[c]);
  printf ("\n");
  for (int truth = 0; truth < m->n_classes; truth++) {
    printf ("%-9s", r->classes.names[truth]);
    for (int c = 0; c < m->n_classes; c++)
      printf ("%s%9d%s", c == truth ? tool_bold (stdout, true) : "", m->confusion[truth][c], c == truth ? tool_bold (stdout, false) : "");
    printf ("\n");
  }
}

void
eval_print (const eval_result *r)
{
  const eval_metrics *m = &r->metrics;
  const eval_subject *subject = &r->subject;
  printf ("%s on %s%s%s\n\n", subject->model, subject->data, subject->split ? ", " : "", subject->split ? subject->split : "");
  print_share ("accuracy", &m->all, "faces");
  if (r->have_twins)
    print_share ("without twins", &m->no_twins, "that are not in Training as well, pixel for pixel");
  if (!isnan (m->macro_f1))
    printf ("%-15s %6.2f %%   mean of the classes\n", "macro F1", 100 * m->macro_f1);
  if (r->outcome.n)
    printf ("%-15s %6.2f points in %d bins; negative log-likelihood %.4f\n", "calibration", 100 * r->calibration.ece, EVAL_BINS, r->calibration.nll);
  if (r->outcome.n < r->n_samples)
    printf ("%-15s %d of %d pictures: no face was found, and they count nowhere above\n", "not read", r->n_samples - r->outcome.n, r->n_samples);
  if (r->n_contempt)
    printf ("%-15s %d faces would have been read so; they are counted as the most probable of the others\n", "contempt", r->n_contempt);
  print_classes (r);
  print_confusion (r);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */

static void
add_value (JsonBuilder *b, double value)
{
  if (isnan (value))
    json_builder_add_null_value (b);
  else
    json_builder_add_double_value (b, value);
}

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
  json_builder_set_member_name (b, interval);
  json_builder_begin_array (b);
  add_value (b, share->low);
  add_value (b, share->high);
  json_builder_end_array (b);
  g_free (interval);
}

static void
add_classes (JsonBuilder *b, const eval_result *r)
{
  const eval_metrics *m = &r->metrics;
  json_builder_set_member_name (b, "classes");
  json_builder_begin_object (b);
  for (int c = 0; c < m->n_classes; c++) {
    json_builder_set_member_name (b, r->classes.names[c]);
    json_builder_begin_object (b);
    tool_json_count (b, "n", m->classes[c].n);
    tool_json_number (b, "precision", m->classes[c].precision);
    tool_json_number (b, "recall", m->classes[c].recall);
    tool_json_number (b, "f1", m->classes[c].f1);
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

static JsonBuilder *
build_json (const eval_result *r)
{
  static const eval_share unknown = { 0, 0, (double) NAN, (double) NAN, (double) NAN };
  const eval_metrics *m = &r->metrics;
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  tool_json_text (b, "model", r->subject.model);
  tool_json_text (b, "data", r->subject.data);
  add_text_or_null (b, "split", r->subject.split);
  tool_json_count (b, "n", m->all.n);
  add_share (b, "accuracy", &m->all);
  tool_json_count (b, "n_no_twins", r->have_twins ? m->no_twins.n : 0);
  add_share (b, "accuracy_no_twins", r->have_twins ? &m->no_twins : &unknown);
  tool_json_number (b, "macro_f1", m->macro_f1);
  add_classes (b, r);
  add_confusion (b, m);
  add_reliability (b, &r->calibration);
  tool_json_count (b, "n_not_found", r->n_samples - r->outcome.n);
  tool_json_count (b, "n_contempt", r->n_contempt);
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
