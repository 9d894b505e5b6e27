/* SPDX-License-Identifier: MIT
 * What a network is trained for: where its pictures come from, what its outputs should say, and how well they do. The trainer knows no more. */
#ifndef NN_TASK_H
#define NN_TASK_H

#include "../nn_train.h"
#include "../workers.h"

typedef struct nn_task nn_task;

/* A batch on its way through the network. */
typedef struct nn_task_batch {
  int n;
  const void *targets;        /* [n], target_size bytes each */
  const uint32_t *samples;    /* [n] */
  int n_outputs;
  nn_shape shapes[NN_MAX_OUTPUTS];
  const nn_real *outputs[NN_MAX_OUTPUTS]; /* (n, h, w, c) each: logits */
  nn_real *doutputs[NN_MAX_OUTPUTS];      /* the same: to be overwritten */
  nn_workers *workers;
} nn_task_batch;

typedef struct nn_task_ops {
  int validated;      /* every so many epochs, and the last one; 0: each */
  bool averaged_only; /* validation takes long: where there is an average of the weights, only that is validated */
  bool chooses_last;  /* the last epoch is the best one: what is not trained on chooses nothing, and stays good for measuring */
  /* Whether the network fits, for pictures of the size that training sees; takes from it what the task needs, its target_size for one. */
  bool (*fit) (nn_task *task, const nn_graph *graph, const nn_shape *shapes, nn_error *error);
  /* First weights, where He's are not good ones; NULL: none. */
  void (*init) (const nn_task *task, const nn_graph *graph, nn_real *weights);
  /* Before the first batch of an epoch, counted from 0, and when a training goes on within one. NULL: nothing. */
  bool (*begin_epoch) (nn_task *task, int64_t epoch, nn_workers *workers, nn_error *error);
  /* The picture (h, w) and the target of a sample in an epoch, a function of these numbers and the recipe alone. By any thread; worker says which. */
  void (*make) (const nn_task *task, int worker, int64_t epoch, uint32_t sample, nn_real *image, void *target);
  /* Sum of the loss over the batch's images, and the derivatives of its mean; adds to *score for each image what it is worth, 0-1. */
  double (*loss) (nn_task *task, nn_task_batch *batch, double *score);
  /* Loss and score of weights on what is not trained on. */
  bool (*validate) (nn_task *task, const nn_graph *graph, const nn_real *weights, int threads, double *loss, double *score, nn_error *error);
  /* After an epoch, counted from 1, with the weights that count: what the next one draws. NULL: nothing. */
  bool (*end_epoch) (nn_task *task, int epoch, const nn_graph *graph, const nn_real *weights, int threads, nn_error *error);
  void (*free) (nn_task *task);
} nn_task_ops;

/* The beginning of every task. */
struct nn_task {
  const nn_task_ops *ops;
  const nn_recipe *recipe; /* the trainer's */
  int n_samples;           /* of an epoch */
  const uint32_t *samples; /* [n_samples] their names: which random numbers are theirs */
  uint64_t hash;           /* of the data */
  size_t target_size;      /* bytes */
  void *state;             /* what end_epoch changes; a checkpoint holds it */
  size_t state_size;       /* in bytes: floats, all finite */
};

/* Tasks borrow their data and the recipe. threads: that may call make. */
nn_task *nn_expression_task_new (const nn_recipe *recipe, const nn_dataset *data, int threads, nn_error *error);
bool nn_expression_task_learn_from (nn_task *task, const nn_model *const *models, int n, nn_error *error);
nn_task *nn_faces_task_new (const nn_recipe *recipe, const nn_scenes *scenes, const nn_dataset *cutouts, int threads, nn_error *error);
void nn_task_free (nn_task *task);

#endif
