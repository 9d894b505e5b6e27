/* SPDX-License-Identifier: MIT */
#include "report_page.h"
#include "seeds.h"

#include <math.h>

static void
add_percent (eval_page *page, double value)
{
  if (isnan (value))
    eval_page_cell (page, "-");
  else
    eval_page_cell (page, "%.2f", 100 * value);
}

static void
add_interval (eval_page *page, double low, double high)
{
  if (isnan (low))
    eval_page_cell (page, "-");
  else
    eval_page_cell (page, "%.2f to %.2f", 100 * low, 100 * high);
}

static void
add_header (eval_page *page, int n, const char *const *names)
{
  eval_page_table (page, n);
  for (int i = 0; i < n; i++)
    eval_page_cell (page, "%s", names[i]);
}

/* ---- seeds ---------------------------------------------------------------------------------------------------------------- */

static void
add_seeds_header (eval_page *page, const eval_seeds *seeds)
{
  static const char *const rest[] = { "mean", "standard deviation", "95 % of the mean, Student" };
  eval_page_table (page, 1 + seeds->n + 3);
  eval_page_cell (page, "%%");
  for (int i = 0; i < seeds->n; i++)
    eval_page_cell (page, "%s", seeds->names[i]);
  for (int i = 0; i < 3; i++)
    eval_page_cell (page, "%s", rest[i]);
}

static void
add_seeds_row (eval_page *page, const eval_seeds *seeds, int figure, const char *name, const char *what)
{
  const eval_spread spread = eval_seeds_spread (seeds, figure);
  eval_page_cell (page, "%s%s", name, what);
  for (int i = 0; i < seeds->n; i++)
    add_percent (page, seeds->values[figure][i]);
  add_percent (page, spread.mean);
  add_percent (page, spread.sd);
  add_interval (page, spread.low, spread.high);
}

void
eval_page_seeds (eval_page *page, const eval_result *r)
{
  static const char *const names[EVAL_SEED_F1] = { "accuracy",          "accuracy without twins",         "macro F1", "macro F1 without twins",
                                                   "calibration error", "calibration error without twins" };
  if (!r->seeds)
    return;
  add_seeds_header (page, r->seeds);
  for (int i = 0; i < EVAL_SEED_F1; i++)
    if (r->have_twins || (i != EVAL_SEED_ACCURACY_PLAIN && i != EVAL_SEED_MACRO_F1_PLAIN && i != EVAL_SEED_ECE_PLAIN))
      add_seeds_row (page, r->seeds, i, names[i], "");
  for (int c = 0; c < r->classes.n; c++)
    add_seeds_row (page, r->seeds, EVAL_SEED_F1 + c, r->classes.names[c], ", F1");
  eval_page_table_end (page);
}

/* ---- accuracy ------------------------------------------------------------------------------------------------------------ */

static void
add_share_row (eval_page *page, const char *name, const eval_share *share, const eval_range *bootstrap)
{
  eval_page_cell (page, "%s", name);
  eval_page_cell (page, "%d", share->n);
  add_percent (page, share->value);
  add_interval (page, share->low, share->high);
  add_interval (page, bootstrap->low, bootstrap->high);
}

static void
add_measure_row (eval_page *page, const char *name, int n, double value, const eval_range *bootstrap)
{
  eval_page_cell (page, "%s", name);
  eval_page_cell (page, "%d", n);
  add_percent (page, value);
  eval_page_cell (page, "-");
  add_interval (page, bootstrap->low, bootstrap->high);
}

void
eval_page_accuracy (eval_page *page, const eval_result *r)
{
  static const char *const header[] = { "%", "faces", "value", "95 %, Wilson", "95 %, bootstrap" };
  const eval_range none = { (double) NAN, (double) NAN };
  const eval_figures *all = &r->figures.all, *plain = &r->figures.plain;
  const int n = all->metrics.all.n, n_plain = plain->metrics.all.n;
  add_header (page, 5, header);
  add_share_row (page, "accuracy", &all->metrics.all, &all->intervals.accuracy);
  if (r->have_twins)
    add_share_row (page, "accuracy without twins", &plain->metrics.all, &plain->intervals.accuracy);
  if (r->protocol) {
    const eval_share six = eval_six_classes (&r->outcome);
    add_share_row (page, "accuracy without fear and contempt, as FER+'s code counts", &six, &none);
  }
  add_measure_row (page, "macro F1", n, all->metrics.macro_f1, &all->intervals.macro_f1);
  if (r->have_twins)
    add_measure_row (page, "macro F1 without twins", n_plain, plain->metrics.macro_f1, &plain->intervals.macro_f1);
  add_measure_row (page, "calibration error", n, all->calibration.ece, &all->intervals.ece);
  if (r->have_twins)
    add_measure_row (page, "calibration error without twins", n_plain, plain->calibration.ece, &plain->intervals.ece);
  if (r->looks)
    add_share_row (page, r->looks == EVAL_FLIP ? "beside: mean of two looks" : "beside: mean of ten looks", &r->averaged.all.metrics.all,
                   &r->averaged.all.intervals.accuracy);
  eval_page_table_end (page);
  if (r->n_left_out)
    eval_page_text (page, "%d rows without a majority among the votes for an expression are left out.", r->n_left_out);
  if (r->outcome.n < r->n_samples)
    eval_page_text (page, "In %d of %d pictures no face was found; they count nowhere.", r->n_samples - r->outcome.n, r->n_samples);
  if (r->n_contempt)
    eval_page_text (page,
                    "%d faces would have been read as contempt, which the data do not know; they are counted as the most probable of the others.",
                    r->n_contempt);
}

