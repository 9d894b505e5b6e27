/* SPDX-License-Identifier: MIT */
#include "common/json.h"
#include "groups_report.h"
#include "metrics.h"

#include <math.h>

/* {"n", "value", "ci"}; value null: suppressed. */
static void
add_figure (JsonBuilder *b, const groups_part *part, int g, int k)
{
  const groups_figure *f = &part->figures[g][k];
  const bool known = part->known[g].of[k];
  json_builder_begin_object (b);
  tool_json_count (b, "n", f->n);
  tool_json_number (b, "value", known ? f->value : (double) NAN);
  if (known && f->count < 0) {
    const eval_range *interval = &part->inference.means[g][k - GROUPS_BALANCED];
    tool_json_pair (b, "ci", interval->low, interval->high);
  } else if (known) {
    const eval_share share = eval_share_of (f->count, f->n);
    tool_json_pair (b, "ci", share.low, share.high);
  }
  json_builder_end_object (b);
}

/* Figures of the whole group by their keys, those of classes as an object of labels. */
static void
add_figures (JsonBuilder *b, const groups_result *r, const groups_part *part, int g)
{
  static const int of_classes[] = { GROUPS_TPR, GROUPS_FPR, GROUPS_PREDICTED };
  for (int k = 0; k < GROUPS_TPR; k++) {
    if (!groups_is_asked (r, k))
      continue;
    json_builder_set_member_name (b, groups_about_of (k).key);
    add_figure (b, part, g, k);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (of_classes); i++) {
    if (!groups_is_asked (r, of_classes[i]))
      continue;
    json_builder_set_member_name (b, groups_about_of (of_classes[i]).key);
    json_builder_begin_object (b);
    for (int c = 0; c < r->labels.all.n; c++) {
      json_builder_set_member_name (b, r->labels.all.names[c]);
      add_figure (b, part, g, of_classes[i] + c);
    }
    json_builder_end_object (b);
  }
}

static void
add_group (JsonBuilder *b, const groups_result *r, const groups_part *part, int g)
{
  const groups_counts *c = &part->counts[g];
  json_builder_begin_object (b);
  tool_json_text (b, "group", part->partition->names[g]);
  tool_json_count (b, "pictures", c->pictures);
  tool_json_count (b, "found", c->found);
  tool_json_count (b, "read", c->read);
  tool_json_count (b, "labelled", part->figures[g][GROUPS_ACCURACY].n);
  add_figures (b, r, part, g);
  json_builder_set_member_name (b, "confusion");
  json_builder_begin_array (b);
  for (int truth = 0; r->n_labelled && truth < r->labels.all.n; truth++) {
    json_builder_begin_array (b);
    for (int k = 0; k < r->labels.all.n; k++)
      json_builder_add_int_value (b, c->confusion[truth][k]);
    json_builder_end_array (b);
  }
  json_builder_end_array (b);
  json_builder_end_object (b);
}

/* {"group", "value"} */
static void
add_end (JsonBuilder *b, const char *key, const groups_part *part, int g, int k)
{
  json_builder_set_member_name (b, key);
  json_builder_begin_object (b);
  tool_json_text (b, "group", part->partition->names[g]);
  tool_json_number (b, "value", part->figures[g][k].value);
  json_builder_end_object (b);
}

static void
add_gap (JsonBuilder *b, const groups_result *r, const groups_part *part, int k)
{
  const groups_gap *gap = &part->gaps[k];
  const groups_about about = groups_about_of (k), source = groups_about_of (gap->source);
  json_builder_begin_object (b);
  tool_json_text (b, "gap_of", about.key);
  if (source.label >= 0)
    tool_json_text (b, "label", r->labels.all.names[source.label]);
  tool_json_number (b, "gap", gap->gap);
  tool_json_pair (b, "ci", part->inference.intervals[k].low, part->inference.intervals[k].high);
  tool_json_number (b, "expected", part->inference.expected[k]);
  tool_json_number (b, "p", part->inference.p[k]);
  tool_json_number (b, "p_holm", part->p_holm[k]);
  tool_json_number (b, "ratio", gap->ratio);
  tool_json_count (b, "n_groups", gap->n_groups);
  add_end (b, "lowest", part, gap->lowest, gap->source);
  add_end (b, "highest", part, gap->highest, gap->source);
  if (source.good && gap->gap > 0)
    tool_json_text (b, "worst", part->partition->names[source.good > 0 ? gap->lowest : gap->highest]);
  json_builder_set_member_name (b, "over");
  json_builder_add_boolean_value (b, groups_is_over (r, part->gaps, k));
  json_builder_end_object (b);
}

