/* SPDX-License-Identifier: MIT */
#include "fer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fer_classifier {
  fer_model *model;
  bool shares;            /* the model is another one's */
  nn_plan *plan;
  nn_runner *runner;
  int batch;
  bool logits;            /* the network ends without a softmax */
  float *scratch;
  size_t scratch_size;
  int room;               /* faces that tensors and pixels hold */
  float *tensors, *pixels; /* (room, size, size) */
};

/* Takes a reference to plan. */
static bool
make_runner (fer_classifier *classifier, nn_plan *plan, nn_error *error)
{
  int size = classifier->model->crop.size;
  const nn_graph *graph = classifier->model->nn->graph;
  classifier->logits = graph->nodes[graph->outputs[0]].op != NN_OP_softmax;
  classifier->plan = nn_plan_ref (plan);
  classifier->runner = nn_runner_new (plan, &(nn_runner_options) { .h = size, .w = size, .batch = classifier->batch }, error);
  return classifier->runner;
}

fer_classifier *
fer_classifier_new (fer_model *model, int batch, nn_precision precision, nn_error *error)
{
  fer_classifier *classifier = calloc (1, sizeof *classifier);
  if (!classifier) {
    fer_model_free (model);
    nn_fail (error, "out of memory");
    return NULL;
  }
  classifier->model = model;
  classifier->batch = batch < 1 ? 1 : batch;
  nn_plan *plan = nn_model_plan (model->nn, &(nn_plan_options) { .precision = precision, .h = model->crop.size, .w = model->crop.size }, error);
  bool good = plan && make_runner (classifier, plan, error);
  nn_plan_free (plan);
  if (good)
    return classifier;
  fer_classifier_free (classifier);
  return NULL;
}

fer_classifier *
fer_classifier_share (const fer_classifier *first, nn_error *error)
{
  fer_classifier *classifier = calloc (1, sizeof *classifier);
  if (!classifier) {
    nn_fail (error, "out of memory");
    return NULL;
  }
  classifier->model = first->model;
  classifier->shares = true;
  classifier->batch = first->batch;
  if (make_runner (classifier, first->plan, error))
    return classifier;
  fer_classifier_free (classifier);
  return NULL;
}

fer_classifier *
fer_classifier_load (const char *path, int batch, nn_precision precision, nn_error *error)
{
  fer_model *model = fer_model_load (path, error);
  return model ? fer_classifier_new (model, batch, precision, error) : NULL;
}

void
fer_classifier_free (fer_classifier *classifier)
{
  if (!classifier)
    return;
  nn_runner_free (classifier->runner);
  nn_plan_free (classifier->plan);
  if (!classifier->shares)
    fer_model_free (classifier->model);
  free (classifier->scratch);
  free (classifier->tensors);
  free (classifier->pixels);
  free (classifier);
}

static size_t
tensor_size (const fer_classifier *classifier)
{
  return (size_t) classifier->model->crop.size * (size_t) classifier->model->crop.size;
}

static bool
reserve (fer_classifier *classifier, int n)
{
  if (n <= classifier->room)
    return true;
  size_t bytes = (size_t) n * tensor_size (classifier) * sizeof (float);
  float *tensors = realloc (classifier->tensors, bytes);
  if (tensors)
    classifier->tensors = tensors;
  float *pixels = realloc (classifier->pixels, bytes);
  if (pixels)
    classifier->pixels = pixels;
  if (!tensors || !pixels)
    return false;
  classifier->room = n;
  return true;
}

/* Softmax of logits in place, and equal probabilities in place of numbers that are none. */
static void
finish (float *p, int n, bool logits)
{
  float top = -INFINITY, sum = 0;
  for (int i = 0; i < n; i++)
    top = fmaxf (top, p[i]);
  for (int i = 0; i < n; i++) {
    p[i] = logits ? expf (p[i] - top) : p[i];
    sum += p[i];
  }
  for (int i = 0; i < n; i++)
    p[i] = !isfinite (sum) ? 1.0f / (float) n : logits ? p[i] / sum : p[i];
}

bool
fer_classifier_run (fer_classifier *classifier, const fer_image *image, const fer_box *squares, const float *rolls, int n, float *probabilities)
{
  size_t size = tensor_size (classifier);
  int n_labels = classifier->model->n_labels;
  if (!reserve (classifier, n))
    return false;
  for (int i = 0; i < n; i++)
    if (!fer_crop_run (&classifier->model->crop, image, &squares[i], rolls ? rolls[i] : 0, &classifier->scratch, &classifier->scratch_size,
                       classifier->pixels + (size_t) i * size, classifier->tensors + (size_t) i * size))
      return false;
  for (int done = 0, pass; done < n; done += pass) {
    pass = n - done < classifier->batch ? n - done : classifier->batch;
    nn_run (classifier->runner, pass, classifier->tensors + (size_t) done * size);
    memcpy (probabilities + done * n_labels, nn_runner_output (classifier->runner, 0, NULL), (size_t) (pass * n_labels) * sizeof *probabilities);
  }
  for (int i = 0; i < n; i++)
    finish (probabilities + i * n_labels, n_labels, classifier->logits);
  return true;
}

const float *
fer_classifier_tensor (const fer_classifier *classifier, int i)
{
  return classifier->tensors + (size_t) i * tensor_size (classifier);
}

const float *
fer_classifier_pixels (const fer_classifier *classifier, int i)
{
  return classifier->pixels + (size_t) i * tensor_size (classifier);
}

const fer_model *
fer_classifier_model (const fer_classifier *classifier)
{
  return classifier->model;
}

nn_plan *
fer_classifier_plan (const fer_classifier *classifier)
{
  return classifier->plan;
}
