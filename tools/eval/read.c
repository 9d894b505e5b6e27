/* SPDX-License-Identifier: MIT */
#include "read.h"
#include "workers.h"

#include <glib.h>
#include <stdatomic.h>
#include <string.h>

#define MAX_THREADS 64

struct eval_reader {
  int threads;
  nn_workers *workers;
  fer_classifier *classifiers[MAX_THREADS];
  fer_finder *finders[MAX_THREADS];
};

eval_reader *
eval_reader_new (const eval_reader_options *o, nn_error *error)
{
  eval_reader *r = g_new0 (eval_reader, 1);
  r->threads = CLAMP (o->threads ? o->threads : (int) g_get_num_processors (), 1, MAX_THREADS);
  bool good = (r->workers = nn_workers_new (r->threads, error)) != NULL;
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
  nn_workers_free (r->workers);
  g_free (r);
}

const fer_model *
eval_reader_model (const eval_reader *r)
{
  return fer_classifier_model (r->classifiers[0]);
}

/* What went wrong in a thread, and at which face; -1: nothing. */
typedef struct slip {
  int face;
  nn_error error;
} slip;

/* One pass over a source. */
typedef struct pass {
  eval_reader *reader;
  const eval_source *source;
  const eval_labels *classes;
  int of_model[FER_MAX_LABELS];
  eval_readings *readings;
  atomic_int n_contempt;
  atomic_bool failed;
  slip slips[MAX_THREADS];
} pass;

static bool
read_face (pass *all, int worker, int i, eval_shot *shot, nn_error *error)
{
  eval_readings *out = all->readings;
  fer_classifier *classifier = all->reader->classifiers[worker];
  const fer_model *model = fer_classifier_model (classifier);
  const size_t plane = (size_t) out->size * (size_t) out->size;
  float p[FER_MAX_LABELS];
  if (!all->source->open (all->source->user, i, &model->crop, all->reader->finders[worker], shot, error))
    return false;
  if (!shot->found)
    return true;
  if (!fer_classifier_run (classifier, &shot->image, &shot->square, &shot->roll, 1, p))
    return nn_fail (error, "out of memory for face %d of %dx%d", i + 1, shot->image.width, shot->image.height);
  out->found[i] = true;
  eval_labels_sort (all->classes, all->of_model, model->n_labels, p, out->p + (size_t) i * (size_t) out->n_classes);
  if (all->of_model[fer_most_probable (p, model->n_labels, NULL)] < 0)
    atomic_fetch_add (&all->n_contempt, 1);
  if (out->pixels)
    memcpy (out->pixels + (size_t) i * plane, fer_classifier_pixels (classifier, 0), plane * sizeof (float));
  return true;
}

static void
read_one (void *user, int worker, int i)
{
  pass *all = user;
  eval_shot shot = { 0 };
  if (atomic_load (&all->failed))
    return;
  if (!read_face (all, worker, i, &shot, &all->slips[worker].error)) {
    all->slips[worker].face = i;
    atomic_store (&all->failed, true);
  }
  eval_shot_clear (&shot);
}

/* Of the faces that failed before everybody stopped the first speaks for all. */
static bool
run (pass *all, nn_error *error)
{
  const slip *first = NULL;
  for (int k = 0; k < MAX_THREADS; k++)
    all->slips[k].face = -1;
  nn_workers_run (all->reader->workers, read_one, all, all->source->n);
  for (int k = 0; k < MAX_THREADS; k++)
    if (all->slips[k].face >= 0 && (!first || all->slips[k].face < first->face))
      first = &all->slips[k];
  return !first || nn_fail (error, "%s", first->error.text);
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