static void
add_suppressed (JsonBuilder *b, const groups_result *r, const groups_part *part)
{
  const groups_partition *p = part->partition;
  json_builder_set_member_name (b, "suppressed");
  json_builder_begin_array (b);
  for (int g = 0; g < p->n_small; g++) {
    json_builder_begin_object (b);
    tool_json_text (b, "group", p->small[g]);
    tool_json_count (b, "n", p->small_sizes[g]);
    json_builder_end_object (b);
  }
  for (int g = 0; g < p->n_groups; g++)
    for (int k = 0; k < GROUPS_N_FIGURES; k++) {
      const groups_about about = groups_about_of (k);
      if (part->known[g].of[k] || !groups_is_asked (r, k))
        continue;
      json_builder_begin_object (b);
      tool_json_text (b, "group", p->names[g]);
      tool_json_text (b, "figure", about.key);
      if (about.label >= 0)
        tool_json_text (b, "label", r->labels.all.names[about.label]);
      tool_json_count (b, "n", part->figures[g][k].n);
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
add_part (JsonBuilder *b, const groups_result *r, const groups_part *part)
{
  json_builder_begin_object (b);
  tool_json_text (b, "name", part->partition->name);
  tool_json_count (b, "columns", part->partition->n_columns);
  tool_json_count (b, "undeclared", part->partition->undeclared);
  json_builder_set_member_name (b, "groups");
  json_builder_begin_array (b);
  for (int g = 0; g < part->partition->n_groups; g++)
    add_group (b, r, part, g);
  json_builder_end_array (b);
  json_builder_set_member_name (b, "gaps");
  json_builder_begin_array (b);
  for (int k = 0; k < GROUPS_N_GAPS; k++)
    if (!isnan (part->gaps[k].gap))
      add_gap (b, r, part, k);
  json_builder_end_array (b);
  add_suppressed (b, r, part);
  json_builder_end_object (b);
}

static void
add_head (JsonBuilder *b, const groups_result *r)
{
  tool_json_text (b, "command", r->order->command);
  tool_json_text (b, *r->model_digest ? "model" : "predictions", r->model);
  if (*r->model_digest)
    tool_json_text (b, "model_sha256", r->model_digest);
  tool_json_text (b, "data", r->data);
  tool_json_text (b, "data_sha256", r->data_digest);
  tool_json_count (b, "seed", (gint64) r->order->seed);
  tool_json_count (b, "resamples", r->order->resamples);
  tool_json_count (b, "tests", r->n_tests);
  tool_json_count (b, "min_group", GROUPS_MIN_GROUP);
  tool_json_count (b, "pictures", r->n);
  tool_json_count (b, "labelled", r->n_labelled);
  json_builder_set_member_name (b, "labels");
  json_builder_begin_array (b);
  for (int c = 0; c < r->labels.all.n; c++)
    json_builder_add_string_value (b, r->labels.all.names[c]);
  json_builder_end_array (b);
  tool_json_number (b, "max_gap", isinf (r->order->max_gap) ? (double) NAN : r->order->max_gap);
  tool_json_count (b, "over", r->n_over);
}

bool
groups_write_json (const groups_result *r, const char *path, nn_error *error)
{
  JsonBuilder *b = json_builder_new ();
  json_builder_begin_object (b);
  add_head (b, r);
  json_builder_set_member_name (b, "by");
  json_builder_begin_array (b);
  for (int i = 0; i < r->n_parts; i++)
    add_part (b, r, &r->parts[i]);
  json_builder_end_array (b);
  json_builder_set_member_name (b, "does_not_show");
  json_builder_begin_array (b);
  for (int i = 0; groups_does_not_show[i]; i++)
    json_builder_add_string_value (b, groups_does_not_show[i]);
  json_builder_end_array (b);
  json_builder_end_object (b);
  const bool good = tool_json_write (b, path, error);
  g_object_unref (b);
  return good;
}
