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

static bool
find_training_rows (nn_trainer *t, nn_error *error)
{
  int n_public = 0;
  for (int i = 0; i < t->data->n; i++) {
    t->n_rows += t->data->splits[i] == NN_TRAINING;
    n_public += t->data->splits[i] == NN_PUBLIC_TEST;
  }
  if (t->n_rows < 2 || n_public < 1)
    return nn_fail (error, "the data set has %d rows of Training and %d of PublicTest, expected at least 2 and 1", t->n_rows, n_public);
  t->rows = calloc ((size_t) t->n_rows, sizeof *t->rows);
  t->order = calloc ((size_t) t->n_rows, sizeof *t->order);
  if (!t->rows || !t->order)
    return nn_fail (error, "out of memory for the order of %d rows", t->n_rows);
  for (int i = 0, n = 0; i < t->data->n; i++)
    if (t->data->splits[i] == NN_TRAINING)
      t->rows[n++] = (uint32_t) i;
  t->steps = (t->n_rows + t->recipe.batch - 1) / t->recipe.batch;
  return true;
}

/* The network must map one grey picture of the recipe's size to one probability per class. */
static bool
check_graph (const nn_trainer *t, nn_error *error)
{
  const nn_input *input = &t->recipe.input;
  nn_shape shapes[NN_MAX_NODES];
  if (!nn_graph_shapes (t->graph, input->h, input->w, shapes, error))
    return false;
  const int out = t->graph->n_outputs == 1 ? t->graph->outputs[0] : -1;
  for (int i = 0; i < t->graph->n_nodes; i++)
    if (t->graph->nodes[i].op == NN_OP_input && shapes[i].c != 1)
      return nn_fail (error, "the architecture's input has %d channels, expected 1: grey pictures", shapes[i].c);
  if (out < 0 || t->graph->nodes[out].op != NN_OP_softmax)
    return nn_fail (error, "the architecture must end in one softmax");
  if (shapes[out].h != 1 || shapes[out].w != 1 || shapes[out].c != t->data->classes)
    return nn_fail (error, "the architecture ends in %dx%dx%d values, expected 1x1x%d: one per class", shapes[out].h, shapes[out].w, shapes[out].c,
                    t->data->classes);
  return true;
}

static bool
allocate (nn_trainer *t, nn_error *error)
{
  const size_t n = t->n_weights, batch = (size_t) t->recipe.batch, plane = (size_t) t->recipe.input.h * (size_t) t->recipe.input.w;
  const size_t classes = (size_t) t->data->classes;
  t->n_moments = t->recipe.optimiser == NN_ADAM ? 2 * n : n;
  t->kinds = calloc (n, sizeof *t->kinds);
  t->weights = calloc (n, sizeof *t->weights);
  t->gradient = calloc (n, sizeof *t->gradient);
  t->moments = calloc (t->n_moments, sizeof *t->moments);
  t->ema = t->recipe.ema > 0 ? calloc (n, sizeof *t->ema) : NULL;
  t->best = calloc (n, sizeof *t->best);
  t->images = calloc (batch * plane, sizeof *t->images);
  t->targets = calloc (batch * classes, sizeof *t->targets);
  t->dlogits = calloc (batch * classes, sizeof *t->dlogits);
  t->squares = calloc ((size_t) nn_trainer_chunks (t), sizeof *t->squares);
  const bool weights = t->squares && t->kinds && t->weights && t->gradient && t->moments && (t->ema || t->recipe.ema <= 0) && t->best;
  if (!weights || !t->images || !t->targets || !t->dlogits)
    return nn_fail (error, "out of memory for %zu weights and their moments", n);
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
  if (!find_training_rows (t, error) || !check_graph (t, error) || !allocate (t, error))
    return false;
  const nn_tape_options options = {
    .h = t->recipe.input.h, .w = t->recipe.input.w, .batch = t->recipe.batch, .threads = t->threads, .seed = t->recipe.seed
  };
  return (t->workers = nn_workers_new (t->threads, error)) && (t->tape = nn_tape_new (t->graph, &options, error));
}

nn_trainer *
nn_trainer_new (const nn_recipe *recipe, const nn_dataset *data, int threads, nn_error *error)
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
  t->data = data;
  t->threads = threads > 0 ? threads : cores > 0 ? (int) cores : 1;
  t->order_epoch = -1;
  if (!build (t, error)) {
    nn_trainer_free (t);
    return NULL;
  }
  nn_weight_kinds (t->graph, t->kinds);
  nn_init_weights (t->graph, t->recipe.seed, t->weights);
  if (t->ema)
    memcpy (t->ema, t->weights, t->n_weights * sizeof *t->ema);
  t->begun_time = seconds_now ();
  return t;
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
  free (t->rows);
  free (t->order);
  free (t->images);
  free (t->targets);
  free (t->dlogits);
  free (t);
}

/* ---- one batch ----------------------------------------------------------------------------------------------------------- */

