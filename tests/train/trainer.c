/* SPDX-License-Identifier: MIT */
#include "faces.h"
#include "nn_train.h"
#include "test.h"

#include <stdint.h>
#include <string.h>

#define MAX_EPOCHS 8

static const char small[] = "input 48 48 1\n"
                            "conv 8 5x5 stride 3 / bn / relu / maxpool 2x2 / dropout 0.1\n"
                            "conv 16 3x3 / bn / relu / maxpool 2x2\n"
                            "flatten / dense 7 / softmax\n";

static nn_recipe
small_recipe (void)
{
  nn_recipe recipe = *nn_preset ("seed");
  recipe.architecture = small;
  recipe.epochs = 3;
  recipe.batch = 16;
  recipe.rate = 0.003f;
  recipe.ema = 0.9f;
  return recipe;
}

/* A whole training's rows and best weights. */
typedef struct run {
  int n_rows;
  nn_epoch_row rows[MAX_EPOCHS];
  nn_epoch_row best;
  size_t n_weights;
  nn_real *weights;
} run;

static bool
train (const nn_recipe *recipe, const nn_dataset *data, int threads, run *result)
{
  nn_error error = { "" };
  nn_progress progress;
  nn_train_state state = NN_TRAIN_FAILED;
  nn_trainer *trainer = nn_trainer_new (recipe, data, threads, &error);
  *result = (run) { 0 };
  while (trainer && (state = nn_trainer_step (trainer, &progress, &error)) != NN_TRAIN_FAILED) {
    if (progress.row)
      result->rows[result->n_rows++] = *progress.row;
    if (state == NN_TRAIN_DONE)
      break;
  }
  if (state == NN_TRAIN_DONE) {
    result->n_weights = nn_trainer_graph (trainer)->n_weights;
    result->weights = malloc (result->n_weights * sizeof (nn_real));
    memcpy (result->weights, nn_trainer_best (trainer), result->n_weights * sizeof (nn_real));
    result->best = *nn_trainer_best_row (trainer);
  } else {
    test_note ("%s", error.text);
  }
  nn_trainer_free (trainer);
  return state == NN_TRAIN_DONE;
}

static void
a_small_net_learns_64_faces_by_heart (void)
{
  nn_dataset *data = test_faces (64, 14, 0, 1);
  nn_recipe recipe = small_recipe ();
  recipe.architecture = "input 48 48 1\nconv 8 5x5 stride 3 / bn / relu / maxpool 2x2\nconv 16 3x3 / bn / relu / maxpool 2x2\n"
                        "flatten / dense 7 / softmax";
  recipe.augment = (nn_augment) { 0 };
  recipe.epochs = 40;
  recipe.rate = 0.01f;
  recipe.ema = 0;
  nn_error error = { "" };
  nn_progress progress;
  nn_trainer *trainer = nn_trainer_new (&recipe, data, 2, &error);
  test_note ("%s", error.text);
  require (trainer);
  nn_epoch_row last = { 0 };
  nn_train_state state = NN_TRAIN_MORE;
  while (state == NN_TRAIN_MORE) {
    state = nn_trainer_step (trainer, &progress, &error);
    if (progress.row)
      last = *progress.row;
  }
  check (state == NN_TRAIN_DONE);
  check (last.epoch == 40);
  check (last.train_score == 1);
  check (last.train_loss < 0.05);
  check (isnan (last.ema_score));
  nn_trainer_free (trainer);
  nn_dataset_free (data);
}

static void
threads_do_not_change_a_bit (void)
{
  nn_dataset *data = test_faces (70, 21, 0, 2);
  const nn_recipe recipe = small_recipe ();
  run one, four;
  require (train (&recipe, data, 1, &one));
  require (train (&recipe, data, 4, &four));
  check (one.n_rows == 3 && four.n_rows == 3);
  for (int i = 0; i < 3; i++) {
    check (one.rows[i].train_loss == four.rows[i].train_loss && one.rows[i].train_score == four.rows[i].train_score);
    check (one.rows[i].public_loss == four.rows[i].public_loss && one.rows[i].ema_loss == four.rows[i].ema_loss);
  }
  check (!memcmp (one.weights, four.weights, one.n_weights * sizeof (nn_real)));
  free (one.weights);
  free (four.weights);
  nn_dataset_free (data);
}

static void
another_seed_is_another_training (void)
{
  nn_dataset *data = test_faces (32, 7, 0, 3);
  nn_recipe recipe = small_recipe ();
  recipe.epochs = 1;
  run one, other;
  require (train (&recipe, data, 1, &one));
  recipe.seed = 2;
  require (train (&recipe, data, 1, &other));
  check (one.rows[0].train_loss != other.rows[0].train_loss);
  free (one.weights);
  free (other.weights);
  nn_dataset_free (data);
}

/* With the average on, the best weights are averaged ones: measured again they give the figure of the log. */
static void
best_weights_give_the_logged_accuracy (void)
{
  nn_dataset *data = test_faces (70, 35, 0, 4);
  nn_recipe recipe = small_recipe ();
  for (int averaged = 0; averaged < 2; averaged++) {
    run result;
    double loss, accuracy;
    nn_error error = { "" };
    recipe.ema = averaged ? 0.9f : 0;
    require (train (&recipe, data, 2, &result));
    nn_graph *graph = nn_graph_parse (small, &error);
    require (graph && nn_evaluate (graph, result.weights, data, NN_PUBLIC_TEST, &recipe.input, 0, 1, &loss, &accuracy, NULL, &error));
    check (accuracy == (averaged ? result.best.ema_score : result.best.public_score));
    check (loss == (averaged ? result.best.ema_loss : result.best.public_loss));
    for (int i = 0; i < result.n_rows; i++)
      check ((averaged ? result.rows[i].ema_score : result.rows[i].public_score) <= accuracy);
    nn_graph_free (graph);
    free (result.weights);
  }
  nn_dataset_free (data);
}

