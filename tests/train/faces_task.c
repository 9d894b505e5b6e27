/* SPDX-License-Identifier: MIT
 * A whole training of a small finder, on scenes that are drawn here. */
#include "faces.h"
#include "nn_train.h"
#include "test.h"

#include <string.h>
#include <unistd.h>

#define EPOCHS 16

static const char path[] = "test-train-faces_task.ckpt";
static const char small[] = "input any any 1\n"
                            "conv 8 3x3 stride 2 pad 1 / bn / relu\n"
                            "conv 12 3x3 stride 2 pad 1 / bn / relu\n"
                            "conv 16 3x3 stride 2 pad 1 / bn / relu as at8\n"
                            "conv 24 3x3 stride 2 pad 1 / bn / relu as at16\n"
                            "conv 24 3x3 stride 2 pad 1 / bn / relu as at32\n"
                            "conv 16 1x1 / resize 4x4 / add at8 / conv 15 1x1 bias as stride8 output\n"
                            "from at16 / conv 15 1x1 bias as stride16 output\n"
                            "from at32 / conv 15 1x1 bias as stride32 output\n";

#define SIDE 320 /* of a scene, as validation sees it */

/* Stripes of changing width, and a drawn face or two in most. */
static bool
draw_scene (nn_scenes *scenes, int i, bool empty)
{
  nn_scene *scene = &scenes->scenes[i];
  nn_random random = nn_random_new (3, 0, (uint64_t) i, NN_FOR_TEST);
  scene->pixels = malloc (SIDE * SIDE);
  if (!scene->pixels)
    return false;
  scene->h = scene->w = SIDE;
  const float wide = 3 + 20 * nn_random_uniform (&random), tilt = 2 * nn_random_uniform (&random) - 1;
  for (int p = 0; p < SIDE * SIDE; p++)
    scene->pixels[p] = (uint8_t) (120 + 90 * sinf (((float) (p % SIDE) + tilt * (float) (p / SIDE)) / wide));
  if (empty)
    return true;
  const int side = 24 + (int) (nn_random_u32 (&random) % 40), x = (int) (nn_random_u32 (&random) % (uint32_t) (SIDE - side)),
            y = (int) (nn_random_u32 (&random) % (uint32_t) (SIDE - side));
  uint8_t face[64 * 64];
  test_draw_face (face, side, (int) (nn_random_u32 (&random) % 7), &random);
  for (int row = 0; row < side; row++)
    memcpy (scene->pixels + (y + row) * SIDE + x, face + row * side, (size_t) side);
  nn_scene_face *truth = &scenes->faces[scene->first];
  truth->truth.box = (nn_detection) { .x = (float) x, .y = (float) y, .w = (float) side, .h = (float) side };
  return true;
}

static nn_scenes *
draw_scenes (int n, int n_empty)
{
  char text[16384] = "file,x,y,w,h\n", name[32];
  for (int i = 0; i < n; i++)
    snprintf (text + strlen (text), sizeof text - strlen (text), "face%d,0,0,1,1\n", i);
  nn_scenes *scenes = nn_scenes_parse_csv (text, strlen (text), NULL, NULL);
  bool good = scenes;
  for (int i = 0; good && i < n_empty; i++) {
    snprintf (name, sizeof name, "empty%d", i);
    good = nn_scenes_add (scenes, name, NULL);
  }
  for (int i = 0; good && i < n + n_empty; i++)
    good = draw_scene (scenes, i, i >= n);
  if (good)
    return scenes;
  nn_scenes_free (scenes);
  return NULL;
}

static nn_recipe
small_recipe (int epochs)
{
  nn_recipe recipe = *nn_preset ("finder");
  recipe.architecture = small;
  recipe.input.h = recipe.input.w = 96;
  recipe.augment.rotation = 10;
  recipe.scene.smallest = 16;
  recipe.scene.largest = 80;
  recipe.scene.dark = 0;
  recipe.epochs = epochs;
  recipe.batch = 16;
  recipe.rate = 0.005f;
  recipe.ema = 0.9f;
  return recipe;
}

typedef struct run {
  nn_epoch_row last, best;
  size_t n_weights;
  nn_real *weights;
} run;

