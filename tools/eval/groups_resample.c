/* SPDX-License-Identifier: MIT */
#include "groups_resample.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-12 /* sums in another order */

enum { BOOTSTRAP, PERMUTATION, N_KINDS };

/* A face of the pool; faces of the same stratum are alike but for their group. */
typedef struct member {
  int stratum, group, index;
  groups_reading reading;
} member;

typedef struct job {
  const groups_sample *sample;
  groups_pool pool;
  uint64_t seed;
  int n_members, *dealt;                      /* dealt: (worker, member) groups */
  member *members;                            /* by stratum, then by group */
  groups_counts *counts;                      /* (worker, group) */
  groups_figure (*figures)[GROUPS_N_FIGURES]; /* likewise */
  double (*gaps[N_KINDS])[GROUPS_N_GAPS];     /* (resample) */
  double (*means)[GROUPS_N_MEANS];            /* (resample, group) */
} job;

/* -1: not in the pool. */
static int
stratum_of (groups_pool pool, const groups_reading *r)
{
  switch (pool) {
  case GROUPS_WITHIN_LABELS: return r->read ? r->truth : -1;
  case GROUPS_AMONG_READ: return r->read - 1;
  case GROUPS_AMONG_FOUND: return r->found - 1;
  default: return 0;
  }
}

static int
by_stratum (const void *a, const void *b)
{
  const member *x = a, *y = b;
  if (x->stratum != y->stratum)
    return x->stratum - y->stratum;
  return x->group != y->group ? x->group - y->group : x->index - y->index;
}

static void
find_members (job *j)
{
  const groups_sample *s = j->sample;
  j->members = g_new (member, s->n);
  j->n_members = 0;
  for (int i = 0; i < s->n; i++) {
    const member m = { stratum_of (j->pool, &s->readings[i]), s->groups[i], i, s->readings[i] };
    if (m.stratum >= 0 && m.group >= 0)
      j->members[j->n_members++] = m;
  }
  qsort (j->members, (size_t) j->n_members, sizeof *j->members, by_stratum);
}

/* Whether all members fared alike in what their pool is about: whoever is drawn or dealt where, nothing changes. */
static bool
is_settled (const job *j)
{
  for (int i = 1; i < j->n_members; i++) {
    const groups_reading *a = &j->members[0].reading, *b = &j->members[i].reading;
    if (j->pool == GROUPS_WITHIN_LABELS || (j->pool == GROUPS_AMONG_READ && a->predicted != b->predicted) || a->read != b->read
        || a->found != b->found)
      return false;
  }
  return true;
}

static bool
has_gaps (const job *j, const groups_gap *gaps)
{
  for (int k = 0; k < GROUPS_N_GAPS; k++)
    if (!isnan (gaps[k].gap) && groups_about_of (k).pool == j->pool)
      return true;
  return false;
}

/* The last of those that are alike from first on, and one more. */
static int
end_of (const job *j, int first, bool same_group)
{
  const member *m = j->members;
  int end = first + 1;
  while (end < j->n_members && m[end].stratum == m[first].stratum && (!same_group || m[end].group == m[first].group))
    end++;
  return end;
}

static int
below (nn_random *random, int n)
{
  return (int) ((uint64_t) nn_random_u32 (random) * (uint64_t) n >> 32);
}

static void
draw (const job *j, nn_random *random, groups_counts *counts)
{
  for (int first = 0, end; first < j->n_members; first = end) {
    end = end_of (j, first, true);
    for (int i = first; i < end; i++)
      groups_counts_add (&counts[j->members[i].group], &j->members[first + below (random, end - first)].reading);
  }
}

/* Fisher and Yates. */
static void
deal (const job *j, nn_random *random, int *dealt, groups_counts *counts)
{
  for (int i = 0; i < j->n_members; i++)
    dealt[i] = j->members[i].group;
  for (int first = 0, end; first < j->n_members; first = end) {
    end = end_of (j, first, false);
    for (int i = end - 1; i > first; i--) {
      const int other = first + below (random, i - first + 1), group = dealt[i];
      dealt[i] = dealt[other];
      dealt[other] = group;
    }
  }
  for (int i = 0; i < j->n_members; i++)
    groups_counts_add (&counts[dealt[i]], &j->members[i].reading);
}

static void
resample (void *data, int worker, int index)
{
  const job *j = data;
  const groups_sample *s = j->sample;
  const int kind = index % N_KINDS, i = index / N_KINDS;
  const size_t n_groups = (size_t) s->n_groups, first = (size_t) worker * n_groups;
  groups_counts *counts = j->counts + first;
  groups_figure (*figures)[GROUPS_N_FIGURES] = j->figures + first;
  groups_gap gaps[GROUPS_N_GAPS];
  nn_random random = nn_random_new (j->seed, (uint64_t) index, (uint64_t) j->pool, NN_FOR_ORDER);
  memset (counts, 0, n_groups * sizeof *counts);
  if (kind == BOOTSTRAP)
    draw (j, &random, counts);
  else
    deal (j, &random, j->dealt + (size_t) worker * (size_t) j->n_members, counts);
  for (size_t g = 0; g < n_groups; g++) {
    groups_figures_of (&counts[g], s->labels, figures[g]);
    for (int k = 0; kind == BOOTSTRAP && k < GROUPS_N_MEANS; k++)
      j->means[(size_t) i * n_groups + g][k] = figures[g][GROUPS_BALANCED + k].value;
  }
  groups_gaps_of ((const groups_figure (*)[GROUPS_N_FIGURES]) figures, s->known, s->n_groups, s->labels->all.n, gaps);
  for (int k = 0; k < GROUPS_N_GAPS; k++)
    j->gaps[kind][i][k] = gaps[k].gap;
}

