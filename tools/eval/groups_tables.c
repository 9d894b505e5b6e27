/* SPDX-License-Identifier: MIT */
#include "groups_tables.h"
#include "metrics.h"

#include <glib.h>
#include <math.h>

/* ---- cells --------------------------------------------------------------------------------------------------------------- */

/* "61.2 (55.0-67.1)": percent; "-": too few faces. */
static void
add_interval (eval_page *page, double value, double low, double high)
{
  if (isnan (value))
    eval_page_cell (page, "-");
  else
    eval_page_cell (page, "%.1f (%.1f-%.1f)", 100 * value, 100 * low, 100 * high);
}

static void
add_figure (const groups_part *part, int g, int figure, eval_page *page)
{
  const groups_figure *f = &part->figures[g][figure];
  const int mean = figure - GROUPS_BALANCED;
  if (!part->known[g].of[figure]) {
    add_interval (page, (double) NAN, 0, 0);
  } else if (mean >= 0 && mean < GROUPS_N_MEANS) {
    const eval_range *interval = &part->inference.means[g][mean];
    add_interval (page, f->value, interval->low, interval->high);
  } else {
    const eval_share share = eval_share_of (f->count, f->n);
    add_interval (page, share.value, share.low, share.high);
  }
}

static void
add_p (eval_page *page, double p)
{
  if (isnan (p))
    eval_page_cell (page, "-");
  else
    eval_page_cell (page, p < 0.001 ? "%.4f" : "%.3f", p);
}

/* ---- tables of a partition ----------------------------------------------------------------------------------------------- */

static int
labelled_as (const groups_counts *counts, int n_labels, int truth)
{
  int n = 0;
  for (int c = 0; c < n_labels; c++)
    n += counts->confusion[truth][c];
  return n;
}

static void
add_names (const groups_labels *labels, eval_page *page)
{
  for (int c = 0; c < labels->all.n; c++)
    eval_page_cell (page, "%s", labels->all.names[c]);
}

/* Pictures, faces found and read, and of those read how many are labelled as each class. */
static void
add_counts (const groups_result *r, const groups_part *part, eval_page *page)
{
  static const char *const heads[] = { "group", "pictures", "found", "read", "labelled" };
  const int n_heads = r->n_labelled ? 5 : 4;
  eval_page_table (page, n_heads + (r->n_labelled ? r->labels.all.n : 0));
  for (int i = 0; i < n_heads; i++)
    eval_page_cell (page, "%s", heads[i]);
  if (r->n_labelled)
    add_names (&r->labels, page);
  for (int g = 0; g < part->partition->n_groups; g++) {
    const groups_counts *c = &part->counts[g];
    const int numbers[] = { c->pictures, c->found, c->read, part->figures[g][GROUPS_ACCURACY].n };
    eval_page_cell (page, "%s", part->partition->names[g]);
    for (int i = 0; i < n_heads - 1; i++)
      eval_page_cell (page, "%d", numbers[i]);
    for (int k = 0; r->n_labelled && k < r->labels.all.n; k++)
      eval_page_cell (page, "%d", labelled_as (c, r->labels.all.n, k));
  }
  eval_page_table_end (page);
}

/* These figures of all groups. */
static void
add_figures (const groups_part *part, const int *figures, int n, eval_page *page)
{
  eval_page_table (page, 1 + n);
  eval_page_cell (page, "group");
  for (int i = 0; i < n; i++)
    eval_page_cell (page, "%s", groups_about_of (figures[i]).title);
  for (int g = 0; g < part->partition->n_groups; g++) {
    eval_page_cell (page, "%s", part->partition->names[g]);
    for (int i = 0; i < n; i++)
      add_figure (part, g, figures[i], page);
  }
  eval_page_table_end (page);
}

/* The figure of each class that begins at first, of all groups. */
static void
add_class_figures (const groups_result *r, const groups_part *part, int first, const char *says, eval_page *page)
{
  eval_page_text (page, "%s", says);
  eval_page_table (page, 1 + r->labels.all.n);
  eval_page_cell (page, "group");
  add_names (&r->labels, page);
  for (int g = 0; g < part->partition->n_groups; g++) {
    eval_page_cell (page, "%s", part->partition->names[g]);
    for (int c = 0; c < r->labels.all.n; c++)
      add_figure (part, g, first + c, page);
  }
  eval_page_table_end (page);
}

/* The group at one end of a gap; "-" where all are the same. */
static void
add_end (const groups_part *part, const groups_gap *gap, int g, eval_page *page)
{
  if (gap->gap > 0)
    eval_page_cell (page, "%s %.1f", part->partition->names[g], 100 * part->figures[g][gap->source].value);
  else
    eval_page_cell (page, "-");
}

