/* SPDX-License-Identifier: MIT
 * The tape over whole networks: bits that do not depend on threads, statistics, dropout, and a network that learns. `--bench` times the seed's. */
#include "net.h"

#include <string.h>
#include <time.h>

static void
bits_do_not_depend_on_threads (void)
{
  static const int counts[] = { 37, 5, 16 };
  for (int t = 0; t < N_NETWORKS; t++)
    for (int i = 0; i < 3; i++) {
      net one, many;
      require (net_init (&one, nn_graph_parse (networks[t], NULL), counts[i], 1));
      net_backward (&one);
      nn_tape_update_statistics (one.tape, (nn_real) 0.1, one.weights);
      for (int threads = 2; threads <= 4; threads++) {
        require (net_init (&many, nn_graph_parse (networks[t], NULL), counts[i], threads));
        net_backward (&many);
        nn_tape_update_statistics (many.tape, (nn_real) 0.1, many.weights);
        check (!memcmp (one.dlogits, many.dlogits, one.n_logits * sizeof *one.dlogits));
        check (!memcmp (one.gradient, many.gradient, one.n_weights * sizeof *one.gradient));
        check (!memcmp (one.weights, many.weights, one.n_weights * sizeof *one.weights));
        net_clear (&many);
      }
      net_clear (&one);
    }
}

/* The last batch of an epoch is smaller: what a larger one left behind must not matter. */
static void
smaller_batch_follows_larger (void)
{
  net fresh, used;
  require (net_init (&fresh, nn_graph_parse (networks[0], NULL), 5, 2));
  require (net_init (&used, nn_graph_parse (networks[0], NULL), 37, 2));
  net_backward (&fresh);
  net_backward (&used);
  used.n = 5;
  used.n_logits = fresh.n_logits;
  net_backward (&used);
  check (!memcmp (fresh.gradient, used.gradient, fresh.n_weights * sizeof *fresh.gradient));
  net_clear (&fresh);
  net_clear (&used);
}

static void
updates_running_statistics (void)
{
  enum { N = 19, PIXELS = 6 };
  net it;
  require (net_init (&it, nn_graph_parse ("input 3 2 2 / bn / flatten", NULL), N, 2));
  for (int i = 0; i < N * PIXELS * 2; i++)
    it.input[i] += 1000; /* a large mean costs no digits of the variance */
  net_loss (&it);
  nn_real before[8];
  memcpy (before, it.weights, sizeof before);
  nn_tape_update_statistics (it.tape, (nn_real) 0.1, it.weights);
  for (int c = 0; c < 2; c++) {
    double mean = 0, squares = 0;
    for (int p = 0; p < N * PIXELS; p++)
      mean += (double) it.input[2 * p + c] / (N * PIXELS);
    for (int p = 0; p < N * PIXELS; p++)
      squares += ((double) it.input[2 * p + c] - mean) * ((double) it.input[2 * p + c] - mean);
    check_near (it.weights[4 + c], 0.9 * (double) before[4 + c] + 0.1 * mean, 1e-4);
    check_near (it.weights[6 + c], 0.9 * (double) before[6 + c] + 0.1 * squares / (N * PIXELS - 1), 1e-6);
  }
  check (!memcmp (before, it.weights, 4 * sizeof *before));
  net_clear (&it);
}

/* Dropout on an input of ones, by way of an identity dense layer. */
static void
dropout_is_a_function_of_names (void)
{
  enum { SIZE = 400 };
  net it;
  require (net_init (&it, nn_graph_parse ("input 20 20 1 / conv 1 1x1 / dropout 0.25 / flatten", NULL), 2, 1));
  it.weights[0] = 1;
  for (int i = 0; i < 2 * SIZE; i++)
    it.input[i] = 1;
  nn_real first[2 * SIZE], other[2 * SIZE];
  uint32_t samples[2] = { 11, 12 }, swapped[2] = { 12, 11 };
  memcpy (first, nn_tape_forward (it.tape, it.weights, 2, it.input, 4, samples), sizeof first);
  int dropped = 0;
  for (int i = 0; i < 2 * SIZE; i++) {
    check (first[i] == 0 || fabs ((double) first[i] - 4.0 / 3) < 1e-6);
    dropped += first[i] == 0;
  }
  check (dropped > 2 * SIZE / 4 - 50 && dropped < 2 * SIZE / 4 + 50);
  memcpy (other, nn_tape_forward (it.tape, it.weights, 2, it.input, 4, swapped), sizeof other);
  check (!memcmp (first, other + SIZE, SIZE * sizeof *first) && !memcmp (first + SIZE, other, SIZE * sizeof *first));
  check (memcmp (first, first + SIZE, SIZE * sizeof *first));
  check (memcmp (other, nn_tape_forward (it.tape, it.weights, 2, it.input, 5, swapped), sizeof other));
  net_clear (&it);
}

/* Softmax cross-entropy; returns how many are right. */
static int
compare_with_labels (int n, int classes, const nn_real *logits, const uint8_t *labels, nn_real *dlogits)
{
  int right = 0;
  for (int i = 0; i < n; i++) {
    const nn_real *z = logits + i * classes;
    int best = 0;
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      best = z[j] > z[best] ? j : best;
      sum += exp ((double) z[j]);
    }
    for (int j = 0; j < classes; j++)
      dlogits[i * classes + j] = (nn_real) ((exp ((double) z[j]) / sum - (j == labels[i])) / n);
    right += best == labels[i];
  }
  return right;
}

