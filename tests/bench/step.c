/* SPDX-License-Identifier: MIT
 * A training step (forward, loss, backward, Adam) of networks of the comparison's shapes. Rounds go through all of them in turn, so that a
 * load that comes and goes meets each alike: bench-step [THREADS [BATCH [ROUNDS [NAME]]]] */
#include "nn_train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIDE = 48, CLASSES = 7, MAX_ROUNDS = 1000 };

/* conv-bn-relu-conv-bn + shortcut, as text; the shortcut of a block that changes the shape is an average pool and a 1x1. */
#define HALVING(k, name)                                                                                                              \
  " as " name " / conv " k " 3x3 stride 2 / bn / relu / conv " k " 3x3 / bn as " name "b / from " name                                  \
  " / avgpool 2x2 / conv " k " 1x1 / bn / add " name "b / relu"
#define WIDENING(k, name)                                                                                                              \
  " as " name " / conv " k " 3x3 / bn / relu / conv " k " 3x3 / bn as " name "b / from " name " / conv " k " 1x1 / bn / add " name "b / relu"
#define KEEPING(k, name) " as " name " / conv " k " 3x3 / bn / relu / conv " k " 3x3 / bn / add " name " / relu"
#define TWICE(k) " / conv " k " 3x3 / bn / relu / conv " k " 3x3 / bn / relu / maxpool 2x2"

static const struct {
  const char *name, *text;
} nets[] = {
  { "s", "input 48 48 1 / conv 24 3x3 / bn / relu" HALVING ("48", "a") HALVING ("96", "c") HALVING ("192", "e") " / gap / dropout 0.3 / dense 7" },
  { "m", "input 48 48 1 / conv 32 3x3 / bn / relu" HALVING ("64", "a") HALVING ("128", "c") HALVING ("256", "e") " / gap / dropout 0.3 / dense 7" },
  { "res142", "input 48 48 1 / conv 32 3x3 / bn / relu / maxpool 2x2" WIDENING ("64", "a") HALVING ("128", "c") HALVING ("256", "e")
                KEEPING ("256", "g") " / gap / dropout 0.3 / dense 7" },
  { "vgg117", "input 48 48 1" TWICE ("32") TWICE ("64") TWICE ("128") TWICE ("256") " / gap / dropout 0.4 / dense 7" },
};
enum { N_NETS = sizeof nets / sizeof *nets };

typedef struct trained {
  nn_graph *graph;
  nn_tape *tape;
  uint8_t *kinds;
  nn_real *weights, *gradient, *moments, *images, *targets, *dlogits;
  uint32_t *samples;
  int64_t step;
  double macs, times[MAX_ROUNDS];
  double cpu; /* seconds of all threads together in the best step: other programs change them less */
} trained;

