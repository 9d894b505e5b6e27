/* SPDX-License-Identifier: MIT */
#include "result.h"

#include <glib.h>
#include <string.h>

static eval_outcome
outcome_new (int most, int n_classes)
{
  const size_t n = (size_t) most;
  return (eval_outcome) { .n_classes = n_classes,
                          .truth = g_new (uint8_t, n),
                          .predicted = g_new (uint8_t, n),
                          .twins = g_new (bool, n),
                          .p = g_new (float, n *(size_t) n_classes),
                          .sample = g_new (int, n) };
}

static void
outcome_add (eval_outcome *o, int sample, int truth, int predicted, bool twin, const float *p)
{
  o->truth[o->n] = (uint8_t) truth;
  o->predicted[o->n] = (uint8_t) predicted;
  o->twins[o->n] = twin;
  o->sample[o->n] = sample;
  memcpy (o->p + (size_t) o->n++ * (size_t) o->n_classes, p, (size_t) o->n_classes * sizeof *p);
}

eval_outcome
eval_outcome_of (const eval_samples *s, const eval_readings *r)
{
  eval_outcome o = outcome_new (s->n, r->n_classes);
  for (int i = 0; i < s->n; i++)
    if (r->found[i])
      outcome_add (&o, i, s->truth[i], r->predicted[i], s->twins && s->twins[i], r->p + (size_t) i * (size_t) r->n_classes);
  return o;
}

eval_outcome
eval_outcome_without_twins (const eval_outcome *all)
{
  eval_outcome o = outcome_new (all->n, all->n_classes);
  for (int i = 0; i < all->n; i++)
    if (!all->twins[i])
      outcome_add (&o, all->sample[i], all->truth[i], all->predicted[i], false, all->p + (size_t) i * (size_t) all->n_classes);
  return o;
}

void
eval_outcome_clear (eval_outcome *o)
{
  g_free (o->truth);
  g_free (o->predicted);
  g_free (o->twins);
  g_free (o->p);
  g_free (o->sample);
  *o = (eval_outcome) { 0 };
}

static void
measure (const eval_outcome *o, uint64_t seed, eval_figures *f)
{
  eval_measure (o->n, o->n_classes, o->truth, o->predicted, o->twins, &f->metrics);
  eval_calibration_of (o->n, o->n_classes, o->truth, o->p, &f->calibration);
  eval_intervals_of (o->n, o->n_classes, o->truth, o->predicted, o->p, seed, &f->intervals);
}

void
eval_measure_outcome (const eval_outcome *outcome, uint64_t seed, eval_two_figures *figures)
{
  eval_outcome plain = eval_outcome_without_twins (outcome);
  measure (outcome, seed, &figures->all);
  if (plain.n < outcome->n)
    measure (&plain, seed, &figures->plain);
  else
    figures->plain = figures->all;
  eval_outcome_clear (&plain);
}

eval_share
eval_six_classes (const eval_outcome *o)
{
  const int fear = eval_expression_of ("fear");
  int n = 0, hits = 0;
  for (int i = 0; i < o->n; i++) {
    if (o->truth[i] == fear || o->truth[i] == EVAL_CONTEMPT)
      continue;
    n++;
    hits += o->truth[i] == o->predicted[i];
  }
  return eval_share_of (hits, n);
}
