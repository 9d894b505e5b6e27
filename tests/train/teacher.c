/* SPDX-License-Identifier: MIT */
#include "train/teacher.h"
#include "test.h"

#include <string.h>

enum { SIDE = 6, N_DATA = 90, N_ROWS = 70, VIEWS = 3, THREADS = 3 };

static int shown; /* pictures drawn for teachers */

/* A picture that says which row and view it is. */
static void
show (const void *user, int64_t view, uint32_t row, nn_real *image)
{
  (void) user;
  __atomic_add_fetch (&shown, 1, __ATOMIC_RELAXED);
  for (int i = 0; i < SIDE * SIDE; i++)
    image[i] = (nn_real) ((i * (int) (row + 1) + 5 * (int) view) % 11) / 5 - 1;
}

static nn_model *
make_model (uint64_t seed)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input any any 1\nconv 3 3x3 / relu / gap as f\ndense 4 / softmax as four output\n"
                                    "from f / dense 2 / softmax as two output\n",
                                    &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  test_note ("%s", error.text);
  check (model);
  if (model)
    nn_init_weights (graph, seed, model->weights);
  return model;
}

/* What a model says by itself: its output of two values, then that of four. */
static void
ask (const nn_model *model, int64_t view, uint32_t row, float says[6])
{
  nn_error error;
  nn_real image[SIDE * SIDE];
  nn_plan *plan = nn_plan_new (model->graph, model->weights, &(nn_plan_options) { .h = SIDE, .w = SIDE }, &error);
  nn_runner *runner = plan ? nn_runner_new (plan, &(nn_runner_options) { .h = SIDE, .w = SIDE, .batch = 1 }, &error) : NULL;
  require (runner);
  show (NULL, view, row, image);
  nn_run (runner, 1, image);
  memcpy (says, nn_runner_output (runner, 1, NULL), 2 * sizeof *says);
  memcpy (says + 2, nn_runner_output (runner, 0, NULL), 4 * sizeof *says);
  nn_runner_free (runner);
  nn_plan_free (plan);
}

/* Every second row, at all views, of two models: their mean, each picture looked at once. */
static void
says_the_mean_of_its_models (void)
{
  static const int outputs[] = { 1, 0 };
  uint32_t rows[N_ROWS];
  nn_error error = { "" };
  for (uint32_t i = 0; i < N_ROWS; i++)
    rows[i] = N_DATA - 1 - i;
  const nn_teacher_options options = {
    .rows = rows, .n_rows = N_ROWS, .n_data = N_DATA, .views = VIEWS, .n_values = 6, .h = SIDE, .w = SIDE, .threads = THREADS, .show = show
  };
  nn_teacher *teacher = nn_teacher_new (&options, &error);
  nn_workers *workers = nn_workers_new (THREADS, &error);
  nn_model *models[] = { make_model (1), make_model (2) };
  require (teacher && workers && models[0] && models[1] && nn_teacher_add (teacher, models[0], outputs, 2, &error)
           && nn_teacher_add (teacher, models[1], outputs, 2, &error));
  shown = 0;
  for (int pass = 0; pass < 2; pass++)
    for (int view = 0; view < VIEWS; view++)
      require (nn_teacher_look (teacher, view, workers, &error));
  check (shown == VIEWS * N_ROWS);
  for (int view = 0; view < VIEWS; view++)
    for (int i = 0; i < N_ROWS; i += 23) {
      float one[6], other[6];
      ask (models[0], view, rows[i], one);
      ask (models[1], view, rows[i], other);
      for (int k = 0; k < 6; k++)
        check_near (nn_teacher_says (teacher, view, rows[i])[k], (one[k] + other[k]) / 2, 1e-6);
    }
  nn_model_free (models[0]);
  nn_model_free (models[1]);
  nn_workers_free (workers);
  nn_teacher_free (teacher);
}

static void
a_network_for_another_size_is_refused (void)
{
  static const int outputs[] = { 0 };
  const uint32_t rows[] = { 0 };
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input 8 8 1 / flatten / dense 6 / softmax", &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  const nn_teacher_options options = {
    .rows = rows, .n_rows = 1, .n_data = 1, .views = 1, .n_values = 6, .h = SIDE, .w = SIDE, .threads = 1, .show = show
  };
  nn_teacher *teacher = nn_teacher_new (&options, &error);
  require (model && teacher);
  check (!nn_teacher_add (teacher, model, outputs, 1, &error) && strstr (error.text, "6x6"));
  nn_model_free (model);
  nn_teacher_free (teacher);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (says_the_mean_of_its_models), TEST (a_network_for_another_size_is_refused), { 0 } });
}
