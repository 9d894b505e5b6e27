/* SPDX-License-Identifier: MIT */
#include "job.h"

#include "nn_train.h"

#include <glib.h>
#include <stdio.h>
#include <sys/resource.h>

#define RATE 1e-3f
#define MOMENTUM 0.1f /* of running statistics */

/* Everything that a step touches. */
typedef struct trainee {
  nn_tape *tape;
  int n, n_outputs;
  int classes[NN_MAX_OUTPUTS]; /* numbers of each output, all of which are taken for classes */
  size_t n_weights;
  uint8_t *kinds;
  uint32_t *samples;
  nn_real *weights, *gradient, *moments, *images;
  nn_real *targets[NN_MAX_OUTPUTS], *dlogits[NN_MAX_OUTPUTS];
  int64_t steps;
  double loss; /* of an image, before the last step */
} trainee;

static void
free_trainee (trainee *t)
{
  nn_tape_free (t->tape);
  void *const all[] = { t->kinds, t->samples, t->weights, t->gradient, t->moments, t->images };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    g_free (all[i]);
  for (int i = 0; i < t->n_outputs; i++) {
    g_free (t->targets[i]);
    g_free (t->dlogits[i]);
  }
}

static void
make_answers (trainee *t, int output)
{
  nn_shape shape;
  nn_tape_output (t->tape, output, &shape);
  const int classes = t->classes[output] = shape.h * shape.w * shape.c;
  t->targets[output] = g_new0 (nn_real, (size_t) t->n * (size_t) classes);
  t->dlogits[output] = g_new0 (nn_real, (size_t) t->n * (size_t) classes);
  for (int i = 0; i < t->n; i++)
    t->targets[output][(size_t) i * (size_t) classes + (size_t) (i % classes)] = 1;
}

static bool
make_trainee (trainee *t, const bench_job *job, nn_error *error)
{
  const tool_network *network = &job->network;
  const nn_graph *graph = network->nn->graph;
  const nn_tape_options options
      = { .h = network->h, .w = network->w, .batch = job->batch, .threads = job->threads, .seed = 1 };
  *t = (trainee) { .n = job->batch, .n_weights = graph->n_weights };
  if (!(t->tape = nn_tape_new (graph, &options, error)) || !(t->images = tool_network_images (network, job->batch, error)))
    return false;
  t->kinds = g_new (uint8_t, t->n_weights);
  t->samples = g_new0 (uint32_t, t->n);
  t->weights = g_memdup2 (network->nn->weights, t->n_weights * sizeof *t->weights);
  t->gradient = g_new0 (nn_real, t->n_weights);
  t->moments = g_new0 (nn_real, 2 * t->n_weights);
  nn_weight_kinds (graph, t->kinds);
  for (int i = 0; i < t->n; i++)
    t->samples[i] = (uint32_t) i;
  for (t->n_outputs = 0; t->n_outputs < graph->n_outputs; t->n_outputs++)
    make_answers (t, t->n_outputs);
  return true;
}

static void
train_step (void *data)
{
  trainee *t = data;
  const nn_real *dlogits[NN_MAX_OUTPUTS];
  nn_tape_forward (t->tape, t->weights, t->n, t->images, (uint64_t) t->steps++, t->samples);
  t->loss = 0;
  for (int i = 0; i < t->n_outputs; i++) {
    const nn_real *logits = nn_tape_output (t->tape, i, NULL);
    dlogits[i] = t->dlogits[i];
    t->loss += nn_cross_entropy (t->n, t->classes[i], logits, t->targets[i], 1 / (nn_real) t->n, t->dlogits[i]) / t->n;
  }
  nn_tape_backward (t->tape, t->weights, dlogits, t->gradient);
  nn_adam_step (t->n_weights, t->kinds, t->gradient, RATE, 0, t->steps, t->moments, t->moments + t->n_weights, t->weights);
  nn_tape_update_statistics (t->tape, MOMENTUM, t->weights);
}

static void
report (const trainee *t, const bench_job *job, const bench_times *times)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  const double images_per_second = t->n / times->median;
  tool_json_number (job->json, "images_per_second", images_per_second);
  tool_json_number (job->json, "median_ms_per_step", 1e3 * times->median);
  tool_json_number (job->json, "loss", t->loss);
  tool_json_count (job->json, "tape_bytes", (gint64) nn_tape_bytes (t->tape));
  tool_json_count (job->json, "resident_bytes", (gint64) usage.ru_maxrss * 1024);
  if (!job->quiet)
    printf ("training %.1f images/s, tape %.1f MB, resident %.1f MB\n", images_per_second, (double) nn_tape_bytes (t->tape) / 1e6,
            (double) usage.ru_maxrss * 1024e-6);
}

bool
bench_step (const bench_job *job, nn_error *error)
{
  trainee t;
  const bool good = make_trainee (&t, job, error);
  if (good) {
    const bench_times times = bench_time (train_step, &t, &job->limits);
    report (&t, job, &times);
    bench_report_times (job, &times, 3); /* forward, and the derivatives of input and weights */
  }
  free_trainee (&t);
  return good;
}
