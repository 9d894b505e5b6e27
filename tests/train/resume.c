/* SPDX-License-Identifier: MIT */
#include "faces.h"
#include "nn_train.h"
#include "test.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EPOCHS 3

static const char path[] = "test-train-resume.ckpt";
static const char small[] = "input 48 48 1 / conv 8 5x5 stride 3 / bn / relu / maxpool 2x2 / dropout 0.2 / conv 16 3x3 / bn / relu / maxpool 2x2 / "
                            "flatten / dense 7 / softmax";

static nn_recipe
small_recipe (void)
{
  nn_recipe recipe = *nn_preset ("seed");
  recipe.architecture = small;
  recipe.epochs = EPOCHS;
  recipe.batch = 8;
  recipe.rate = 0.003f;
  recipe.ema = 0.9f;
  return recipe;
}

typedef struct run {
  nn_epoch_row rows[EPOCHS], best;
  size_t n_weights;
  nn_real *weights;
} run;

/* A training that is saved, thrown away and restored before each step for which interrupted says so. */
static bool
train (const nn_recipe *recipe, const nn_dataset *data, bool (*interrupted) (int step), run *result)
{
  nn_error error = { "" };
  nn_progress progress;
  nn_train_state state = NN_TRAIN_MORE;
  nn_trainer *trainer = nn_trainer_new (recipe, data, 1, &error);
  uint64_t log_size = 0;
  *result = (run) { 0 };
  for (int step = 0, rows = 0; trainer && state == NN_TRAIN_MORE; step++) {
    if (interrupted && interrupted (step)) {
      bool good = nn_trainer_save (trainer, path, 1000 + (uint64_t) step, &error);
      nn_trainer_free (trainer);
      trainer = nn_trainer_new (recipe, data, 1 + step % 4, &error);
      good = good && trainer && nn_trainer_restore (trainer, path, &log_size, &error) && log_size == 1000 + (uint64_t) step;
      if (!good)
        break;
    }
    state = nn_trainer_step (trainer, &progress, &error);
    if (progress.row)
      result->rows[rows++] = *progress.row;
  }
  unlink (path);
  if (trainer && state == NN_TRAIN_DONE) {
    result->n_weights = nn_trainer_graph (trainer)->n_weights;
    result->weights = malloc (result->n_weights * sizeof (nn_real));
    memcpy (result->weights, nn_trainer_best (trainer), result->n_weights * sizeof (nn_real));
    result->best = *nn_trainer_best_row (trainer);
  } else {
    test_note ("%s", error.text);
  }
  nn_trainer_free (trainer);
  return result->weights;
}

static bool
same_row (const nn_epoch_row *a, const nn_epoch_row *b)
{
  return a->epoch == b->epoch && a->train_loss == b->train_loss && a->train_score == b->train_score && a->rate == b->rate
         && a->public_loss == b->public_loss && a->public_score == b->public_score && a->best == b->best
         && (isnan (a->ema_loss) ? isnan (b->ema_loss) : a->ema_loss == b->ema_loss && a->ema_score == b->ema_score);
}

static bool
always (int step)
{
  (void) step;
  return true;
}

static bool
now_and_then (int step)
{
  nn_random random = nn_random_new (11, 0, (uint64_t) step, NN_FOR_TEST);
  return nn_random_u32 (&random) % 4 == 0;
}

static void
compare (const nn_recipe *recipe, bool (*interrupted) (int))
{
  nn_dataset *data = test_faces (35, 14, 0, 3);
  run whole, parts;
  require (train (recipe, data, NULL, &whole));
  require (train (recipe, data, interrupted, &parts));
  for (int i = 0; i < EPOCHS; i++)
    check (same_row (&whole.rows[i], &parts.rows[i]));
  check (same_row (&whole.best, &parts.best));
  check (!memcmp (whole.weights, parts.weights, whole.n_weights * sizeof (nn_real)));
  free (whole.weights);
  free (parts.weights);
  nn_dataset_free (data);
}

static void
interruptions_do_not_change_a_bit (void)
{
  nn_recipe recipe = small_recipe ();
  compare (&recipe, now_and_then);
  compare (&recipe, always);
}