static int
compare (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* Of n values that are stride apart. */
static eval_range
interval_of (const double *values, int n, size_t stride, double *scratch)
{
  int count = 0;
  for (int i = 0; i < n; i++)
    if (!isnan (values[(size_t) i * stride]))
      scratch[count++] = values[(size_t) i * stride];
  if (!count)
    return (eval_range) { (double) NAN, (double) NAN };
  qsort (scratch, (size_t) count, sizeof *scratch, compare);
  return (eval_range) { eval_quantile (scratch, count, 0.025), eval_quantile (scratch, count, 0.975) };
}

static void
settle (const job *j, const groups_gap *gaps, groups_inference *result)
{
  for (int k = 0; k < GROUPS_N_GAPS; k++) {
    if (groups_about_of (k).pool != j->pool)
      continue;
    result->expected[k] = gaps[k].gap;
    result->intervals[k] = (eval_range) { gaps[k].gap, gaps[k].gap };
  }
}

static void
conclude (const job *j, const groups_gap *gaps, int n, double *scratch, groups_inference *result)
{
  for (int k = 0; k < GROUPS_N_GAPS; k++) {
    if (isnan (gaps[k].gap) || groups_about_of (k).pool != j->pool)
      continue;
    double sum = 0, least = HUGE_VAL, most = 0;
    int as_large = 0;
    for (int i = 0; i < n; i++) {
      const double gap = j->gaps[PERMUTATION][i][k];
      sum += gap;
      least = fmin (least, gap);
      most = fmax (most, gap);
      as_large += gap >= gaps[k].gap - ROUNDING;
    }
    result->expected[k] = sum / n;
    if (most - least > ROUNDING)
      result->p[k] = (1.0 + as_large) / (1.0 + n);
    result->intervals[k] = interval_of (&j->gaps[BOOTSTRAP][0][k], n, GROUPS_N_GAPS, scratch);
  }
  if (j->pool != GROUPS_WITHIN_LABELS)
    return;
  const size_t n_groups = (size_t) j->sample->n_groups;
  for (size_t g = 0; g < n_groups; g++)
    for (int k = 0; k < GROUPS_N_MEANS; k++)
      result->means[g][k] = interval_of (&j->means[g][k], n, n_groups * GROUPS_N_MEANS, scratch);
}

double
groups_resample_size (int n_groups, int n)
{
  return (double) n * sizeof (double) * (N_KINDS * GROUPS_N_GAPS + (double) n_groups * GROUPS_N_MEANS);
}

groups_inference
groups_resample (const groups_sample *sample, const groups_gap gaps[GROUPS_N_GAPS], int n, uint64_t seed, nn_workers *workers, int threads)
{
  const size_t n_workers = (size_t) threads, n_groups = (size_t) sample->n_groups, count = (size_t) n;
  job j = { .sample = sample, .seed = seed };
  groups_inference result = { .means = g_malloc_n (n_groups, sizeof *result.means) };
  double *scratch = g_new (double, count);
  for (int k = 0; k < GROUPS_N_GAPS; k++) {
    result.intervals[k] = (eval_range) { (double) NAN, (double) NAN };
    result.expected[k] = result.p[k] = (double) NAN;
  }
  for (size_t i = 0; i < n_groups * GROUPS_N_MEANS; i++)
    result.means[i / GROUPS_N_MEANS][i % GROUPS_N_MEANS] = (eval_range) { (double) NAN, (double) NAN };
  j.dealt = g_new (int, n_workers *(size_t) sample->n);
  j.counts = g_new (groups_counts, n_workers * n_groups);
  j.figures = g_malloc_n (n_workers * n_groups, sizeof *j.figures);
  j.means = g_malloc_n (count * n_groups, sizeof *j.means);
  for (int kind = 0; kind < N_KINDS; kind++)
    j.gaps[kind] = g_malloc_n (count, sizeof *j.gaps[kind]);
  for (j.pool = 0; j.pool < GROUPS_N_POOLS; j.pool++) {
    find_members (&j);
    if (is_settled (&j)) {
      settle (&j, gaps, &result);
    } else if (j.pool == GROUPS_WITHIN_LABELS || has_gaps (&j, gaps)) {
      nn_workers_run (workers, resample, &j, N_KINDS * n);
      conclude (&j, gaps, n, scratch, &result);
    }
    g_free (j.members);
  }
  for (int kind = 0; kind < N_KINDS; kind++)
    g_free (j.gaps[kind]);
  g_free (j.means);
  g_free (j.figures);
  g_free (j.counts);
  g_free (j.dealt);
  g_free (scratch);
  return result;
}
