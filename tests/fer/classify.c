/* SPDX-License-Identifier: MIT */
#include "fer/fer.h"
#include "nn_train.h"
#include "test.h"
#include "toy.h"

#include <string.h>

#define W 120
#define H 90

static uint8_t picture[H][W];
static fer_image image;

static void
draw (void)
{
  nn_random random = nn_random_new (3, 0, 0, NN_FOR_TEST);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      picture[y][x] = (uint8_t) (128 + 60 * sin (x * 0.2) + 50 * cos (y * 0.15) + 16 * (double) nn_random_uniform (&random));
  fer_image_from_rgb (&image, &picture[0][0], W, H, W, 1);
}

/* The model as a classifier of batch, by way of its file. */
static fer_classifier *
make (nn_model *nn, int batch)
{
  nn_error error = { "" };
  void *bytes = NULL;
  size_t size;
  fer_model *model = nn_model_write (nn, &bytes, &size, &error) ? fer_model_parse (bytes, size, &error) : NULL;
  fer_classifier *classifier = model ? fer_classifier_new (model, batch, NN_PRECISION_FULL, &error) : NULL;
  if (!classifier)
    test_note ("%s", error.text);
  nn_model_free (nn);
  free (bytes);
  return classifier;
}

static void
gives_what_the_network_gives_for_the_crop (void)
{
  fer_classifier *classifier = make (toy_model (), 4);
  require (classifier);
  const fer_model *model = fer_classifier_model (classifier);
  const fer_box box = { 30, 20, 40, 50 }, square = fer_crop_square (&model->crop, &box);
  float p[7], tensor[16 * 16], *scratch = NULL;
  size_t scratch_size = 0;
  require (fer_classifier_run (classifier, &image, &square, NULL, 1, p));
  require (fer_crop_run (&model->crop, &image, &square, 0, &scratch, &scratch_size, NULL, tensor));
  check (!memcmp (tensor, fer_classifier_tensor (classifier, 0), sizeof tensor));
  nn_error error;
  nn_runner *runner = nn_runner_new (fer_classifier_plan (classifier), &(nn_runner_options) { 0 }, &error);
  require (runner);
  nn_run (runner, 1, tensor);
  double sum = 0;
  for (int i = 0; i < 7; i++) {
    check (p[i] == nn_runner_output (runner, 0, NULL)[i]);
    sum += (double) p[i];
  }
  check_near (sum, 1, 1e-5);
  nn_runner_free (runner);
  free (scratch);
  fer_classifier_free (classifier);
}

/* However faces fall into passes of the network, each gets the same numbers. */
static void
batches_do_not_matter (void)
{
  enum { N = 11 };
  fer_box squares[N];
  float rolls[N], expected[N * 7], p[N * 7];
  for (int i = 0; i < N; i++) {
    squares[i] = (fer_box) { 5.5f * (float) i, 3.0f * (float) i, 20 + 2 * (float) i, 20 + 2 * (float) i };
    rolls[i] = 0.1f * (float) i;
  }
  for (int batch = 1; batch <= 16; batch *= 4) {
    fer_classifier *classifier = make (toy_model (), batch);
    require (classifier);
    require (fer_classifier_run (classifier, &image, squares, rolls, N, batch == 1 ? expected : p));
    if (batch > 1)
      for (int i = 0; i < N * 7; i++)
        check_near (p[i], expected[i], 1e-6);
    for (int i = 0; i < N; i++)
      check (fer_classifier_pixels (classifier, i)[0] >= 0 && fer_classifier_pixels (classifier, i)[0] <= 255);
    nn_error error;
    fer_classifier *other = fer_classifier_share (classifier, &error); /* of the same plan, as another thread has it */
    require (other && fer_classifier_plan (other) == fer_classifier_plan (classifier));
    memcpy (p, expected, sizeof p);
    require (fer_classifier_run (other, &image, squares + 1, rolls + 1, N - 1, p));
    for (int i = 0; i < (N - 1) * 7; i++)
      check_near (p[i], expected[i + 7], 1e-6);
    fer_classifier_free (other);
    fer_classifier_free (classifier);
  }
}