static void
nor_with_sgd_and_without_an_average (void)
{
  nn_recipe recipe = small_recipe ();
  recipe.optimiser = NN_SGD;
  recipe.rate = 0.01f;
  recipe.ema = 0;
  compare (&recipe, now_and_then);
}

/* A trainer some steps into its work, saved at path. */
static nn_trainer *
saved (const nn_recipe *recipe, const nn_dataset *data, int steps)
{
  nn_error error = { "" };
  nn_progress progress;
  nn_trainer *trainer = nn_trainer_new (recipe, data, 1, &error);
  for (int i = 0; trainer && i < steps; i++)
    nn_trainer_step (trainer, &progress, &error);
  if (trainer && nn_trainer_save (trainer, path, 0, &error))
    return trainer;
  test_note ("%s", error.text);
  nn_trainer_free (trainer);
  return NULL;
}

/* Restoring path into a new trainer fails with a sentence that holds says, and leaves a trainer that still works. */
static void
check_refused (const nn_recipe *recipe, const nn_dataset *data, const char *says)
{
  nn_error error = { "" };
  nn_progress progress;
  nn_trainer *trainer = nn_trainer_new (recipe, data, 1, &error);
  require (trainer);
  check (!nn_trainer_restore (trainer, path, NULL, &error));
  if (!strstr (error.text, says))
    test_note ("\"%s\" does not say \"%s\"", error.text, says);
  check (strstr (error.text, says) && strstr (error.text, path));
  check (nn_trainer_step (trainer, &progress, &error) == NN_TRAIN_MORE);
  check (progress.epoch == 1 && progress.step == 1);
  nn_trainer_free (trainer);
}

static void
another_training_is_refused_by_the_difference (void)
{
  nn_dataset *data = test_faces (35, 14, 0, 3), *other = test_faces (35, 14, 0, 4);
  nn_recipe recipe = small_recipe ();
  nn_trainer *trainer = saved (&recipe, data, 7);
  require (trainer);
  check_refused (&recipe, other, "the data differ");
  recipe.rate = 0.004f;
  check_refused (&recipe, data, "\"rate=");
  recipe = small_recipe ();
  recipe.epochs = 4;
  check_refused (&recipe, data, "\"epochs=4\" here, \"epochs=3\" there");
  recipe = small_recipe ();
  recipe.architecture = "input 48 48 1 / flatten / dense 7 / softmax";
  check_refused (&recipe, data, "\"architecture=");
  unlink (path);
  recipe = small_recipe ();
  check_refused (&recipe, data, "No such file");
  nn_trainer_free (trainer);
  nn_dataset_free (data);
  nn_dataset_free (other);
}

/* Writes path anew with section name replaced by bytes, or left out where bytes is NULL. */
static bool
forge (const void *file, size_t file_size, const char *name, const void *bytes, size_t size)
{
  nn_section sections[16], kept[16];
  const int n = nn_checkpoint_parse (file, file_size, sections, 16, NULL);
  int n_kept = 0;
  for (int i = 0; i < n; i++) {
    if (strcmp (sections[i].name, name))
      kept[n_kept++] = sections[i];
    else if (bytes)
      kept[n_kept++] = (nn_section) { name, bytes, size };
  }
  return n > 0 && nn_checkpoint_write (path, kept, n_kept, NULL);
}

