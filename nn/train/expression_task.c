/* SPDX-License-Identifier: MIT
 * One face a picture, one class a face. */
#include "task.h"

#include <stdlib.h>

typedef struct expression_task {
  nn_task base;
  const nn_dataset *data;
  uint32_t *rows; /* of Training */
} expression_task;

static const expression_task *
own (const nn_task *task)
{
  return (const expression_task *) task;
}

/* The network must map one grey picture to one probability per class. */
static bool
check (const nn_task *task, const nn_graph *graph, const nn_shape *shapes, nn_error *error)
{
  const int out = graph->n_outputs == 1 ? graph->outputs[0] : -1, classes = own (task)->data->classes;
  if (out < 0 || graph->nodes[out].op != NN_OP_softmax)
    return nn_fail (error, "the architecture must end in one softmax");
  if (shapes[out].h != 1 || shapes[out].w != 1 || shapes[out].c != classes)
    return nn_fail (error, "the architecture ends in %dx%dx%d values, expected 1x1x%d: one per class", shapes[out].h, shapes[out].w, shapes[out].c,
                    classes);
  return true;
}

static void
make (const nn_task *task, int worker, int64_t epoch, uint32_t sample, nn_real *image, void *target)
{
  (void) worker;
  const nn_recipe *r = task->recipe;
  const nn_dataset *data = own (task)->data;
  const size_t row = sample, classes = (size_t) data->classes;
  nn_real *probabilities = target;
  nn_random random = nn_random_new (r->seed, (uint64_t) epoch, row, NN_FOR_AUGMENT);
  nn_dataset_image (data, (int) row, &r->input, &r->augment, &random, image);
  for (size_t k = 0; k < classes; k++) {
    const nn_real whole = data->targets ? data->targets[row * classes + k] : k == data->labels[row];
    probabilities[k] = (1 - r->smoothing) * whole + r->smoothing / (nn_real) classes;
  }
}

static double
loss (nn_task *task, nn_task_batch *b, double *score)
{
  const nn_dataset *data = own (task)->data;
  const int classes = data->classes;
  for (int i = 0; i < b->n; i++) {
    const nn_real *x = b->outputs[0] + (size_t) i * (size_t) classes;
    int top = 0;
    for (int k = 1; k < classes; k++)
      if (x[k] > x[top])
        top = k;
    *score += top == data->labels[b->samples[i]];
  }
  return nn_cross_entropy (b->n, classes, b->outputs[0], b->targets, (nn_real) 1 / (nn_real) b->n, b->doutputs[0]);
}

static bool
validate (nn_task *task, const nn_graph *graph, const nn_real *weights, int threads, double *mean_loss, double *score, nn_error *error)
{
  return nn_evaluate (graph, weights, own (task)->data, NN_PUBLIC_TEST, &task->recipe->input, threads, mean_loss, score, NULL, error);
}

static void
expression_task_free (nn_task *task)
{
  free (((expression_task *) task)->rows);
  free (task);
}

static const nn_task_ops ops = { .check = check, .make = make, .loss = loss, .validate = validate, .free = expression_task_free };

static bool
find_rows (expression_task *t, nn_error *error)
{
  const nn_dataset *data = t->data;
  int n_training = 0, n_public = 0;
  for (int i = 0; i < data->n; i++) {
    n_training += data->splits[i] == NN_TRAINING;
    n_public += data->splits[i] == NN_PUBLIC_TEST;
  }
  if (n_training < 2 || n_public < 1)
    return nn_fail (error, "the data set has %d rows of Training and %d of PublicTest, expected at least 2 and 1", n_training, n_public);
  t->rows = calloc ((size_t) n_training, sizeof *t->rows);
  if (!t->rows)
    return nn_fail (error, "out of memory for the order of %d rows", n_training);
  for (int i = 0; i < data->n; i++)
    if (data->splits[i] == NN_TRAINING)
      t->rows[t->base.n_samples++] = (uint32_t) i;
  t->base.samples = t->rows;
  return true;
}

nn_task *
nn_expression_task_new (const nn_recipe *recipe, const nn_dataset *data, nn_error *error)
{
  expression_task *t = calloc (1, sizeof *t);
  if (!t) {
    nn_fail (error, "out of memory for a task");
    return NULL;
  }
  t->base = (nn_task) { .ops = &ops, .recipe = recipe, .hash = data->hash, .target_size = (size_t) data->classes * sizeof (nn_real) };
  t->data = data;
  if (find_rows (t, error))
    return &t->base;
  expression_task_free (&t->base);
  return NULL;
}
