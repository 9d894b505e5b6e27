/* SPDX-License-Identifier: MIT
 * A trained network and faces that it was not trained on: the shipped one on FER-2013's PublicTest, or one that learns drawn faces here. */
#ifndef EXPLAIN_SUBJECT_H
#define EXPLAIN_SUBJECT_H

#include "faces.h"
#include "fer/fer.h"
#include "common/dataset.h"
#include "test.h"

#include <string.h>

enum { SIDE = 48, AREA = SIDE * SIDE, BATCH = 32 };

typedef struct subject {
  fer_model *model; /* of a shipped network */
  nn_graph *own;    /* of one that was trained here */
  const nn_graph *graph;
  nn_real *weights;
  nn_input input;
  nn_plan *plan;
  nn_runner *runner;
  nn_dataset *data;
  int first, n_labels; /* row of the first face to look at */
} subject;

static inline void
subject_clear (subject *s)
{
  nn_runner_free (s->runner);
  nn_plan_free (s->plan);
  free (s->weights);
  nn_graph_free (s->own);
  fer_model_free (s->model);
  nn_dataset_free (s->data);
}

/* Trains text on data, with the augmentation of the preset; what it learned is subject's. */
static inline bool
subject_train (subject *s, const char *text, nn_dataset *data, int epochs)
{
  nn_error error = { "" };
  nn_progress progress;
  nn_train_state state = NN_TRAIN_FAILED;
  nn_recipe recipe = *nn_preset ("seed");
  recipe.architecture = text;
  recipe.epochs = epochs;
  recipe.batch = 32;
  recipe.rate = 0.005f;
  recipe.ema = 0;
  *s = (subject) { .data = data, .input = recipe.input, .n_labels = data->classes };
  nn_trainer *trainer = nn_trainer_new (&recipe, data, 2, &error);
  do
    state = trainer ? nn_trainer_step (trainer, &progress, &error) : NN_TRAIN_FAILED;
  while (state == NN_TRAIN_MORE);
  if (state == NN_TRAIN_DONE && (s->own = nn_graph_parse (text, &error))) {
    s->graph = s->own;
    s->weights = malloc (s->graph->n_weights * sizeof *s->weights);
    memcpy (s->weights, nn_trainer_best (trainer), s->graph->n_weights * sizeof *s->weights);
    test_note ("%.1f %% of PublicTest", 100 * nn_trainer_best_row (trainer)->public_score);
  }
  nn_trainer_free (trainer);
  if (!s->weights)
    test_note ("%s", error.text);
  while (s->first < data->n && data->splits[s->first] != NN_PUBLIC_TEST)
    s->first++;
  return s->weights;
}

static const char subject_text[] = "input 48 48 1 / conv 8 5x5 stride 2 / bn / relu / maxpool 2x2 / conv 16 3x3 / bn / relu / conv 24 3x3 / bn / relu\n"
                                   "maxpool 2x2 / conv 32 3x3 / bn / relu / flatten / dense 7 / softmax";

static inline bool
subject_drawn (subject *s, int n)
{
  return subject_train (s, subject_text, test_faces (1400, n, 0, 5), 10);
}

/* False without a note: FER-2013 is not there, or the program has no model. */
static inline bool
subject_real (subject *s)
{
  nn_error error;
  const char *path = test_fer2013 ();
  *s = (subject) { .model = path ? fer_model_load (NULL, &error) : NULL };
  if (!s->model || !(s->data = tool_load_dataset (path, &error)))
    return false;
  const fer_crop *crop = &s->model->crop;
  s->graph = s->model->nn->graph;
  s->weights = malloc (s->graph->n_weights * sizeof *s->weights);
  memcpy (s->weights, s->model->nn->weights, s->graph->n_weights * sizeof *s->weights);
  s->input = (nn_input) { crop->size, crop->size, crop->per_image, crop->mean, crop->sd, crop->sd_floor };
  s->n_labels = s->model->n_labels;
  while (s->data->splits[s->first] != NN_PUBLIC_TEST)
    s->first++;
  return true;
}

/* The network as its weights are now. */
static inline bool
subject_plan (subject *s)
{
  nn_error error = { "" };
  nn_runner_free (s->runner);
  nn_plan_free (s->plan);
  s->plan = nn_plan_new (s->graph, s->weights, NULL, &error);
  s->runner = s->plan ? nn_runner_new (s->plan, &(nn_runner_options) { .h = SIDE, .w = SIDE, .batch = BATCH }, &error) : NULL;
  if (!s->runner)
    test_note ("%s", error.text);
  return s->runner;
}

/* Heat maps of the last map of at least (size, size) positions. */
static inline nn_cam *
subject_cam (const subject *s, int size)
{
  return nn_cam_new (s->plan, nn_cam_target (s->plan, SIDE, SIDE, size), SIDE, SIDE, NULL);
}

/* Pixels 0-255 as the network wants them. */
static inline void
subject_see (const subject *s, const float *pixels, float *tensor)
{
  memcpy (tensor, pixels, AREA * sizeof *tensor);
  if (s->input.per_image)
    nn_standardise (tensor, AREA, s->input.sd_floor);
  else
    for (int i = 0; i < AREA; i++)
      tensor[i] = (tensor[i] - s->input.mean) / s->input.sd;
}

/* Face i. */
static inline void
subject_pixels (const subject *s, int i, float *pixels)
{
  const uint8_t *from = s->data->pixels + (size_t) (s->first + i) * AREA;
  for (int p = 0; p < AREA; p++)
    pixels[p] = from[p];
}

static inline int
subject_predict (const subject *s, const float *tensor)
{
  nn_run (s->runner, 1, tensor);
  return fer_most_probable (nn_runner_output (s->runner, 0, NULL), s->n_labels, NULL);
}

/* A map of any size over the network's pixels, bilinear. */
static inline void
spread (const nn_real *map, int h, int w, float *pixels)
{
  nn_warp (&(nn_plane) { map, h, w, w }, &(nn_affine) { { (double) w / SIDE, 0, 0, 0, (double) h / SIDE, 0 } }, pixels, SIDE, SIDE);
}

#endif
