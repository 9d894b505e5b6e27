/* SPDX-License-Identifier: MIT */
#include "nn_train.h"
#include "test.h"

static void
cosine_falls_from_rate_to_final (void)
{
  const nn_recipe recipe = { .epochs = 10, .schedule = NN_COSINE, .rate = 0.1f, .final_rate = 0.02f };
  check_near (nn_learning_rate (&recipe, 0, 100), 0.1, 1e-7);
  check_near (nn_learning_rate (&recipe, 500, 100), 0.06, 1e-7);
  check_near (nn_learning_rate (&recipe, 1000, 100), 0.02, 1e-7);
  for (int i = 1; i < 1000; i++)
    check (nn_learning_rate (&recipe, i, 100) < nn_learning_rate (&recipe, i - 1, 100));
}

static void
warm_up_rises_and_meets_the_cosine (void)
{
  const nn_recipe recipe = { .epochs = 10, .schedule = NN_COSINE, .rate = 0.1f, .warmup = 0.5f };
  check_near (nn_learning_rate (&recipe, 0, 100), 0.1 / 50, 1e-7);
  check_near (nn_learning_rate (&recipe, 24, 100), 0.05, 1e-7);
  check_near (nn_learning_rate (&recipe, 49, 100), 0.1, 1e-7);
  check_near (nn_learning_rate (&recipe, 50, 100), 0.1, 1e-7);
  check (nn_learning_rate (&recipe, 51, 100) < 0.1);
}

static void
steps_multiply (void)
{
  const nn_recipe recipe = { .epochs = 10, .schedule = NN_STEP, .rate = 1, .step_epochs = 4, .step_factor = 0.5f };
  check_near (nn_learning_rate (&recipe, 39, 10), 1, 1e-7);
  check_near (nn_learning_rate (&recipe, 40, 10), 0.5, 1e-7);
  check_near (nn_learning_rate (&recipe, 80, 10), 0.25, 1e-7);
}

static void
constant_stays (void)
{
  const nn_recipe recipe = { .epochs = 10, .schedule = NN_CONSTANT, .rate = 0.3f };
  check_near (nn_learning_rate (&recipe, 0, 10), 0.3, 1e-7);
  check_near (nn_learning_rate (&recipe, 99, 10), 0.3, 1e-7);
}

static void
another_number_of_epochs_scales_it (void)
{
  nn_recipe recipe = { .epochs = 40, .schedule = NN_STEP, .rate = 1, .step_epochs = 10, .step_factor = 0.1f, .warmup = 4 };
  nn_recipe_scale (&recipe, 20);
  check (recipe.epochs == 20 && recipe.step_epochs == 5);
  check_near (recipe.warmup, 2, 1e-6);
  nn_recipe_scale (&recipe, 1);
  check (recipe.step_epochs == 1);
  recipe.step_epochs = 100000;
  nn_recipe_scale (&recipe, 100000);
  check (recipe.step_epochs == 100000);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (cosine_falls_from_rate_to_final), TEST (warm_up_rises_and_meets_the_cosine), TEST (steps_multiply),
                                   TEST (constant_stays), TEST (another_number_of_epochs_scales_it), { 0 } });
}