static bool
train (const nn_recipe *recipe, const nn_scenes *scenes, const nn_dataset *cutouts, int threads, int interrupt, run *result)
{
  nn_error error = { "" };
  nn_progress progress;
  nn_train_state state = NN_TRAIN_MORE;
  nn_trainer *trainer = nn_trainer_new_faces (recipe, scenes, cutouts, threads, &error);
  *result = (run) { 0 };
  for (int step = 0; trainer && state == NN_TRAIN_MORE; step++) {
    if (interrupt && step % interrupt == interrupt - 1) {
      const bool saved = nn_trainer_save (trainer, path, 0, &error);
      nn_trainer_free (trainer);
      trainer = nn_trainer_new_faces (recipe, scenes, cutouts, threads, &error);
      if (!saved || !trainer || !nn_trainer_restore (trainer, path, NULL, &error))
        break;
    }
    state = nn_trainer_step (trainer, &progress, &error);
    if (progress.row)
      result->last = *progress.row;
  }
  unlink (path);
  if (trainer && state == NN_TRAIN_DONE) {
    result->n_weights = nn_trainer_graph (trainer)->n_weights;
    result->weights = malloc (result->n_weights * sizeof (nn_real));
    memcpy (result->weights, nn_trainer_best (trainer), result->n_weights * sizeof (nn_real));
    result->best = *nn_trainer_best_row (trainer);
  } else
    test_note ("%s", error.text);
  nn_trainer_free (trainer);
  return result->weights;
}

static void
learns_to_find_drawn_faces (void)
{
  nn_scenes *scenes = draw_scenes (180, 60);
  require (scenes);
  nn_recipe recipe = small_recipe (EPOCHS);
  run result;
  require (train (&recipe, scenes, NULL, 2, 0, &result));
  test_note ("average precision %.3f, loss %.3f, IoU %.3f", result.best.ema_score, result.last.train_loss, result.last.train_score);
  check (result.best.epoch == EPOCHS && result.best.ema_score == result.last.ema_score);
  check (result.best.ema_score > 0.25);
  check (isnan (result.last.public_score) && isnan (result.last.ema_loss));
  free (result.weights);
  nn_scenes_free (scenes);
}

/* Neither threads nor interruptions: mining's state is restored as well. */
static void
not_a_bit_depends_on_how_it_runs (void)
{
  nn_scenes *scenes = draw_scenes (40, 16);
  nn_dataset *cutouts = test_faces (20, 7, 0, 3);
  require (scenes && cutouts);
  nn_recipe recipe = small_recipe (3);
  run one, two, parts;
  require (train (&recipe, scenes, cutouts, 1, 0, &one));
  require (train (&recipe, scenes, cutouts, 3, 0, &two));
  require (train (&recipe, scenes, cutouts, 2, 3, &parts));
  check (one.n_weights == two.n_weights && !memcmp (one.weights, two.weights, one.n_weights * sizeof (nn_real)));
  check (!memcmp (one.weights, parts.weights, one.n_weights * sizeof (nn_real)));
  check (one.last.train_loss == two.last.train_loss && one.last.train_loss == parts.last.train_loss);
  check (one.last.ema_score == two.last.ema_score && one.last.ema_score == parts.last.ema_score);
  free (one.weights);
  free (two.weights);
  free (parts.weights);
  nn_dataset_free (cutouts);
  nn_scenes_free (scenes);
}

static void
what_does_not_fit_is_refused_by_name (void)
{
  static const struct {
    const char *architecture, *says;
  } bad[] = {
    { "input any any 1 / conv 15 3x3 stride 2 pad 1", "1 outputs, expected 3" },
    { "input any any 1 / conv 15 3x3 stride 2 pad 1 output / conv 15 3x3 output / conv 15 3x3 output", "48x48x15 for pictures of 96x96, expected 12x12x15" },
    { "input any any 3 / conv 15 3x3", "3 channels" },
  };
  nn_scenes *scenes = draw_scenes (30, 4);
  require (scenes);
  nn_error error;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    nn_recipe recipe = small_recipe (1);
    recipe.architecture = bad[i].architecture;
    check (!nn_trainer_new_faces (&recipe, scenes, NULL, 1, &error) && strstr (error.text, bad[i].says));
    if (!strstr (error.text, bad[i].says))
      test_note ("%s", error.text);
  }
  nn_recipe recipe = small_recipe (1);
  free (scenes->scenes[3].pixels);
  scenes->scenes[3].pixels = NULL;
  check (!nn_trainer_new_faces (&recipe, scenes, NULL, 1, &error) && strstr (error.text, "face3: the scene has no pixels"));
  scenes->n = 1;
  check (!nn_trainer_new_faces (&recipe, scenes, NULL, 1, &error) && strstr (error.text, "1 with faces (1 to be found) and 0 held out"));
  scenes->n = 34;
  nn_scenes_free (scenes);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (learns_to_find_drawn_faces), TEST (not_a_bit_depends_on_how_it_runs),
                                   TEST (what_does_not_fit_is_refused_by_name), { 0 } });
}