/* A rate too small to change an answer makes every epoch as good as the first. */
static void
ties_go_to_the_later_epoch (void)
{
  nn_dataset *data = test_faces (32, 14, 0, 5);
  nn_recipe recipe = small_recipe ();
  recipe.rate = 1e-12f;
  recipe.momentum = 1e-6f;
  recipe.ema = 0;
  run result;
  require (train (&recipe, data, 1, &result));
  check (result.rows[0].public_score == result.rows[2].public_score);
  check (result.best.epoch == 3);
  for (int i = 0; i < 3; i++)
    check (result.rows[i].best);
  free (result.weights);
  nn_dataset_free (data);
}

/* 35 rows in batches of 16 are steps of 16, 16 and 3 images. */
static void
the_last_smaller_batch_is_used (void)
{
  nn_dataset *data = test_faces (35, 7, 0, 6);
  nn_recipe recipe = small_recipe ();
  nn_error error = { "" };
  nn_progress progress;
  nn_trainer *trainer = nn_trainer_new (&recipe, data, 1, &error);
  require (trainer);
  for (int step = 1; step <= 3; step++) {
    check (nn_trainer_step (trainer, &progress, &error) == NN_TRAIN_MORE);
    check (progress.epoch == 1 && progress.step == step && progress.steps == 3);
    const double images = step == 3 ? 35 : 16.0 * step, correct = progress.score * images;
    check_near (correct, round (correct), 1e-9);
  }
  require (progress.row);
  check (progress.row->train_score == progress.score && progress.row->train_loss == progress.loss);
  nn_trainer_free (trainer);
  nn_dataset_free (data);
}

static void
smoothing_changes_what_is_learned (void)
{
  nn_dataset *data = test_faces (64, 14, 0, 1);
  nn_recipe recipe = small_recipe ();
  recipe.augment = (nn_augment) { 0 };
  recipe.epochs = 1;
  run plain, smooth;
  require (train (&recipe, data, 1, &plain));
  recipe.smoothing = 0.3f;
  require (train (&recipe, data, 1, &smooth));
  check (plain.rows[0].train_loss != smooth.rows[0].train_loss);
  free (plain.weights);
  free (smooth.weights);
  nn_dataset_free (data);
}

static void
a_diverging_training_says_so (void)
{
  nn_dataset *data = test_faces (32, 7, 0, 8);
  nn_recipe recipe = small_recipe ();
  recipe.architecture = "input 48 48 1 / flatten / dense 64 / dense 64 / dense 7 / softmax";
  recipe.optimiser = NN_SGD;
  recipe.rate = 100;
  recipe.clip = 0;
  recipe.epochs = MAX_EPOCHS;
  nn_error error = { "" };
  nn_progress progress;
  nn_trainer *trainer = nn_trainer_new (&recipe, data, 1, &error);
  require (trainer);
  nn_train_state state = NN_TRAIN_MORE;
  while (state == NN_TRAIN_MORE)
    state = nn_trainer_step (trainer, &progress, &error);
  check (state == NN_TRAIN_FAILED);
  check (strstr (error.text, "not a number") && strstr (error.text, "epoch"));
  nn_trainer_free (trainer);
  nn_dataset_free (data);
}

static void
what_does_not_fit_is_refused_by_name (void)
{
  static const struct {
    const char *architecture, *says;
  } bad[] = {
    { "input 48 48 1 / flatten / dense 7", "must be one softmax" },
    { "input 48 48 1 / flatten / dense 6 / softmax", "1x1x7" },
    { "input 48 48 3 / flatten / dense 7 / softmax", "channels" },
    { "input 48 48 1 / flatten / dense seven / softmax", "seven" },
    { "input 48 48 1 / conv 8 3x3 / relu / softmax", "48x48x8" },
  };
  nn_dataset *data = test_faces (16, 7, 0, 9), *blind = test_faces (16, 0, 7, 9), *empty = test_faces (1, 7, 0, 9);
  nn_recipe recipe = small_recipe ();
  nn_error error;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    error.text[0] = 0;
    recipe.architecture = bad[i].architecture;
    check (!nn_trainer_new (&recipe, data, 1, &error));
    if (!strstr (error.text, bad[i].says))
      test_note ("%s", error.text);
    check (strstr (error.text, bad[i].says));
  }
  recipe = small_recipe ();
  check (!nn_trainer_new (&recipe, blind, 1, &error) && strstr (error.text, "0 of PublicTest"));
  check (!nn_trainer_new (&recipe, empty, 1, &error) && strstr (error.text, "1 rows of Training"));
  recipe.rate = -1;
  check (!nn_trainer_new (&recipe, data, 1, &error) && strstr (error.text, "rate"));
  nn_dataset_free (data);
  nn_dataset_free (blind);
  nn_dataset_free (empty);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (a_small_net_learns_64_faces_by_heart), TEST (threads_do_not_change_a_bit),
                                   TEST (another_seed_is_another_training), TEST (best_weights_give_the_logged_accuracy),
                                   TEST (ties_go_to_the_later_epoch), TEST (the_last_smaller_batch_is_used),
                                   TEST (smoothing_changes_what_is_learned), TEST (a_diverging_training_says_so),
                                   TEST (what_does_not_fit_is_refused_by_name), { 0 } });
}
