/* SPDX-License-Identifier: MIT */
#include "read.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define MAX_THREADS 64

struct eval_reader {
  int threads;
  fer_classifier *classifiers[MAX_THREADS];
  fer_finder *finders[MAX_THREADS];
};

eval_reader *
eval_reader_new (const eval_reader_options *o, nn_error *error)
{
  eval_reader *r = g_new0 (eval_reader, 1);
  r->threads = CLAMP (o->threads ? o->threads : (int) g_get_num_processors (), 1, MAX_THREADS);
  bool good = true;
  for (int i = 0; good && i < r->threads; i++) {
    r->classifiers[i] = i ? fer_classifier_share (r->classifiers[0], error) : fer_classifier_load (o->model, 1, o->precision, error);
    if (r->classifiers[i] && o->need_finder)
      r->finders[i] = fer_finder_load (o->finder, error);
    good = r->classifiers[i] && (r->finders[i] || !o->need_finder);
  }
  if (good)
    return r;
  eval_reader_free (r);
  return NULL;
}

void
eval_reader_free (eval_reader *r)
{
  if (!r)
    return;
  for (int i = r->threads - 1; i >= 0; i--) { /* the first, whose plan the others share, last */
    fer_classifier_free (r->classifiers[i]);
    fer_finder_free (r->finders[i]);
  }
  g_free (r);
}

const fer_model *
eval_reader_model (const eval_reader *r)
{
  return fer_classifier_model (r->classifiers[0]);
}

/* One pass over a source. */
typedef struct pass {
  eval_reader *reader;
  const eval_source *source;
  const eval_labels *classes;
  int of_model[FER_MAX_LABELS];
  eval_readings *readings;
  atomic_int next, n_contempt;
  atomic_bool failed;
} pass;

typedef struct worker {
  pthread_t thread;
  pass *pass;
  int number;
  bool failed;
  nn_error error;
} worker;

static bool
read_one (const worker *w, int i, nn_error *error)
{
  pass *const all = w->pass;
  eval_readings *out = all->readings;
  fer_classifier *classifier = all->reader->classifiers[w->number];
  const fer_model *model = fer_classifier_model (classifier);
  const size_t plane = (size_t) out->size * (size_t) out->size;
  float p[FER_MAX_LABELS];
  eval_shot shot = { 0 };
  bool good = all->source->open (all->source->user, i, &model->crop, all->reader->finders[w->number], &shot, error);
  out->found[i] = good && shot.found;
  if (out->found[i]) {
    good = fer_classifier_run (classifier, &shot.image, &shot.square, &shot.roll, 1, p) || nn_fail (error, "out of memory");
    eval_labels_sort (all->classes, all->of_model, model->n_labels, p, out->p + (size_t) i * (size_t) out->n_classes);
    if (all->of_model[fer_most_probable (p, model->n_labels, NULL)] < 0)
      atomic_fetch_add (&all->n_contempt, 1);
    if (out->pixels)
      memcpy (out->pixels + (size_t) i * plane, fer_classifier_pixels (classifier, 0), plane * sizeof (float));
  }
  eval_shot_clear (&shot);
  return good;
}

static void *
work (void *user)
{
  worker *w = user;
  for (int i; !w->failed && !atomic_load (&w->pass->failed) && (i = atomic_fetch_add (&w->pass->next, 1)) < w->pass->source->n;)
    w->failed = !read_one (w, i, &w->error);
  if (w->failed)
    atomic_store (&w->pass->failed, true);
  return NULL;
}

static bool
run (pass *all, nn_error *error)
{
  worker workers[MAX_THREADS] = { 0 };
  const int threads = all->reader->threads;
  bool good = true;
  int started = 0;
  for (; started < threads; started++) {
    workers[started] = (worker) { .pass = all, .number = started };
    if (pthread_create (&workers[started].thread, NULL, work, &workers[started])) {
      atomic_store (&all->failed, true);
      good = nn_fail (error, "cannot start a thread");
      break;
    }
  }
  for (int i = 0; i < started; i++) {
    pthread_join (workers[i].thread, NULL);
    if (workers[i].failed && good)
      good = nn_fail (error, "%s", workers[i].error.text);
  }
  return good;
}

bool
eval_read (eval_reader *r, const eval_source *source, const eval_labels *classes, bool keep_pixels, eval_readings *out, nn_error *error)
{
  pass all = { .reader = r, .source = source, .classes = classes, .readings = out };
  const size_t n = (size_t) source->n;
  *out = (eval_readings) { .n = source->n, .n_classes = classes->n, .size = eval_reader_model (r)->crop.size };
  if (!eval_labels_match (classes, eval_reader_model (r), all.of_model, error))
    return false;
  out->p = g_new0 (float, n *(size_t) classes->n);
  out->predicted = g_new0 (uint8_t, n);
  out->found = g_new0 (bool, n);
  out->pixels = keep_pixels ? g_new0 (float, n *(size_t) out->size *(size_t) out->size) : NULL;
  if (!run (&all, error)) {
    eval_readings_clear (out);
    return false;
  }
  for (int i = 0; i < out->n; i++)
    out->n_found += out->found[i];
  out->n_contempt = atomic_load (&all.n_contempt);
  eval_readings_decide (out);
  return true;
}

void
eval_readings_decide (eval_readings *r)
{
  for (int i = 0; i < r->n; i++)
    r->predicted[i] = (uint8_t) fer_most_probable (r->p + (size_t) i * (size_t) r->n_classes, r->n_classes, NULL);
}

void
eval_readings_clear (eval_readings *r)
{
  g_free (r->p);
  g_free (r->predicted);
  g_free (r->found);
  g_free (r->pixels);
  *r = (eval_readings) { 0 };
}
