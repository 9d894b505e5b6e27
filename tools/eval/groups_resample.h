/* SPDX-License-Identifier: MIT
 * What chance does to gaps. By the bootstrap: how much a gap would vary with other faces of the same groups. By permutation: how large it would be if
 * the groups were dealt out anew among faces that are alike (groups_pool), which is what a model that does not tell groups apart would show. */
#ifndef EVAL_GROUPS_RESAMPLE_H
#define EVAL_GROUPS_RESAMPLE_H

#include "bootstrap.h"
#include "groups_gaps.h"
#include "workers.h"

typedef struct groups_sample {
  int n;
  const groups_reading *readings;
  const int *groups; /* of each reading; -1: of none that is compared */
  int n_groups;
  const groups_known *known;
  const groups_labels *labels;
} groups_sample;

#define GROUPS_N_MEANS 3 /* figures that are no share, from GROUPS_BALANCED on */

/* Bytes that n resamples of each kind take, whose figures are kept until the last. */
double groups_resample_size (int n_groups, int n);

/* NAN where there is no gap; p also where no other gap can come about, because all faces fared alike: nothing is tested there. */
typedef struct groups_inference {
  eval_range intervals[GROUPS_N_GAPS];
  double expected[GROUPS_N_GAPS], p[GROUPS_N_GAPS]; /* the mean permuted gap; (1 + those at least as large) / (1 + n) */
  eval_range (*means)[GROUPS_N_MEANS];         /* of each group, the caller's to g_free */
} groups_inference;

/* Bootstrap: faces are drawn with replacement from those of the same group and, for what compares with labels, of the same label. n resamples of each
 * kind, every one a function of seed and its number: the result does not depend on threads, which workers has so many of. */
groups_inference groups_resample (const groups_sample *sample, const groups_gap gaps[GROUPS_N_GAPS], int n, uint64_t seed, nn_workers *workers,
                                  int threads);

#endif