static void
logits_become_probabilities (void)
{
  nn_error error;
  nn_model *with = toy_model (),
           *without = toy_network ("input 16 16 1 / conv 4 3x3 / bn / relu / maxpool 2x2 / conv 6 3x3 / relu / flatten / dense 7");
  require (with->graph->n_weights == without->graph->n_weights);
  memcpy (without->weights, with->weights, with->graph->n_weights * sizeof *with->weights);
  require (fer_model_describe (without, fer_labels7, 7, &toy_crop, NULL, &error));
  fer_classifier *a = make (with, 1), *b = make (without, 1);
  require (a && b);
  const fer_box square = { 10, 10, 64, 64 };
  float p[7], q[7];
  require (fer_classifier_run (a, &image, &square, NULL, 1, p) && fer_classifier_run (b, &image, &square, NULL, 1, q));
  for (int i = 0; i < 7; i++)
    check_near (p[i], q[i], 1e-6);
  fer_classifier_free (a);
  fer_classifier_free (b);
}

static void
overflow_becomes_ignorance (void)
{
  nn_error error;
  nn_model *nn = toy_network ("input 16 16 1 / flatten / dense 7 / softmax");
  for (size_t i = 0; i < nn->graph->n_weights; i++)
    nn->weights[i] = 3e38f;
  require (fer_model_describe (nn, fer_labels7, 7, &toy_crop, NULL, &error));
  fer_classifier *classifier = make (nn, 1);
  require (classifier);
  float p[7];
  require (fer_classifier_run (classifier, &image, &(fer_box) { 0, 0, 90, 90 }, NULL, 1, p));
  for (int i = 0; i < 7; i++)
    check_near (p[i], 1.0 / 7, 1e-6);
  fer_classifier_free (classifier);
}

/* The trainer's picture of a row and the classifier's of the same picture as a whole frame are the same numbers, however they are normalised. */
static void
sees_what_the_trainer_saw (void)
{
  nn_error error;
  for (int per_image = 0; per_image < 2; per_image++) {
    nn_dataset *data = nn_dataset_new (1, 48, 48, 7, &error);
    require (data);
    for (int i = 0; i < 48 * 48; i++)
      data->pixels[i] = picture[i / 48][i % 48];
    const fer_crop crop = { .size = 48, .per_image = per_image, .mean = 120, .sd = 60, .sd_floor = 10, .scale = 1.15f, .dy = 0.1f };
    const nn_input input = { .h = 48, .w = 48, .per_image = per_image, .mean = 120, .sd = 60, .sd_floor = 10 };
    nn_model *nn = toy_network ("input 48 48 1 / maxpool 8x8 / flatten / dense 7 / softmax");
    require (fer_model_describe (nn, fer_labels7, 7, &crop, NULL, &error));
    fer_classifier *classifier = make (nn, 1);
    require (classifier);
    fer_image frame;
    fer_image_from_rgb (&frame, data->pixels, 48, 48, 48, 1);
    fer_box square = fer_frame_square (48, 48);
    float p[7], trained[48 * 48];
    require (fer_classifier_run (classifier, &frame, &square, NULL, 1, p));
    nn_dataset_image (data, 0, &input, NULL, NULL, trained);
    check (!memcmp (trained, fer_classifier_tensor (classifier, 0), sizeof trained));
    nn_dataset_free (data);
    fer_classifier_free (classifier);
  }
}

int
main (void)
{
  draw ();
  return test_run ((test_case[]) { TEST (gives_what_the_network_gives_for_the_crop), TEST (batches_do_not_matter), TEST (logits_become_probabilities),
                                   TEST (overflow_becomes_ignorance), TEST (sees_what_the_trainer_saw), { 0 } });
}
