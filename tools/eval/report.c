/* SPDX-License-Identifier: MIT */
#include "report.h"
#include "common/bars.h"
#include "seeds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void
print_share (const char *name, const eval_share *share, const char *of)
{
  if (share->n == 0)
    printf ("%-15s no faces %s\n", name, of);
  else
    printf ("%-15s %6.2f %%   95 %% interval %.2f to %.2f %%   %d of %d %s\n", name, 100 * share->value, 100 * share->low, 100 * share->high,
            share->count, share->n, of);
}

/* A figure that is no share, in points of 100, with its interval by the bootstrap. */
static void
print_measure (const char *name, double value, const eval_range *range, const char *what)
{
  if (!isnan (value))
    printf ("%-15s %6.2f     95 %% interval %.2f to %.2f     %s\n", name, 100 * value, 100 * range->low, 100 * range->high, what);
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
  const eval_metrics *m = &r->figures.all.metrics;
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
  const eval_metrics *m = &r->figures.all.metrics;
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

static void
print_left_out (const eval_result *r)
{
  if (r->n_left_out)
    printf ("%-15s %d rows without a majority among the votes for an expression\n", "left out", r->n_left_out);
  if (r->outcome.n < r->n_samples)
    printf ("%-15s %d of %d pictures: no face was found, and they count nowhere above\n", "not read", r->n_samples - r->outcome.n, r->n_samples);
  if (r->n_contempt)
    printf ("%-15s %d faces would have been read so; they are counted as the most probable of the others\n", "contempt", r->n_contempt);
}

static void
print_tempered (const eval_result *r)
{
  printf ("\n%s: temperature %.4f, fitted on %d faces of PublicTest\n", r->tempered_file, r->temperature, r->n_fitted);
  printf ("calibration error %.2f -> %.2f points, negative log-likelihood %.4f -> %.4f, accuracy %.2f -> %.2f %%\n",
          100 * r->figures.all.calibration.ece, 100 * r->tempered.all.calibration.ece, r->figures.all.calibration.nll,
          r->tempered.all.calibration.nll, 100 * r->figures.all.metrics.all.value, 100 * r->tempered.all.metrics.all.value);
}

static void
print_mcnemar (const char *name, const eval_mcnemar *m)
{
  printf ("%-15s right by the first alone %d, by the second alone %d of %d; difference %+.2f points, 95 %% interval %+.2f to %+.2f; p = %.4g (%s)\n",
          name, m->b, m->c, m->n, 100 * m->difference, 100 * m->low, 100 * m->high, m->p, m->exact ? "exact" : "chi squared");
}

static void
print_compared (const eval_result *r)
{
  printf ("\n%s beside %s\n", r->subject.model, r->other);
  print_share (r->other, &r->compared.all.metrics.all, "faces");
  print_mcnemar ("McNemar", &r->mcnemar);
  if (r->have_twins)
    print_mcnemar ("without twins", &r->mcnemar_plain);
}

static void
print_spread (const char *name, const eval_spread *s, const char *what)
{
  if (!isnan (s->mean))
    printf ("%-15s mean %.2f %%   standard deviation %.2f   95 %% interval of the mean %.2f to %.2f %%   %s\n", name, 100 * s->mean, 100 * s->sd,
            100 * s->low, 100 * s->high, what);
}

static void
print_seeds (const eval_seeds *seeds)
{
  const eval_spread all = eval_seeds_spread (seeds, EVAL_SEED_ACCURACY), plain = eval_seeds_spread (seeds, EVAL_SEED_ACCURACY_PLAIN);
  char name[16];
  snprintf (name, sizeof name, "%d seeds", seeds->n);
  print_spread (name, &all, "accuracy");
  print_spread ("", &plain, "without twins");
}

static void
print_robustness (const eval_robustness *r)
{
  printf ("\naccuracy on spoilt faces, %% (of clean ones %.1f)\n", 100 * r->clean.value);
  for (int e = 0; e < EVAL_N_EFFECTS; e++) {
    printf ("%-15s", eval_effects[e].name);
    for (int k = 0; k < EVAL_STRENGTHS; k++)
      printf ("%7g: %5.1f", eval_effects[e].strengths[k], 100 * r->effects[e][k].value);
    printf ("   %s\n", eval_effects[e].unit);
  }
}

void
eval_print (const eval_result *r)
{
  const eval_figures *f = &r->figures.all;
  const eval_subject *subject = &r->subject;
  printf ("%s on %s%s%s%s\n\n", subject->model, subject->data, subject->split ? ", " : "", subject->split ? subject->split : "",
          r->protocol ? ", by the majority of FER+'s votes" : "");
  print_share ("accuracy", &f->metrics.all, "faces");
  if (r->have_twins)
    print_share ("without twins", &f->metrics.no_twins, "that are not in Training as well, pixel for pixel");
  print_measure ("macro F1", f->metrics.macro_f1, &f->intervals.macro_f1, "mean of the classes");
  print_measure ("calibration", f->calibration.ece, &f->intervals.ece, "points of expected error");
  if (r->looks)
    print_share (r->looks == EVAL_FLIP ? "two looks" : "ten looks", &r->averaged.all.metrics.all, "averaged: not this model's figure");
  if (r->seeds)
    print_seeds (r->seeds);
  print_left_out (r);
  print_classes (r);
  print_confusion (r);
  if (*r->tempered_file)
    print_tempered (r);
  if (*r->other)
    print_compared (r);
  if (r->have_robustness)
    print_robustness (&r->robustness);
}
