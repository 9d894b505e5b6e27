/* SPDX-License-Identifier: MIT
 * The end of a step: gradient, moments, weights and their average, in one pass over each chunk of the weights. */
#include "trainer.h"

#include <math.h>

#define SGD_MOMENTUM 0.9f
#define CHUNK (1 << 14) /* weights that are updated as one task */

typedef struct update {
  nn_trainer *trainer;
  float rate;
  nn_real scale; /* of the gradient */
  nn_real keep;  /* share of the average that stays */
} update;

static size_t
chunk_size (const nn_trainer *t, int chunk)
{
  const size_t left = t->n_weights - (size_t) chunk * CHUNK;
  return left < CHUNK ? left : CHUNK;
}

int
nn_trainer_chunks (const nn_trainer *t)
{
  return (int) ((t->n_weights + CHUNK - 1) / CHUNK);
}

static void
sum_squares (void *user, int worker, int chunk)
{
  (void) worker;
  const nn_trainer *t = user;
  const nn_real *gradient = t->gradient + (size_t) chunk * CHUNK;
  double sum = 0;
  for (size_t i = 0; i < chunk_size (t, chunk); i++)
    sum += (double) gradient[i] * (double) gradient[i];
  t->squares[chunk] = sum;
}

/* What the gradient is multiplied by so that its Euclidean norm is at most the recipe's. */
static nn_real
gradient_scale (nn_trainer *t)
{
  const double limit = (double) t->recipe.clip;
  double sum = 0;
  if (limit <= 0)
    return 1;
  nn_workers_run (t->workers, sum_squares, t, nn_trainer_chunks (t));
  for (int i = 0; i < nn_trainer_chunks (t); i++)
    sum += t->squares[i];
  return sum <= limit * limit ? 1 : (nn_real) (limit / sqrt (sum));
}

static void
update_chunk (void *user, int worker, int chunk)
{
  (void) worker;
  const update *u = user;
  nn_trainer *t = u->trainer;
  const nn_recipe *r = &t->recipe;
  const size_t first = (size_t) chunk * CHUNK, n = chunk_size (t, chunk);
  const uint8_t *kinds = t->kinds + first;
  nn_real *gradient = t->gradient + first, *weights = t->weights + first, *m = t->moments + first;
  for (size_t i = 0; u->scale != 1 && i < n; i++)
    gradient[i] *= u->scale;
  if (r->optimiser == NN_ADAM)
    nn_adam_step (n, kinds, gradient, u->rate, r->decay, t->step, m, m + t->n_weights, weights);
  else
    nn_sgd_step (n, kinds, gradient, u->rate, r->decay, SGD_MOMENTUM, m, weights);
  for (size_t i = 0; t->ema && i < n; i++)
    t->ema[first + i] += (1 - u->keep) * (weights[i] - t->ema[first + i]);
}

/* The average starts short, so that the first, random weights do not stay in it. */
void
nn_trainer_update (nn_trainer *t)
{
  const float rate = (float) nn_learning_rate (&t->recipe, t->step, t->steps);
  t->step++;
  const double start = (1 + (double) t->step) / (10 + (double) t->step);
  update u = { .trainer = t, .rate = rate, .scale = gradient_scale (t), .keep = (nn_real) fmin ((double) t->recipe.ema, start) };
  nn_tape_update_statistics (t->tape, t->recipe.momentum, t->weights);
  nn_workers_run (t->workers, update_chunk, &u, nn_trainer_chunks (t));
}