static void
add_gap (const groups_result *r, const groups_part *part, int k, eval_page *page)
{
  const groups_gap *gap = &part->gaps[k];
  const groups_about about = groups_about_of (k), source = groups_about_of (gap->source);
  const groups_inference *found = &part->inference;
  const double p = part->p_holm[k];
  if (about.label >= 0)
    eval_page_cell (page, "%s, %s", about.title, r->labels.all.names[about.label]);
  else if (source.label >= 0)
    eval_page_cell (page, "%s (%s, %s)", about.title, source.title, r->labels.all.names[source.label]);
  else
    eval_page_cell (page, "%s", about.title);
  add_interval (page, gap->gap, found->intervals[k].low, found->intervals[k].high);
  eval_page_cell (page, "%.1f", 100 * found->expected[k]);
  add_p (page, found->p[k]);
  add_p (page, p);
  eval_page_cell (page, "%s", isnan (p) ? "-" : p < GROUPS_LEVEL ? "yes" : "no");
  if (isnan (gap->ratio))
    eval_page_cell (page, "-");
  else
    eval_page_cell (page, "%.2f%s", gap->ratio, gap->ratio < GROUPS_RATIO ? " !" : "");
  add_end (part, gap, gap->lowest, page);
  add_end (part, gap, gap->highest, page);
}

/* Who comes off worst, in what is good or bad to have more of. */
static void
add_worst (const groups_part *part, eval_page *page)
{
  GString *list = g_string_new (NULL);
  for (int k = 0; k < GROUPS_TPR; k++) {
    const groups_gap *gap = &part->gaps[k];
    const groups_about about = groups_about_of (k);
    if (isnan (gap->gap) || gap->gap == 0 || !about.good)
      continue;
    const int worst = about.good > 0 ? gap->lowest : gap->highest;
    g_string_append_printf (list, "%s%s: %s (%.1f)", list->len ? "; " : "", about.title, part->partition->names[worst],
                            100 * part->figures[worst][k].value);
  }
  if (list->len)
    eval_page_text (page, "Worst group by %s.", list->str);
  g_string_free (list, TRUE);
}

static void
add_gaps (const groups_result *r, const groups_part *part, bool details, eval_page *page)
{
  static const char *const heads[] = {
    "gap between groups", "points", "by chance", "p", "p, Holm", "told from chance", "ratio", "lowest", "highest"
  };
  int n = 0;
  for (int k = 0; k < GROUPS_N_GAPS; k++)
    n += !isnan (part->gaps[k].gap);
  if (!n) {
    eval_page_text (page, "There are no two groups to compare.");
    return;
  }
  eval_page_table (page, G_N_ELEMENTS (heads));
  for (size_t i = 0; i < G_N_ELEMENTS (heads); i++)
    eval_page_cell (page, "%s", heads[i]);
  for (int k = 0; k < GROUPS_N_GAPS; k++)
    if (!isnan (part->gaps[k].gap) && (details || groups_about_of (k).label < 0))
      add_gap (r, part, k, page);
  eval_page_table_end (page);
  add_worst (part, page);
}

static void
add_confusion (const groups_result *r, const groups_part *part, int g, eval_page *page)
{
  if (!part->known[g].of[GROUPS_ACCURACY])
    return;
  eval_page_text (page, "%s: faces of each label (rows) by what was read (columns)", part->partition->names[g]);
  eval_page_table (page, 1 + r->labels.all.n);
  eval_page_cell (page, "label");
  add_names (&r->labels, page);
  for (int truth = 0; truth < r->labels.all.n; truth++) {
    eval_page_cell (page, "%s", r->labels.all.names[truth]);
    for (int c = 0; c < r->labels.all.n; c++)
      eval_page_cell (page, "%d", part->counts[g].confusion[truth][c]);
  }
  eval_page_table_end (page);
}

void
groups_add_part (const groups_result *r, const groups_part *part, bool details, eval_page *page)
{
  static const int with_labels[] = { GROUPS_DETECTION, GROUPS_REFUSAL,     GROUPS_ACCURACY,           GROUPS_BALANCED,
                                     GROUPS_MACRO_F1,  GROUPS_CALIBRATION, GROUPS_NEGATIVE_ON_NEUTRAL };
  static const int without[] = { GROUPS_DETECTION, GROUPS_REFUSAL, GROUPS_NEGATIVE };
  eval_page_heading (page, 2, part->partition->name);
  if (!part->partition->n_groups) {
    eval_page_text (page, "There is no group of at least %d pictures.", GROUPS_MIN_GROUP);
    return;
  }
  add_counts (r, part, page);
  if (r->n_labelled)
    add_figures (part, with_labels, G_N_ELEMENTS (with_labels), page);
  else
    add_figures (part, without, G_N_ELEMENTS (without), page);
  if (details || !r->n_labelled)
    add_class_figures (r, part, GROUPS_PREDICTED, "Predicted: of all faces that were read, those read as each expression, %.", page);
  if (details && r->n_labelled) {
    add_class_figures (r, part, GROUPS_TPR, "True positives: of the faces labelled as an expression, those read as it, %.", page);
    add_class_figures (r, part, GROUPS_FPR, "False positives: of the faces labelled otherwise, those read as an expression, %.", page);
  }
  if (part->partition->n_columns)
    add_gaps (r, part, details, page);
  for (int g = 0; details && r->n_labelled && g < part->partition->n_groups; g++)
    add_confusion (r, part, g, page);
}
