/* SPDX-License-Identifier: MIT */
#include "predict.h"

#include <pthread.h>
#include <string.h>

#define MAX_THREADS 64
#define N_CLASSES 7

/* One thread's share: rows first, first + step, ... */
typedef struct worker {
  pthread_t thread;
  const nn_dataset *data;
  const int *rows;
  int first, step, n;
  fer_classifier *classifier;
  const int *classes; /* of the model's labels */
  uint8_t *predicted;
  bool failed;
} worker;

static void *
work (void *user)
{
  worker *w = user;
  size_t plane = (size_t) w->data->h * (size_t) w->data->w;
  int n_labels = fer_classifier_model (w->classifier)->n_labels;
  fer_box square = fer_frame_square (w->data->w, w->data->h);
  for (int i = w->first; i < w->n; i += w->step) {
    fer_image image;
    fer_face face = { 0 };
    fer_image_from_rgb (&image, w->data->pixels + (size_t) w->rows[i] * plane, w->data->w, w->data->h, w->data->w, 1);
    if (!fer_classifier_run (w->classifier, &image, &square, NULL, 1, face.probabilities)) {
      w->failed = true;
      break;
    }
    fer_face_decide (&face, n_labels, (fer_limits) { 0 });
    w->predicted[i] = (uint8_t) w->classes[face.label];
  }
  return NULL;
}

/* The data set's class of each label of the model: the same seven, in any order. */
static bool
match_labels (const fer_model *model, int classes[FER_MAX_LABELS], nn_error *error)
{
  if (model->n_labels != N_CLASSES)
    return nn_fail (error, "the model has %d labels, FER-2013 has %d", model->n_labels, N_CLASSES);
  for (int i = 0; i < N_CLASSES; i++) {
    classes[i] = 0;
    while (classes[i] < N_CLASSES && strcmp (model->labels[i], fer_labels7[classes[i]]))
      classes[i]++;
    if (classes[i] == N_CLASSES)
      return nn_fail (error, "the model's label \"%s\" is none of FER-2013's: angry, disgust, fear, happy, sad, surprise, neutral", model->labels[i]);
  }
  return true;
}

bool
eval_predict (const char *model_path, nn_precision precision, const nn_dataset *data, const int *rows, int n, int threads, uint8_t *predicted, nn_error *error)
{
  worker workers[MAX_THREADS] = { 0 };
  int classes[FER_MAX_LABELS], loaded = 0, started = 0;
  threads = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads;
  bool good = true;
  for (; good && loaded < threads; loaded++) {
    workers[loaded] = (worker) { .data = data, .rows = rows, .first = loaded, .step = threads, .n = n, .classes = classes, .predicted = predicted };
    workers[loaded].classifier = loaded ? fer_classifier_share (workers[0].classifier, error) : fer_classifier_load (model_path, 1, precision, error);
    good = workers[loaded].classifier != NULL;
  }
  good = good && match_labels (fer_classifier_model (workers[0].classifier), classes, error);
  for (; good && started < threads; started++)
    if (pthread_create (&workers[started].thread, NULL, work, &workers[started])) {
      good = nn_fail (error, "cannot start a thread");
      break;
    }
  for (int i = 0; i < started; i++) {
    pthread_join (workers[i].thread, NULL);
    if (workers[i].failed)
      good = nn_fail (error, "out of memory");
  }
  while (loaded--)
    fer_classifier_free (workers[loaded].classifier);
  return good;
}
