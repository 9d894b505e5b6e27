/* SPDX-License-Identifier: MIT */
#include "teacher.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 32 /* pictures of one pass */

typedef struct expert {
  nn_runner **runners; /* [threads] */
  int outputs[NN_MAX_OUTPUTS], n_outputs;
} expert;

struct nn_teacher {
  nn_teacher_options options;
  expert experts[NN_MAX_TEACHERS];
  int n_experts;
  nn_real *images; /* [threads] (CHUNK, h, w) */
  float **says;    /* [views] (n_data, n_values), or NULL: not looked at yet */
};

static size_t
plane_of (const nn_teacher *t)
{
  return (size_t) t->options.h * (size_t) t->options.w;
}

nn_teacher *
nn_teacher_new (const nn_teacher_options *options, nn_error *error)
{
  nn_teacher *t = calloc (1, sizeof *t);
  if (t) {
    t->options = *options;
    t->images = calloc ((size_t) options->threads * CHUNK, plane_of (t) * sizeof *t->images);
    t->says = calloc ((size_t) options->views, sizeof *t->says);
  }
  if (t && t->images && t->says)
    return t;
  nn_fail (error, "out of memory for a teacher of %d views", options->views);
  nn_teacher_free (t);
  return NULL;
}

void
nn_teacher_free (nn_teacher *t)
{
  if (!t)
    return;
  for (int i = 0; i < t->n_experts; i++) {
    for (int k = 0; t->experts[i].runners && k < t->options.threads; k++)
      nn_runner_free (t->experts[i].runners[k]);
    free (t->experts[i].runners);
  }
  for (int i = 0; t->says && i < t->options.views; i++)
    free (t->says[i]);
  free (t->says);
  free (t->images);
  free (t);
}

bool
nn_teacher_add (nn_teacher *t, const nn_model *model, const int *outputs, int n_outputs, nn_error *error)
{
  const nn_teacher_options *o = &t->options;
  const nn_runner_options options = { .h = o->h, .w = o->w, .batch = CHUNK };
  if (t->n_experts == NN_MAX_TEACHERS)
    return nn_fail (error, "more than %d teachers", NN_MAX_TEACHERS);
  expert *e = &t->experts[t->n_experts++];
  e->n_outputs = n_outputs;
  memcpy (e->outputs, outputs, (size_t) n_outputs * sizeof *outputs);
  e->runners = calloc ((size_t) o->threads, sizeof *e->runners);
  nn_plan *plan = e->runners ? nn_plan_new (model->graph, model->weights, &(nn_plan_options) { .h = o->h, .w = o->w }, error) : NULL;
  bool good = e->runners || nn_fail (error, "out of memory for %d threads", o->threads);
  for (int i = 0; plan && good && i < o->threads; i++)
    good = (e->runners[i] = nn_runner_new (plan, &options, error)) != NULL;
  good = good && plan;
  nn_plan_free (plan);
  return good;
}

typedef struct look {
  const nn_teacher *teacher;
  int64_t view;
  float *says;
} look;

/* One expert's word, added to what stands at the rows. */
static void
ask (const nn_teacher *t, const expert *e, int worker, const nn_real *images, const uint32_t *rows, int n, float *says)
{
  nn_run (e->runners[worker], n, images);
  for (int i = 0, first = 0; i < e->n_outputs; i++) {
    nn_shape shape;
    const nn_real *p = nn_runner_output (e->runners[worker], e->outputs[i], &shape);
    for (int k = 0; k < n * shape.c; k++)
      says[(size_t) rows[k / shape.c] * (size_t) t->options.n_values + (size_t) (first + k % shape.c)] += p[k] / (float) t->n_experts;
    first += shape.c;
  }
}

static void
look_at_chunk (void *user, int worker, int chunk)
{
  const look *l = user;
  const nn_teacher *t = l->teacher;
  const int first = chunk * CHUNK, n = t->options.n_rows - first < CHUNK ? t->options.n_rows - first : CHUNK;
  const uint32_t *rows = t->options.rows + first;
  nn_real *images = t->images + (size_t) worker * CHUNK * plane_of (t);
  for (int i = 0; i < n; i++)
    t->options.show (t->options.user, l->view, rows[i], images + (size_t) i * plane_of (t));
  for (int i = 0; i < t->n_experts; i++)
    ask (t, &t->experts[i], worker, images, rows, n, l->says);
}

bool
nn_teacher_look (nn_teacher *t, int64_t view, nn_workers *workers, nn_error *error)
{
  const nn_teacher_options *o = &t->options;
  if (t->says[view])
    return true;
  float *says = calloc ((size_t) o->n_data * (size_t) o->n_values, sizeof *says);
  if (!says)
    return nn_fail (error, "out of memory for what the teacher says of %d pictures", o->n_rows);
  look l = { .teacher = t, .view = view, .says = says };
  nn_workers_run (workers, look_at_chunk, &l, (o->n_rows + CHUNK - 1) / CHUNK);
  t->says[view] = says;
  return true;
}

const float *
nn_teacher_says (const nn_teacher *t, int64_t view, size_t row)
{
  return t->says[view] + row * (size_t) t->options.n_values;
}
