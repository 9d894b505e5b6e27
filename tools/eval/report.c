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
print_classes (const eval_metrics *m)
{
  printf ("\n%-9s %7s%10s%10s%10s\n", "", "faces", "precision", "recall", "F1");
  for (int c = 0; c < m->n_classes; c++) {
    printf ("%-9s %7d", fer_labels7[c], m->classes[c].n);
    print_percent (m->classes[c].precision);
    print_percent (m->classes[c].recall);
    print_percent (m->classes[c].f1);
    printf ("   ");
    tool_bar (stdout, isnan (m->classes[c].f1) ? 0 : m->classes[c].f1, 20);
    printf ("\n");
  }
}

static void
print_confusion (const eval_metrics *m)
{
  printf ("\nfaces of each expression (rows) by what was read (columns)\n%-9s", "");
  for (int c = 0; c < m->n_classes; c++)
    printf ("%9s", fer_labels7[c]);
  printf ("\n");
  for (int truth = 0; truth < m->n_classes; truth++) {
    printf ("%-9s", fer_labels7[truth]);
    for (int c = 0; c < m->n_classes; c++)
      printf ("%s%9d%s", c == truth ? tool_bold (stdout, true) : "", m->confusion[truth][c], c == truth ? tool_bold (stdout, false) : "");
    printf ("\n");
  }
}

void
eval_print (const eval_subject *subject, const eval_metrics *m)
{
  printf ("%s on %s of %s\n\n", subject->model, subject->split, subject->data);
  print_share ("accuracy", &m->all, "faces");
  print_share ("without twins", &m->no_twins, "that are not in Training as well, pixel for pixel");
  if (!isnan (m->macro_f1))
    printf ("%-15s %6.2f %%   mean of the classes\n", "macro F1", 100 * m->macro_f1);
  print_classes (m);
  print_confusion (m);
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
add_classes (JsonBuilder *b, const eval_metrics *m)
{
  json_builder_set_member_name (b, "classes");
  json_builder_begin_object (b);
  for (int c = 0; c < m->n_classes; c++) {
    json_builder_set_member_name (b, fer_labels7[c]);
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

static JsonBuilder *
build_json (const eval_subject *subject, const eval_metrics *m)
{
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  tool_json_text (b, "model", subject->model);
  tool_json_text (b, "data", subject->data);
  tool_json_text (b, "split", subject->split);
  tool_json_count (b, "n", m->all.n);
  add_share (b, "accuracy", &m->all);
  tool_json_count (b, "n_no_twins", m->no_twins.n);
  add_share (b, "accuracy_no_twins", &m->no_twins);
  tool_json_number (b, "macro_f1", m->macro_f1);
  add_classes (b, m);
  add_confusion (b, m);
  json_builder_end_object (b);
  return b;
}

bool
eval_write_json (const eval_subject *subject, const eval_metrics *metrics, const char *path, nn_error *error)
{
  JsonBuilder *b = build_json (subject, metrics);
  bool good = tool_json_write (b, path, error);
  g_object_unref (b);
  return good;
}
