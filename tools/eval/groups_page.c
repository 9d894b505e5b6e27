/* SPDX-License-Identifier: MIT */
#include "groups_report.h"
#include "groups_tables.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const groups_does_not_show[] = {
  "Why groups differ. A gap may come from the model, from the labels, or from the pictures: light, pose, camera, and who was photographed doing "
  "what.",
  "That a model is fair. A gap that is not told from chance is not shown to be none: compare it with the gap that chance alone would make, which is "
  "large where groups are small.",
  "That the labels are right. They are other people's opinion of a face, and these may judge groups differently; a model that does as they do looks "
  "good here.",
  "What anybody felt. An expression is what a face looks like.",
  "Anything about groups that the table does not name, about people who are in none, or about other pictures, cameras and places. Nobody's group was "
  "guessed: it stands in the table as it was declared.",
  "Where nothing is labelled: errors. What is read of two groups may differ because their faces do.",
  "A verdict. That the lowest rate should be at least 0.8 of the highest is a convention about hiring, and says little where both are small.",
  "What a wrong reading does to somebody, which depends on what it is used for.",
  NULL,
};

/* ---- what is left out ---------------------------------------------------------------------------------------------------- */

static void
add_small_groups (const groups_partition *p, eval_page *page)
{
  GString *list = g_string_new (NULL);
  for (int g = 0; g < p->n_small; g++)
    g_string_append_printf (list, "%s%s (%d)", g ? ", " : "", p->small[g], p->small_sizes[g]);
  if (p->n_small)
    eval_page_item (page, "%s: groups of fewer than %d pictures: %s", p->name, GROUPS_MIN_GROUP, list->str);
  if (p->undeclared)
    eval_page_item (page, "%s: %d pictures of people of whom the table does not say it", p->name, p->undeclared);
  g_string_free (list, TRUE);
}

/* Figures of a group that is large enough, but not of that. */
static void
add_small_figures (const groups_result *r, const groups_part *part, int g, eval_page *page)
{
  GString *list = g_string_new (NULL);
  for (int k = 0; k < GROUPS_N_FIGURES; k++) {
    const groups_about about = groups_about_of (k);
    const groups_figure *f = &part->figures[g][k];
    if (part->known[g].of[k] || !groups_is_asked (r, k))
      continue;
    g_string_append_printf (list, "%s%s%s%s (%d)", list->len ? ", " : "", about.title, about.label >= 0 ? " of " : "",
                            about.label >= 0 ? r->labels.all.names[about.label] : "", f->n);
  }
  if (list->len)
    eval_page_item (page, "%s: %s: %s", part->partition->name, part->partition->names[g], list->str);
  g_string_free (list, TRUE);
}

static void
add_suppressed (const groups_result *r, eval_page *page)
{
  bool any = false;
  eval_page_heading (page, 2, "What is left out");
  for (int i = 0; i < r->n_parts; i++) {
    const groups_partition *p = r->parts[i].partition;
    any = any || p->n_small || p->undeclared;
    add_small_groups (p, page);
    for (int g = 0; g < p->n_groups; g++) {
      for (int k = 0; k < GROUPS_N_FIGURES; k++)
        any = any || (!r->parts[i].known[g].of[k] && groups_is_asked (r, k));
      add_small_figures (r, &r->parts[i], g, page);
    }
  }
  eval_page_text (page,
                  any ? "These have fewer than %d faces, whose numbers stand in brackets: no figure of theirs is given or compared."
                      : "Nothing: every group and every figure has at least %d faces.",
                  GROUPS_MIN_GROUP);
}

/* ---- the page ------------------------------------------------------------------------------------------------------------ */