static void
learns_64_pictures_by_heart (void)
{
  enum { N = 64, CLASSES = 7 };
  net it;
  uint8_t labels[N];
  require (net_init (&it,
                     nn_graph_parse ("input 12 12 1 / conv 8 3x3 / bn / relu / maxpool 2x2 / conv 16 3x3 / bn / relu / maxpool 2x2\n"
                                     "flatten / dense 32 / bn / relu / dense 7 / softmax",
                                     NULL),
                     N, 2));
  for (int i = 0; i < N; i++)
    labels[i] = (uint8_t) (i * 5 % CLASSES);
  int right = 0, steps = 0;
  for (; steps < 200 && right < N; steps++) {
    right = compare_with_labels (N, CLASSES, nn_tape_forward (it.tape, it.weights, N, it.input, 0, it.samples), labels, it.dlogits);
    nn_tape_backward (it.tape, it.weights, (const nn_real *const[]) { it.dlogits }, it.gradient);
    for (size_t i = 0; i < it.n_weights; i++)
      it.weights[i] -= (nn_real) 0.3 * it.gradient[i];
  }
  test_note ("%d of %d right after %d steps", right, N, steps);
  check (right == N);
  net_clear (&it);
}

static void
names_what_it_cannot_do (void)
{
  nn_error error;
  nn_graph *graph = nn_graph_parse ("input 8 8 1 / conv 2 3x3 / relu / flatten / dense 3", NULL);
  require (graph);
  check (!nn_tape_new (graph, &(nn_tape_options) { .batch = 0, .threads = 1 }, &error) && strstr (error.text, "batch of 0"));
  check (!nn_tape_new (graph, &(nn_tape_options) { .batch = 8, .threads = 0 }, &error) && strstr (error.text, "0 threads"));
  check (!nn_tape_new (graph, &(nn_tape_options) { .h = 9, .w = 9, .batch = 8, .threads = 1 }, &error) && strstr (error.text, "9"));
  graph->nodes[1].act = NN_ACT_RELU;
  check (!nn_tape_new (graph, &(nn_tape_options) { .batch = 8, .threads = 1 }, &error) && strstr (error.text, "fused"));
  nn_graph_free (graph);
}

static void
bench (void)
{
  static const char seed[] = "input 48 48 1\nconv 24 3x3 / bn / relu / conv 24 3x3 / bn / relu / maxpool 2x2 / dropout 0.1\n"
                             "conv 48 3x3 / bn / relu / conv 48 3x3 / bn / relu / maxpool 2x2 / dropout 0.1\n"
                             "conv 96 3x3 / bn / relu / conv 96 3x3 / bn / relu / maxpool 2x2 / dropout 0.15\n"
                             "conv 128 3x3 / bn / relu / conv 128 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
                             "flatten / dense 256 / bn / relu / dropout 0.5 / dense 7 / softmax";
  enum { N = 64 };
  for (int threads = 1; threads <= 2; threads++) {
    net it;
    require (net_init (&it, nn_graph_parse (seed, NULL), N, threads));
    nn_shape shapes[NN_MAX_NODES];
    nn_graph_shapes (it.graph, 0, 0, shapes, NULL);
    double best = 1e9, best_forward = 1e9, flops = 6e-9 * N * (double) nn_graph_macs (it.graph, shapes);
    for (int i = 0; i < 10; i++) {
      struct timespec a, b, c;
      clock_gettime (CLOCK_MONOTONIC, &a);
      net_loss (&it);
      clock_gettime (CLOCK_MONOTONIC, &b);
      nn_tape_backward (it.tape, it.weights, (const nn_real *const[]) { it.dlogits }, it.gradient);
      clock_gettime (CLOCK_MONOTONIC, &c);
      best = fmin (best, (double) (c.tv_sec - a.tv_sec) + 1e-9 * (double) (c.tv_nsec - a.tv_nsec));
      best_forward = fmin (best_forward, (double) (b.tv_sec - a.tv_sec) + 1e-9 * (double) (b.tv_nsec - a.tv_nsec));
    }
    test_note ("%d threads: %.0f images/s, %.1f GFLOP/s; forward %.0f ms, all %.0f ms; %zu MB", threads, N / best, flops / best, 1e3 * best_forward,
               1e3 * best, nn_tape_bytes (it.tape) >> 20);
    net_clear (&it);
  }
}

int
main (int argc, char **argv)
{
  if (argc > 1 && !strcmp (argv[1], "--bench"))
    return test_run ((test_case[]) { TEST (bench), { 0 } });
  return test_run ((test_case[]) { TEST (bits_do_not_depend_on_threads),
                                   TEST (smaller_batch_follows_larger),
                                   TEST (updates_running_statistics),
                                   TEST (dropout_is_a_function_of_names),
                                   TEST (learns_64_pictures_by_heart),
                                   TEST (names_what_it_cannot_do),
                                   { 0 } });
}
