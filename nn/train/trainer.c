/* SPDX-License-Identifier: MIT */
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double
seconds_now (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

/* ---- construction -------------------------------------------------------------------------------------------------------- */

/* The network must take one grey picture, of the size that training sees and of its input's, and say what the task is about. */
static bool
check_graph (nn_trainer *t, nn_error *error)
{
  nn_shape shapes[NN_MAX_NODES];
  if (!nn_graph_shapes (t->graph, t->recipe.input.h, t->recipe.input.w, shapes, error) || !nn_graph_shapes (t->graph, t->h, t->w, shapes, error))
    return false;
  for (int i = 0; i < t->graph->n_nodes; i++)
    if (t->graph->nodes[i].op == NN_OP_input && shapes[i].c != 1)
      return nn_fail (error, "the architecture's input has %d channels, expected 1: grey pictures", shapes[i].c);
  return t->task->ops->fit (t->task, t->graph, shapes, error);
}

static bool
allocate (nn_trainer *t, nn_error *error)
{
  const size_t n = t->n_weights, batch = (size_t) t->recipe.batch, plane = (size_t) t->h * (size_t) t->w;
  t->steps = (t->task->n_samples + t->recipe.batch - 1) / t->recipe.batch;
  t->n_moments = t->recipe.optimiser == NN_ADAM ? 2 * n : n;
  t->kinds = calloc (n, sizeof *t->kinds);
  t->weights = calloc (n, sizeof *t->weights);
  t->gradient = calloc (n, sizeof *t->gradient);
  t->moments = calloc (t->n_moments, sizeof *t->moments);
  t->ema = t->recipe.ema > 0 ? calloc (n, sizeof *t->ema) : NULL;
  t->best = calloc (n, sizeof *t->best);
  t->images = calloc (batch * plane, sizeof *t->images);
  t->targets = calloc (batch, t->task->target_size);
  t->order = calloc ((size_t) t->task->n_samples, sizeof *t->order);
  t->squares = calloc ((size_t) nn_trainer_chunks (t), sizeof *t->squares);
  const bool weights = t->squares && t->kinds && t->weights && t->gradient && t->moments && (t->ema || t->recipe.ema <= 0) && t->best;
  if (!weights || !t->images || !t->targets || !t->order)
    return nn_fail (error, "out of memory for %zu weights and their moments", n);
  return true;
}

/* Where the derivatives of the outputs go, as large as those. */
static bool
allocate_outputs (nn_trainer *t, nn_error *error)
{
  for (int i = 0; i < t->graph->n_outputs; i++) {
    nn_shape shape;
    nn_tape_output (t->tape, i, &shape);
    t->doutputs[i] = calloc ((size_t) t->recipe.batch * (size_t) shape.h * (size_t) shape.w * (size_t) shape.c, sizeof *t->doutputs[i]);
    if (!t->doutputs[i])
      return nn_fail (error, "out of memory for the derivatives of %d pictures", t->recipe.batch);
  }
  return true;
}

static bool
build (nn_trainer *t, nn_error *error)
{
  t->architecture = strdup (t->recipe.architecture);
  t->recipe.architecture = t->architecture;
  t->text = t->architecture ? nn_recipe_text (&t->recipe) : NULL;
  if (!t->text)
    return nn_fail (error, "out of memory for the recipe");
  if (!(t->graph = nn_graph_parse (t->architecture, error)))
    return nn_fail_prefix (error, "architecture");
  t->n_weights = t->graph->n_weights;
  nn_training_size (&t->recipe.input, &t->recipe.augment, &t->h, &t->w);
  if (!check_graph (t, error) || !allocate (t, error))
    return false;
  const nn_tape_options options = {
    .h = t->h, .w = t->w, .batch = t->recipe.batch, .threads = t->threads, .seed = t->recipe.seed
  };
  return (t->workers = nn_workers_new (t->threads, error)) && (t->tape = nn_tape_new (t->graph, &options, error)) && allocate_outputs (t, error);
}

/* A trainer with a copy of the recipe, still without a task. */
static nn_trainer *
trainer_of (const nn_recipe *recipe, int threads, nn_error *error)
{
  if (!nn_recipe_check (recipe, error))
    return NULL;
  nn_trainer *t = calloc (1, sizeof *t);
  if (!t) {
    nn_fail (error, "out of memory for a trainer");
    return NULL;
  }
  const long cores = sysconf (_SC_NPROCESSORS_ONLN);
  t->recipe = *recipe;
  t->threads = threads > 0 ? threads : cores > 0 ? (int) cores : 1;
  t->order_epoch = -1;
  return t;
}

static nn_trainer *
set_task (nn_trainer *t, nn_task *task, nn_error *error)
{
  t->task = task;
  if (!task || !build (t, error)) {
    nn_trainer_free (t);
    return NULL;
  }
  nn_weight_kinds (t->graph, t->kinds);
  nn_init_weights (t->graph, t->recipe.seed, t->weights);
  if (task->ops->init)
    task->ops->init (task, t->graph, t->weights);
  if (t->ema)
    memcpy (t->ema, t->weights, t->n_weights * sizeof *t->ema);
  t->begun_time = seconds_now ();
  return t;
}

nn_trainer *
nn_trainer_new (const nn_recipe *recipe, const nn_dataset *data, int threads, nn_error *error)
{
  nn_trainer *t = trainer_of (recipe, threads, error);
  return t ? set_task (t, nn_expression_task_new (&t->recipe, data, t->threads, error), error) : NULL;
}

nn_trainer *
nn_trainer_new_faces (const nn_recipe *recipe, const nn_scenes *scenes, const nn_dataset *cutouts, int threads, nn_error *error)
{
  nn_trainer *t = trainer_of (recipe, threads, error);
  return t ? set_task (t, nn_faces_task_new (&t->recipe, scenes, cutouts, t->threads, error), error) : NULL;
}

bool
nn_trainer_begin_with (nn_trainer *t, const nn_model *model, nn_error *error)
{
  const nn_graph *mine = t->graph, *theirs = model->graph;
  for (int i = 0; i < mine->n_nodes && i < theirs->n_nodes; i++) {
    const nn_node *a = &mine->nodes[i], *b = &theirs->nodes[i];
    if (a->op != b->op || a->n_weights != b->n_weights)
      return nn_fail (error, "node %d is %s '%s' with %zu weights, expected %s with %zu as in the architecture", i, nn_op_name (b->op), b->name,
                      b->n_weights, nn_op_name (a->op), a->n_weights);
  }
  if (mine->n_nodes != theirs->n_nodes)
    return nn_fail (error, "the network has %d nodes, the architecture %d", theirs->n_nodes, mine->n_nodes);
  memcpy (t->weights, model->weights, t->n_weights * sizeof *t->weights);
  if (t->ema)
    memcpy (t->ema, t->weights, t->n_weights * sizeof *t->ema);
  return true;
}

bool
nn_trainer_learn_from (nn_trainer *t, const nn_model *const *models, int n, nn_error *error)
{
  if (t->recipe.task != NN_TASK_EXPRESSION)
    return nn_fail (error, "recipe: the task is %s, only %s learns from models", nn_task_names[t->recipe.task], nn_task_names[NN_TASK_EXPRESSION]);
  return nn_expression_task_learn_from (t->task, models, n, error);
}

void
nn_trainer_free (nn_trainer *t)
{
  if (!t)
    return;
  nn_tape_free (t->tape);
  nn_workers_free (t->workers);
  nn_graph_free (t->graph);
  free (t->architecture);
  free (t->text);
  free (t->kinds);
  free (t->weights);
  free (t->gradient);
  free (t->moments);
  free (t->squares);
  free (t->ema);
  free (t->best);
  free (t->order);
  free (t->images);
  free (t->targets);
  for (int i = 0; i < NN_MAX_OUTPUTS; i++)
    free (t->doutputs[i]);
  nn_task_free (t->task);
  free (t);
}

/* ---- one batch ----------------------------------------------------------------------------------------------------------- */

/* Fisher and Yates, from the same first order every epoch: the order is a function of seed and epoch alone. */
static void
shuffle (nn_trainer *t, int64_t epoch)
{
  nn_random random = nn_random_new (t->recipe.seed, (uint64_t) epoch, 0, NN_FOR_ORDER);
  memcpy (t->order, t->task->samples, (size_t) t->task->n_samples * sizeof *t->order);
  for (uint32_t i = (uint32_t) t->task->n_samples; i > 1; i--) {
    const uint32_t j = (uint32_t) ((uint64_t) nn_random_u32 (&random) * i >> 32), row = t->order[i - 1];
    t->order[i - 1] = t->order[j];
    t->order[j] = row;
  }
  t->order_epoch = epoch;
}

typedef struct batch {
  nn_trainer *trainer;
  int64_t epoch;
  int n;
  const uint32_t *samples;
} batch;

static void
make_shard (void *user, int worker, int shard)
{
  const batch *b = user;
  const nn_trainer *t = b->trainer;
  const size_t plane = (size_t) t->h * (size_t) t->w;
  for (int i = shard * NN_SHARD; i < (shard + 1) * NN_SHARD && i < b->n; i++)
    t->task->ops->make (t->task, worker, b->epoch, b->samples[i], t->images + (size_t) i * plane, t->targets + (size_t) i * t->task->target_size);
}

static nn_task_batch
outputs_of (const nn_trainer *t, const batch *b)
{
  nn_task_batch out = { .n = b->n, .targets = t->targets, .samples = b->samples, .n_outputs = t->graph->n_outputs, .workers = t->workers };
  for (int i = 0; i < out.n_outputs; i++) {
    out.outputs[i] = nn_tape_output (t->tape, i, &out.shapes[i]);
    out.doutputs[i] = t->doutputs[i];
  }
  return out;
}

static bool
learn_batch (nn_trainer *t, nn_error *error)
{
  const nn_recipe *r = &t->recipe;
  const int n_samples = t->task->n_samples;
  const int64_t epoch = t->step / t->steps, first = t->step % t->steps * r->batch;
  if (t->order_epoch != epoch) {
    if (t->task->ops->begin_epoch && !t->task->ops->begin_epoch (t->task, epoch, t->workers, error))
      return false;
    shuffle (t, epoch);
  }
  batch b = { .trainer = t, .epoch = epoch, .n = n_samples - first < r->batch ? (int) (n_samples - first) : r->batch, .samples = t->order + first };
  nn_workers_run (t->workers, make_shard, &b, (b.n + NN_SHARD - 1) / NN_SHARD);

  nn_tape_forward (t->tape, t->weights, b.n, t->images, (uint64_t) epoch, b.samples);
  nn_task_batch outputs = outputs_of (t, &b);
  const double loss = t->task->ops->loss (t->task, &outputs, &t->sums.score);
  if (!isfinite (loss))
    return nn_fail (error, "the loss is not a number in epoch %lld, step %lld: try a lower rate", (long long) epoch + 1,
                    (long long) (t->step % t->steps) + 1);
  t->sums.images += b.n;
  t->sums.loss += loss;
  nn_tape_backward (t->tape, t->weights, (const nn_real *const *) t->doutputs, t->gradient);
  nn_trainer_update (t);
  return true;
}

/* ---- the end of an epoch ------------------------------------------------------------------------------------------------- */

static bool
validate (nn_trainer *t, nn_epoch_row *row, nn_error *error)
{
  const nn_task_ops *ops = t->task->ops;
  const bool due = !ops->validated || row->epoch % ops->validated == 0 || row->epoch == t->recipe.epochs;
  row->public_loss = row->public_score = row->ema_loss = row->ema_score = NAN;
  return (!due || (t->ema && ops->averaged_only)
          || ops->validate (t->task, t->graph, t->weights, t->threads, &row->public_loss, &row->public_score, error))
         && (!due || !t->ema || ops->validate (t->task, t->graph, t->ema, t->threads, &row->ema_loss, &row->ema_score, error))
         && (!ops->end_epoch || ops->end_epoch (t->task, row->epoch, t->graph, t->ema ? t->ema : t->weights, t->threads, error));
}

static double
row_score (const nn_trainer *t, const nn_epoch_row *row)
{
  return t->ema ? row->ema_score : row->public_score;
}

static bool
end_epoch (nn_trainer *t, double started, nn_error *error)
{
  nn_epoch_row *row = &t->row;
  *row = (nn_epoch_row) {
    .epoch = (int) (t->step / t->steps),
    .train_loss = t->sums.loss / (double) t->sums.images,
    .train_score = t->sums.score / (double) t->sums.images,
    .rate = nn_learning_rate (&t->recipe, t->step - 1, t->steps),
  };
  if (!validate (t, row, error))
    return false;
  row->best = t->task->ops->chooses_last || t->best_row.epoch == 0 || row_score (t, row) >= row_score (t, &t->best_row);
  row->seconds = t->sums.seconds + seconds_now () - started;
  t->sums = (nn_epoch_sums) { 0 };
  if (row->best) {
    t->best_row = *row;
    memcpy (t->best, t->ema ? t->ema : t->weights, t->n_weights * sizeof *t->best);
  }
  return true;
}

static void
report (const nn_trainer *t, const nn_epoch_sums *sums, bool ended, nn_progress *progress)
{
  const int64_t done = t->step - t->begun_step, left = (int64_t) t->recipe.epochs * t->steps - t->step;
  const double spent = seconds_now () - t->begun_time;
  *progress = (nn_progress) {
    .epoch = (int) ((t->step - 1) / t->steps) + 1,
    .step = (int) ((t->step - 1) % t->steps) + 1,
    .steps = t->steps,
    .images_per_second = (double) done * ((double) t->task->n_samples / t->steps) / spent,
    .seconds_left = spent / (double) done * (double) left,
    .loss = sums->loss / (double) sums->images,
    .score = sums->score / (double) sums->images,
    .row = ended ? &t->row : NULL,
  };
}

nn_train_state
nn_trainer_step (nn_trainer *t, nn_progress *progress, nn_error *error)
{
  const int64_t total = (int64_t) t->recipe.epochs * t->steps;
  const double started = seconds_now ();
  if (t->step >= total) { /* a checkpoint of a finished run */
    *progress = (nn_progress) { 0 };
    return NN_TRAIN_DONE;
  }
  if (!learn_batch (t, error))
    return NN_TRAIN_FAILED;
  const nn_epoch_sums sums = t->sums;
  const bool ended = t->step % t->steps == 0;
  if (ended && !end_epoch (t, started, error))
    return NN_TRAIN_FAILED;
  const double spent = seconds_now () - started;
  t->seconds += spent;
  if (!ended)
    t->sums.seconds += spent;
  report (t, &sums, ended, progress);
  return t->step < total ? NN_TRAIN_MORE : NN_TRAIN_DONE;
}

/* ---- what others may see ------------------------------------------------------------------------------------------------- */

const nn_graph *
nn_trainer_graph (const nn_trainer *t)
{
  return t->graph;
}

const nn_real *
nn_trainer_best (const nn_trainer *t)
{
  return t->best_row.epoch > 0 ? t->best : t->weights;
}

const nn_epoch_row *
nn_trainer_best_row (const nn_trainer *t)
{
  return t->best_row.epoch > 0 ? &t->best_row : NULL;
}

double
nn_trainer_seconds (const nn_trainer *t)
{
  return t->seconds;
}

uint64_t
nn_trainer_data_hash (const nn_trainer *t)
{
  return t->task->hash;
}
