/* SPDX-License-Identifier: MIT */
#include "expression_task.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 32 /* images of one pass; fixed, so that results do not depend on the number of threads */

typedef struct evaluation {
  const nn_dataset *data;
  const nn_input *input;
  int n, *rows;        /* of the split */
  int output, classes; /* of the network */
  nn_head kind;
  int threads;
  nn_workers *workers;
  nn_plan *plan;
  nn_runner **runners;  /* [threads] */
  nn_real **images;     /* [threads], (CHUNK, h, w) */
  float *probabilities; /* (n, classes) */
} evaluation;

static void
evaluation_free (evaluation *e)
{
  for (int i = 0; i < e->threads; i++) {
    if (e->runners)
      nn_runner_free (e->runners[i]);
    if (e->images)
      free (e->images[i]);
  }
  free (e->runners);
  free (e->images);
  free (e->rows);
  free (e->probabilities);
  nn_plan_free (e->plan);
  nn_workers_free (e->workers);
}

static bool
find_rows (evaluation *e, nn_split split, nn_error *error)
{
  for (int i = 0; i < e->data->n; i++)
    e->n += e->data->splits[i] == split;
  if (e->n == 0)
    return nn_fail (error, "the data set has no rows of %s", nn_split_names[split]);
  e->rows = calloc ((size_t) e->n, sizeof *e->rows);
  if (!e->rows)
    return nn_fail (error, "out of memory for the %d rows of %s", e->n, nn_split_names[split]);
  for (int i = 0, n = 0; i < e->data->n; i++)
    if (e->data->splits[i] == split)
      e->rows[n++] = i;
  return true;
}

static bool
prepare_threads (evaluation *e, const nn_graph *graph, const nn_real *weights, nn_error *error)
{
  const nn_runner_options options = { .h = e->input->h, .w = e->input->w, .batch = CHUNK };
  e->runners = calloc ((size_t) e->threads, sizeof *e->runners);
  e->images = calloc ((size_t) e->threads, sizeof *e->images);
  if (!e->runners || !e->images)
    return nn_fail (error, "out of memory for %d threads", e->threads);
  if (!(e->workers = nn_workers_new (e->threads, error)) || !(e->plan = nn_plan_new (graph, weights, NULL, error)))
    return false;
  for (int i = 0; i < e->threads; i++) {
    e->images[i] = calloc ((size_t) CHUNK * (size_t) e->input->h * (size_t) e->input->w, sizeof *e->images[i]);
    if (!e->images[i])
      return nn_fail (error, "out of memory for %d images of %dx%d", CHUNK, e->input->w, e->input->h);
    if (!(e->runners[i] = nn_runner_new (e->plan, &options, error)))
      return false;
  }
  nn_shape shape;
  nn_runner_output (e->runners[0], e->output, &shape);
  if (shape.h != 1 || shape.w != 1 || !nn_head_of (e->data, shape.c, &e->kind))
    return nn_fail (error, "the network's output is %dx%dx%d, expected 1x1x%d: one probability per class", shape.h, shape.w, shape.c,
                    e->data->classes);
  e->classes = shape.c;
  e->probabilities = calloc ((size_t) e->n * (size_t) e->classes, sizeof *e->probabilities);
  return e->probabilities || nn_fail (error, "out of memory for the readings of %d rows", e->n);
}

static void
run_chunk (void *user, int worker, int chunk)
{
  const evaluation *e = user;
  const int first = chunk * CHUNK, n = e->n - first < CHUNK ? e->n - first : CHUNK;
  const size_t classes = (size_t) e->classes, size = (size_t) e->input->h * (size_t) e->input->w;
  for (int i = 0; i < n; i++)
    nn_dataset_image (e->data, e->rows[first + i], e->input, NULL, NULL, e->images[worker] + (size_t) i * size);
  nn_run (e->runners[worker], n, e->images[worker]);
  memcpy (e->probabilities + (size_t) first * classes, nn_runner_output (e->runners[worker], e->output, NULL), (size_t) n * classes * sizeof (float));
}

/* What a row is labelled as, -1: it does not count, and the shares of its target. */
static int
label_of (const evaluation *e, int row, float shares[256])
{
  if (e->kind == NN_HEAD_VOTES) {
    const uint8_t *votes = e->data->votes + (size_t) row * NN_N_VOTES;
    nn_votes_share (votes, shares);
    return nn_votes_majority (votes);
  }
  memset (shares, 0, (size_t) e->classes * sizeof *shares);
  shares[e->data->labels[row]] = 1;
  return e->data->labels[row];
}

/* Summed in row order, whatever thread computed what. */
static void
score (const evaluation *e, double *loss, double *accuracy)
{
  double sum = 0, weight = 0;
  int correct = 0, counted = 0;
  for (int i = 0; i < e->n; i++) {
    float shares[256];
    const int label = label_of (e, e->rows[i], shares);
    const float *p = e->probabilities + (size_t) i * (size_t) e->classes;
    int top = 0;
    for (int k = 0; k < e->classes; k++) {
      top = p[k] > p[top] ? k : top;
      sum -= shares[k] > 0 ? (double) shares[k] * log (fmax ((double) p[k], (double) FLT_MIN)) : 0;
      weight += (double) shares[k];
    }
    correct += top == label;
    counted += label >= 0;
  }
  if (loss)
    *loss = weight > 0 ? sum / weight : 0;
  if (accuracy)
    *accuracy = counted > 0 ? (double) correct / counted : 0;
}

bool
nn_evaluate (const nn_graph *graph, const nn_real *weights, const nn_dataset *data, nn_split split, const nn_input *input, int output, int threads,
             double *loss, double *accuracy, float *predictions, nn_error *error)
{
  evaluation e = { .data = data, .input = input, .output = output, .threads = threads < 1 ? 1 : threads };
  const bool ready = find_rows (&e, split, error) && prepare_threads (&e, graph, weights, error);
  if (ready) {
    nn_workers_run (e.workers, run_chunk, &e, (e.n + CHUNK - 1) / CHUNK);
    score (&e, loss, accuracy);
    if (predictions)
      memcpy (predictions, e.probabilities, (size_t) e.n * (size_t) e.classes * sizeof *predictions);
  }
  evaluation_free (&e);
  return ready;
}