static void
add_limit (const groups_result *r, eval_page *page)
{
  if (isinf (r->order->max_gap))
    return;
  eval_page_heading (page, 2, "Limit");
  eval_page_text (page, "%d of %d gaps that are to be at most %g are larger.", r->n_over, r->n_compared, r->order->max_gap);
  for (int i = 0; i < r->n_parts; i++)
    for (int k = 0; k < GROUPS_N_GAPS; k++)
      if (groups_is_over (r, r->parts[i].gaps, k))
        eval_page_item (page, "%s: %s: %.3f; by chance alone %.3f", r->parts[i].partition->name, groups_about_of (k).title, r->parts[i].gaps[k].gap,
                        r->parts[i].inference.expected[k]);
}

static void
add_provenance (const groups_result *r, eval_page *page)
{
  eval_page_heading (page, 2, "How this was made");
  eval_page_code (page, r->order->command);
  eval_page_item (page, *r->model_digest ? "model: %s, SHA-256 %s" : "predictions: %s%s", r->model, r->model_digest);
  eval_page_item (page, "data: %s, SHA-256 %s (of the table and all pictures or predictions)", r->data, r->data_digest);
  eval_page_item (page, "seed %llu, %d resamples of each kind, %d tests corrected together", (unsigned long long) r->order->seed, r->order->resamples,
                  r->n_tests);
}

/* details: what is said of each class, and the confusion matrices, too. svg: the plot, or NULL. */
static void
add_page (const groups_result *r, bool details, const char *svg, eval_page *page)
{
  char *title = g_strdup_printf ("%s on %s, by group", r->model, r->data);
  eval_page_heading (page, 1, title);
  eval_page_text (
      page,
      "%d pictures, %d with a label. Rates in percent with 95 %% intervals: Wilson's for shares, the bootstrap's for balanced accuracy, macro F1, "
      "calibration error and gaps.",
      r->n, r->n_labelled);
  eval_page_text (
      page,
      "A gap is the highest group's rate less the lowest's, in points. By chance: what it would be on average if the groups were dealt out anew%s. "
      "p: how often that is as large; Holm's correction is for all %d tests here (where all faces fared alike nothing is tested), and below %.2f a "
      "gap is told from chance. Ratio: lowest to highest, "
      "with ! below %.1f.",
      r->n_labelled ? " among faces with the same label (for what is predicted: among all)" : "", r->n_tests, GROUPS_LEVEL, GROUPS_RATIO);
  if (svg)
    eval_page_picture (page, svg, "Share of each expression in what was read, by group");
  for (int i = 0; i < r->n_parts; i++)
    groups_add_part (r, &r->parts[i], details, page);
  add_suppressed (r, page);
  add_limit (r, page);
  eval_page_heading (page, 2, "What this does not show");
  for (int i = 0; groups_does_not_show[i]; i++)
    eval_page_item (page, "%s", groups_does_not_show[i]);
  add_provenance (r, page);
  g_free (title);
}

static char *
written (const groups_result *r, eval_page_kind kind, const char *svg)
{
  eval_page *page = eval_page_new (kind);
  add_page (r, kind != EVAL_PAGE_TEXT, svg, page);
  return eval_page_finish (page);
}

void
groups_print (const groups_result *r)
{
  char *text = written (r, EVAL_PAGE_TEXT, NULL);
  fputs (text, stdout);
  g_free (text);
}

bool
groups_write_page (const groups_result *r, const char *path, nn_error *error)
{
  char *text = written (r, EVAL_PAGE_MARKDOWN, NULL);
  const bool good = nn_file_write (path, text, strlen (text), error);
  g_free (text);
  return good;
}

char *
groups_html (const groups_result *r, nn_error *error)
{
  char *svg;
  if (!groups_plot_svg (r, &svg, error))
    return NULL;
  char *section = written (r, EVAL_PAGE_HTML, svg), *whole = g_strdup_printf ("<section id=\"groups\">\n%s</section>\n", section);
  g_free (section);
  g_free (svg);
  return whole;
}

bool
groups_write_html (const groups_result *r, const char *path, nn_error *error)
{
  char *section = groups_html (r, error), *page = section ? eval_page_whole (r->data, section) : NULL;
  const bool good = page && nn_file_write (path, page, strlen (page), error);
  g_free (section);
  g_free (page);
  return good;
}
