/* SPDX-License-Identifier: MIT
 * What trainer.c and resume.c share. */
#ifndef NN_TRAINER_H
#define NN_TRAINER_H

#include "task.h"

/* Sums over the epoch so far. */
typedef struct nn_epoch_sums {
  int64_t images;
  double score, loss, seconds;
} nn_epoch_sums;

struct nn_trainer {
  nn_recipe recipe;
  char *architecture, *text; /* the recipe's own copy, and the whole recipe as text */
  nn_task *task;
  int threads;
  nn_workers *workers;     /* make batches, update weights */

  nn_graph *graph;
  nn_tape *tape;
  size_t n_weights, n_moments;
  uint8_t *kinds;                                      /* [n_weights] nn_weight_kind */
  nn_real *weights, *gradient, *moments, *ema, *best;  /* ema NULL: off */
  double *squares;                                     /* of the gradient, chunk by chunk */

  int h, w;                /* of a training picture */
  int steps;               /* of an epoch */
  uint32_t *order;         /* the task's samples in this epoch's order */
  int64_t order_epoch;     /* that order belongs to; -1: none yet */
  nn_real *images;         /* (batch, h, w) */
  char *targets;           /* [batch], the task's */
  nn_real *doutputs[NN_MAX_OUTPUTS]; /* (batch, ...) */

  int64_t step;            /* steps done, over all epochs */
  nn_epoch_sums sums;
  nn_epoch_row row, best_row; /* epoch 0: none yet */
  int64_t begun_step;      /* since when this process counts time */
  double begun_time;
  double seconds;          /* in all steps */
};

/* Updates weights and their average from the gradient; counts the step. */
void nn_trainer_update (nn_trainer *t);
int nn_trainer_chunks (const nn_trainer *t); /* of weights, each updated as one task */

#endif