/* Fisher and Yates, from the same first order every epoch: the order is a function of seed and epoch alone. */
static void
shuffle (nn_trainer *t, int64_t epoch)
{
  nn_random random = nn_random_new (t->recipe.seed, (uint64_t) epoch, 0, NN_FOR_ORDER);
  memcpy (t->order, t->rows, (size_t) t->n_rows * sizeof *t->order);
  for (uint32_t i = (uint32_t) t->n_rows; i > 1; i--) {
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
  const uint32_t *rows;
} batch;

static void
make_sample (const batch *b, int i)
{
  const nn_trainer *t = b->trainer;
  const nn_dataset *data = t->data;
  const size_t plane = (size_t) t->recipe.input.h * (size_t) t->recipe.input.w, row = b->rows[i], classes = (size_t) data->classes;
  nn_random random = nn_random_new (t->recipe.seed, (uint64_t) b->epoch, row, NN_FOR_AUGMENT);
  nn_dataset_image (data, (int) row, &t->recipe.input, &t->recipe.augment, &random, t->images + (size_t) i * plane);

  nn_real *target = t->targets + (size_t) i * classes;
  for (size_t k = 0; k < classes; k++) {
    const nn_real whole = data->targets ? data->targets[row * classes + k] : k == data->labels[row];
    target[k] = (1 - t->recipe.smoothing) * whole + t->recipe.smoothing / (nn_real) classes;
  }
}

static void
make_shard (void *user, int worker, int shard)
{
  (void) worker;
  const batch *b = user;
  for (int i = shard * NN_SHARD; i < (shard + 1) * NN_SHARD && i < b->n; i++)
    make_sample (b, i);
}

static void
count_batch (nn_trainer *t, const batch *b, const nn_real *logits, double loss)
{
  const int classes = t->data->classes;
  for (int i = 0; i < b->n; i++) {
    const nn_real *x = logits + (size_t) i * (size_t) classes;
    int top = 0;
    for (int k = 1; k < classes; k++)
      if (x[k] > x[top])
        top = k;
    t->sums.correct += top == t->data->labels[b->rows[i]];
  }
  t->sums.images += b->n;
  t->sums.loss += loss;
}

static bool
learn_batch (nn_trainer *t, nn_error *error)
{
  const nn_recipe *r = &t->recipe;
  const int64_t epoch = t->step / t->steps, first = t->step % t->steps * r->batch;
  if (t->order_epoch != epoch)
    shuffle (t, epoch);
  batch b = { .trainer = t, .epoch = epoch, .n = t->n_rows - first < r->batch ? (int) (t->n_rows - first) : r->batch, .rows = t->order + first };
  nn_workers_run (t->workers, make_shard, &b, (b.n + NN_SHARD - 1) / NN_SHARD);

  const nn_real *logits = nn_tape_forward (t->tape, t->weights, b.n, t->images, (uint64_t) epoch, b.rows);
  const double loss = nn_cross_entropy (b.n, t->data->classes, logits, t->targets, (nn_real) 1 / (nn_real) b.n, t->dlogits);
  if (!isfinite (loss))
    return nn_fail (error, "the loss is not a number in epoch %lld, step %lld: try a lower rate", (long long) epoch + 1,
                    (long long) (t->step % t->steps) + 1);
  count_batch (t, &b, logits, loss);
  nn_tape_backward (t->tape, t->weights, (const nn_real *const[]) { t->dlogits }, t->gradient);
  nn_trainer_update (t);
  return true;
}

/* ---- the end of an epoch ------------------------------------------------------------------------------------------------- */

static bool
validate (nn_trainer *t, nn_epoch_row *row, nn_error *error)
{
  const nn_input *input = &t->recipe.input;
  row->ema_loss = row->ema_accuracy = NAN;
  return nn_evaluate (t->graph, t->weights, t->data, NN_PUBLIC_TEST, input, t->threads, &row->public_loss, &row->public_accuracy, NULL, error)
         && (!t->ema
             || nn_evaluate (t->graph, t->ema, t->data, NN_PUBLIC_TEST, input, t->threads, &row->ema_loss, &row->ema_accuracy, NULL, error));
}

static double
row_score (const nn_trainer *t, const nn_epoch_row *row)
{
  return t->ema ? row->ema_accuracy : row->public_accuracy;
}

static bool
end_epoch (nn_trainer *t, double started, nn_error *error)
{
  nn_epoch_row *row = &t->row;
  *row = (nn_epoch_row) {
    .epoch = (int) (t->step / t->steps),
    .train_loss = t->sums.loss / (double) t->sums.images,
    .train_accuracy = (double) t->sums.correct / (double) t->sums.images,
    .rate = nn_learning_rate (&t->recipe, t->step - 1, t->steps),
  };
  if (!validate (t, row, error))
    return false;
  row->best = t->best_row.epoch == 0 || row_score (t, row) >= row_score (t, &t->best_row);
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
    .images_per_second = (double) done * ((double) t->n_rows / t->steps) / spent,
    .seconds_left = spent / (double) done * (double) left,
    .loss = sums->loss / (double) sums->images,
    .accuracy = (double) sums->correct / (double) sums->images,
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