static double
now (clockid_t clock)
{
  struct timespec t;
  clock_gettime (clock, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static bool
trained_init (trained *it, const char *text, int threads, int batch)
{
  nn_error error;
  nn_shape shapes[NN_MAX_NODES];
  *it = (trained) { .graph = nn_graph_parse (text, &error) };
  const nn_tape_options options = { .batch = batch, .threads = threads, .seed = 1 };
  if (!it->graph || !nn_graph_shapes (it->graph, 0, 0, shapes, &error) || !(it->tape = nn_tape_new (it->graph, &options, &error))) {
    fprintf (stderr, "%s\n", error.text);
    return false;
  }
  const size_t n = it->graph->n_weights, images = (size_t) batch * SIDE * SIDE, logits = (size_t) batch * CLASSES;
  it->macs = (double) nn_graph_macs (it->graph, shapes);
  it->kinds = malloc (n);
  it->weights = calloc (n, sizeof (nn_real));
  it->gradient = calloc (n, sizeof (nn_real));
  it->moments = calloc (2 * n, sizeof (nn_real));
  it->images = calloc (images, sizeof (nn_real));
  it->targets = calloc (logits, sizeof (nn_real));
  it->dlogits = calloc (logits, sizeof (nn_real));
  it->samples = calloc ((size_t) batch, sizeof *it->samples);
  if (!it->kinds || !it->weights || !it->gradient || !it->moments || !it->images || !it->targets || !it->dlogits || !it->samples) {
    fprintf (stderr, "out of memory\n");
    return false;
  }
  nn_weight_kinds (it->graph, it->kinds);
  nn_init_weights (it->graph, 1, it->weights);
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  for (size_t i = 0; i < images; i++)
    it->images[i] = nn_random_normal (&random);
  for (int i = 0; i < batch; i++)
    it->targets[i * CLASSES + i % CLASSES] = 1;
  return true;
}

static void
trained_clear (trained *it)
{
  nn_tape_free (it->tape);
  nn_graph_free (it->graph);
  free (it->kinds);
  free (it->weights);
  free (it->gradient);
  free (it->moments);
  free (it->images);
  free (it->targets);
  free (it->dlogits);
  free (it->samples);
}

static double
seconds_of_step (trained *it, int batch)
{
  const double start = now (CLOCK_MONOTONIC), cpu = now (CLOCK_PROCESS_CPUTIME_ID);
  const nn_real *logits = nn_tape_forward (it->tape, it->weights, batch, it->images, 0, it->samples);
  nn_cross_entropy (batch, CLASSES, logits, it->targets, (nn_real) 1 / (nn_real) batch, it->dlogits);
  nn_tape_backward (it->tape, it->weights, it->dlogits, it->gradient);
  nn_adam_step (it->graph->n_weights, it->kinds, it->gradient, 1e-3f, 0, ++it->step, it->moments,
                it->moments + it->graph->n_weights, it->weights);
  nn_tape_update_statistics (it->tape, (nn_real) 0.1, it->weights);
  const double spent = now (CLOCK_PROCESS_CPUTIME_ID) - cpu;
  it->cpu = it->cpu > 0 && it->cpu < spent ? it->cpu : spent;
  return now (CLOCK_MONOTONIC) - start;
}

static int
by_size (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  const int threads = argc > 1 ? atoi (argv[1]) : 2, batch = argc > 2 ? atoi (argv[2]) : 64, asked = argc > 3 ? atoi (argv[3]) : 7;
  const int rounds = asked < 1 ? 1 : asked > MAX_ROUNDS ? MAX_ROUNDS : asked;
  static trained all[N_NETS];
  bool ok = true;
  for (int i = 0; i < N_NETS && ok; i++)
    ok = (argc > 4 && strcmp (argv[4], nets[i].name)) || trained_init (&all[i], nets[i].text, threads, batch);
  for (int round = -1; round < rounds && ok; round++) /* the first warms up */
    for (int i = 0; i < N_NETS; i++)
      if (all[i].tape)
        all[i].times[round < 0 ? 0 : round] = seconds_of_step (&all[i], batch);
  for (int i = 0; i < N_NETS; i++)
    if (ok && all[i].tape) {
      qsort (all[i].times, (size_t) rounds, sizeof (double), by_size);
      const double best = all[i].times[0], median = all[i].times[rounds / 2];
      printf ("%-7s %6.1f MMAC, batch %d, %d threads: best %5.0f, median %5.0f images/s, %4.0f GFLOP/s; CPU %6.3f ms an image, %3.0f GFLOP/s; tape %zu MB\n", nets[i].name,
              all[i].macs / 1e6, batch, threads, batch / best, batch / median, 6e-9 * all[i].macs * batch / best, 1e3 * all[i].cpu / batch,
              6e-9 * all[i].macs * batch / all[i].cpu, nn_tape_bytes (all[i].tape) >> 20);
    }
  for (int i = 0; i < N_NETS; i++)
    trained_clear (&all[i]);
  return !ok;
}
