/* SPDX-License-Identifier: MIT */
#include "groups.h"
#include "holm.h"

#include <glib.h>
#include <math.h>

bool
groups_is_asked (const groups_result *r, int figure)
{
  const groups_about about = groups_about_of (figure);
  if (about.label >= r->labels.all.n || (about.pool == GROUPS_WITHIN_LABELS && !r->n_labelled))
    return false;
  if (figure == GROUPS_NEGATIVE_ON_NEUTRAL)
    return r->labels.neutral >= 0;
  return !r->order->eyes.frame || (figure != GROUPS_DETECTION && figure != GROUPS_REFUSAL);
}

static void
measure_part (const groups_result *r, const groups_partition *partition, const groups_reading *readings, nn_workers *workers, groups_part *part)
{
  const size_t n_groups = (size_t) partition->n_groups;
  part->partition = partition;
  part->counts = g_new0 (groups_counts, n_groups);
  part->figures = g_malloc_n (n_groups, sizeof *part->figures);
  part->known = g_new (groups_known, n_groups);
  for (int i = 0; i < r->n; i++)
    if (partition->of[i] >= 0)
      groups_counts_add (&part->counts[partition->of[i]], &readings[i]);
  for (size_t g = 0; g < n_groups; g++) {
    groups_figures_of (&part->counts[g], &r->labels, part->figures[g]);
    part->known[g] = groups_known_of (part->figures[g]);
    for (int k = 0; k < GROUPS_N_FIGURES; k++)
      part->known[g].of[k] &= groups_is_asked (r, k);
  }
  groups_gaps_of ((const groups_figure (*)[GROUPS_N_FIGURES]) part->figures, part->known, partition->n_groups, r->labels.all.n, part->gaps);
  const groups_sample sample = { r->n, readings, partition->of, partition->n_groups, part->known, &r->labels };
  part->inference = groups_resample (&sample, part->gaps, r->order->resamples, r->order->seed, workers, r->order->threads);
}

/* All tests of the report are one family. */
static void
correct (groups_result *r)
{
  double *p = g_new (double, r->n_parts *GROUPS_N_GAPS), *adjusted = g_new (double, r->n_parts *GROUPS_N_GAPS);
  for (int i = 0; i < r->n_parts * GROUPS_N_GAPS; i++)
    p[i] = r->parts[i / GROUPS_N_GAPS].inference.p[i % GROUPS_N_GAPS];
  r->n_tests = eval_holm (p, r->n_parts * GROUPS_N_GAPS, adjusted);
  for (int i = 0; i < r->n_parts * GROUPS_N_GAPS; i++)
    r->parts[i / GROUPS_N_GAPS].p_holm[i % GROUPS_N_GAPS] = adjusted[i];
  g_free (p);
  g_free (adjusted);
}

bool
groups_is_over (const groups_result *r, const groups_gap *gaps, int gap)
{
  return r->limited[gap] && gaps[gap].gap > r->order->max_gap;
}

void
groups_measure (groups_result *r, const groups_partitions *partitions, const groups_reading *readings, nn_workers *workers)
{
  r->n_parts = partitions->n;
  r->parts = g_new0 (groups_part, (size_t) r->n_parts);
  r->n_over = r->n_compared = 0;
  for (int i = 0; i < r->n_parts; i++) {
    groups_part *part = &r->parts[i];
    measure_part (r, &partitions->all[i], readings, workers, part);
    for (int k = 0; k < GROUPS_N_GAPS; k++) {
      r->n_over += groups_is_over (r, part->gaps, k);
      r->n_compared += r->limited[k] && !isnan (part->gaps[k].gap);
    }
  }
  correct (r);
}

void
groups_result_clear (groups_result *r)
{
  for (int i = 0; i < r->n_parts; i++) {
    g_free (r->parts[i].counts);
    g_free (r->parts[i].figures);
    g_free (r->parts[i].known);
    g_free (r->parts[i].inference.means);
  }
  g_free (r->parts);
  g_free (r->model);
  g_free (r->data);
  *r = (groups_result) { 0 };
}