/* ---- classes ------------------------------------------------------------------------------------------------------------- */

void
eval_page_classes (eval_page *page, const eval_result *r)
{
  static const char *const header[] = { "%", "faces", "precision", "recall", "recall: 95 %, Wilson", "recall: 95 %, bootstrap", "F1" };
  const eval_figures *f = &r->figures.all;
  add_header (page, 7, header);
  for (int c = 0; c < r->classes.n; c++) {
    const eval_class *class = &f->metrics.classes[c];
    const eval_share recall = eval_share_of (class->hits, class->n);
    eval_page_cell (page, "%s", r->classes.names[c]);
    eval_page_cell (page, "%d", class->n);
    add_percent (page, class->precision);
    add_percent (page, class->recall);
    add_interval (page, recall.low, recall.high);
    add_interval (page, f->intervals.recall[c].low, f->intervals.recall[c].high);
    add_percent (page, class->f1);
  }
  eval_page_table_end (page);
}

void
eval_page_confusion (eval_page *page, const eval_result *r)
{
  eval_page_table (page, r->classes.n + 1);
  eval_page_cell (page, "labelled / read as");
  for (int c = 0; c < r->classes.n; c++)
    eval_page_cell (page, "%s", r->classes.names[c]);
  for (int truth = 0; truth < r->classes.n; truth++) {
    eval_page_cell (page, "%s", r->classes.names[truth]);
    for (int c = 0; c < r->classes.n; c++)
      eval_page_cell (page, "%d", r->figures.all.metrics.confusion[truth][c]);
  }
  eval_page_table_end (page);
}

/* ---- calibration --------------------------------------------------------------------------------------------------------- */

void
eval_page_calibration (eval_page *page, const eval_result *r)
{
  static const char *const header[] = { "probability of the reading, %", "faces", "mean probability", "read right" };
  const eval_calibration *c = &r->figures.all.calibration;
  eval_page_text (page, "Expected calibration error %.2f points in %d bins, negative log-likelihood %.4f.", 100 * c->ece, EVAL_BINS, c->nll);
  if (*r->tempered_file)
    eval_page_text (page, "Calibrated as %s: temperature %.4f, fitted on %d faces of PublicTest; error %.2f points, negative log-likelihood %.4f.",
                    r->tempered_file, r->temperature, r->n_fitted, 100 * r->tempered.all.calibration.ece, r->tempered.all.calibration.nll);
  add_header (page, 4, header);
  for (int i = 0; i < EVAL_BINS; i++) {
    const eval_bin *bin = &c->bins[i];
    if (bin->n == 0)
      continue;
    eval_page_cell (page, "over %.1f to %.1f", 100.0 * i / EVAL_BINS, 100.0 * (i + 1) / EVAL_BINS);
    eval_page_cell (page, "%d", bin->n);
    add_percent (page, bin->confidence / bin->n);
    add_percent (page, (double) bin->hits / bin->n);
  }
  eval_page_table_end (page);
}

/* ---- beside another model ------------------------------------------------------------------------------------------------ */

static void
add_mcnemar_row (eval_page *page, const char *name, const eval_mcnemar *m)
{
  eval_page_cell (page, "%s", name);
  eval_page_cell (page, "%d", m->n);
  eval_page_cell (page, "%d", m->b);
  eval_page_cell (page, "%d", m->c);
  eval_page_cell (page, "%+.2f", 100 * m->difference);
  eval_page_cell (page, "%+.2f to %+.2f", 100 * m->low, 100 * m->high);
  eval_page_cell (page, "%.3g (%s)", m->p, m->exact ? "exact" : "chi squared");
}

void
eval_page_compared (eval_page *page, const eval_result *r)
{
  static const char *const header[] = { "", "faces", "right by this alone", "right by the other alone", "difference, points", "95 %", "McNemar's p" };
  if (!*r->other)
    return;
  eval_page_text (page, "%s reads %.2f %% right, %s %.2f %%.", r->subject.model, 100 * r->figures.all.metrics.all.value, r->other,
                  100 * r->compared.all.metrics.all.value);
  add_header (page, 7, header);
  add_mcnemar_row (page, "all faces", &r->mcnemar);
  if (r->have_twins)
    add_mcnemar_row (page, "without twins", &r->mcnemar_plain);
  eval_page_table_end (page);
}

/* ---- spoilt faces -------------------------------------------------------------------------------------------------------- */

void
eval_page_robustness (eval_page *page, const eval_result *r)
{
  if (!r->have_robustness)
    return;
  eval_page_text (page, "Share read right, %%, of faces that are spoilt by so much; of clean ones %.1f.", 100 * r->robustness.clean.value);
  eval_page_table (page, EVAL_STRENGTHS + 1);
  eval_page_cell (page, "spoilt by");
  for (int k = 0; k < EVAL_STRENGTHS; k++)
    eval_page_cell (page, "strength %d", k + 1);
  for (int e = 0; e < EVAL_N_EFFECTS; e++) {
    eval_page_cell (page, "%s, %s", eval_effects[e].name, eval_effects[e].unit);
    for (int k = 0; k < EVAL_STRENGTHS; k++)
      eval_page_cell (page, "%g: %.1f", eval_effects[e].strengths[k], 100 * r->robustness.effects[e][k].value);
  }
  eval_page_table_end (page);
}