/* What passes the checksum may still be nonsense. */
static void
forged_states_are_refused_by_name (void)
{
  nn_dataset *data = test_faces (35, 14, 0, 3);
  const nn_recipe recipe = small_recipe ();
  nn_trainer *trainer = saved (&recipe, data, 7);
  void *file;
  size_t size;
  require (trainer && nn_file_read (path, 0, &file, &size, NULL));
  static const char *const names[] = { "recipe", "data", "state", "weights", "moments", "best", "ema" };
  char says[64];
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    snprintf (says, sizeof says, "\"%s\"", names[i]);
    require (forge (file, size, names[i], NULL, 0));
    check_refused (&recipe, data, says);
    require (forge (file, size, names[i], "1234567", 7));
    check_refused (&recipe, data, i == 0 ? "recipe differs" : says);
  }
  const size_t n = nn_trainer_graph (trainer)->n_weights;
  nn_real *weights = calloc (n, sizeof *weights);
  weights[n - 1] = (nn_real) INFINITY;
  require (forge (file, size, "weights", weights, n * sizeof *weights));
  check_refused (&recipe, data, "not finite");
  nn_section sections[16];
  const int n_sections = nn_checkpoint_parse (file, size, sections, 16, NULL);
  for (int i = 0; i < n_sections; i++) {
    if (strcmp (sections[i].name, "state"))
      continue;
    char *state = malloc (sections[i].size);
    for (size_t at = 0; at + 8 <= sections[i].size; at += 8) { /* every number of it a little mad: refused, or a state that goes on */
      static const int64_t mad[] = { -1, INT64_MAX, INT64_MIN };
      for (int k = 0; k < 3; k++) {
        nn_error error = { "" };
        nn_progress progress;
        memcpy (state, sections[i].bytes, sections[i].size);
        memcpy (state + at, &mad[k], sizeof mad[k]);
        require (forge (file, size, "state", state, sections[i].size));
        nn_trainer *again = nn_trainer_new (&recipe, data, 1, &error);
        require (again);
        if (nn_trainer_restore (again, path, NULL, &error))
          check (nn_trainer_step (again, &progress, &error) != NN_TRAIN_FAILED);
        else
          check (strstr (error.text, path));
        nn_trainer_free (again);
      }
    }
    free (state);
  }
  unlink (path);
  free (weights);
  free (file);
  nn_trainer_free (trainer);
  nn_dataset_free (data);
}

static void
a_damaged_file_is_refused (void)
{
  nn_dataset *data = test_faces (16, 7, 0, 3);
  const nn_recipe recipe = small_recipe ();
  nn_trainer *trainer = saved (&recipe, data, 1);
  void *file;
  size_t size;
  require (trainer && nn_file_read (path, 0, &file, &size, NULL));
  nn_error error;
  for (size_t length = 0; length < size; length += 1 + size / 20) { /* checkpoint.c tries every length */
    require (nn_file_write (path, file, length, &error));
    check (!nn_trainer_restore (trainer, path, NULL, &error) && strstr (error.text, path));
  }
  for (size_t at = 0; at < size; at += 1 + size / 20) {
    ((uint8_t *) file)[at] ^= 1 << at % 8;
    require (nn_file_write (path, file, size, &error));
    check (!nn_trainer_restore (trainer, path, NULL, &error) && strstr (error.text, path));
    ((uint8_t *) file)[at] ^= 1 << at % 8;
  }
  unlink (path);
  free (file);
  nn_trainer_free (trainer);
  nn_dataset_free (data);
}

static void
a_finished_training_stays_finished (void)
{
  nn_dataset *data = test_faces (16, 7, 0, 3);
  nn_recipe recipe = small_recipe ();
  nn_trainer *trainer = saved (&recipe, data, 2 * EPOCHS), *again = nn_trainer_new (&recipe, data, 1, NULL);
  nn_error error = { "" };
  nn_progress progress;
  uint64_t log_size;
  require (trainer && again && nn_trainer_restore (again, path, &log_size, &error));
  check (nn_trainer_step (again, &progress, &error) == NN_TRAIN_DONE);
  check (progress.step == 0 && !progress.row);
  require (nn_trainer_best_row (again));
  check (same_row (nn_trainer_best_row (trainer), nn_trainer_best_row (again)));
  check (!memcmp (nn_trainer_best (trainer), nn_trainer_best (again), nn_trainer_graph (again)->n_weights * sizeof (nn_real)));
  check (nn_trainer_seconds (again) == nn_trainer_seconds (trainer));
  unlink (path);
  nn_trainer_free (trainer);
  nn_trainer_free (again);
  nn_dataset_free (data);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (interruptions_do_not_change_a_bit), TEST (nor_with_sgd_and_without_an_average),
                                   TEST (another_training_is_refused_by_the_difference), TEST (forged_states_are_refused_by_name),
                                   TEST (a_damaged_file_is_refused), TEST (a_finished_training_stays_finished), { 0 } });
}
