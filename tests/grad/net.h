/* SPDX-License-Identifier: MIT
 * What the tests of derivatives share: random numbers, and a network on a tape with a loss. */
#ifndef TEST_NET_H
#define TEST_NET_H

#include "nn_grad.h"
#include "test.h"

/* The kinds of network that people train, small. */
#define N_NETWORKS 5
static const char *const networks[N_NETWORKS] = {
  "input 12 12 1 / conv 8 3x3 / bn / relu / conv 9 3x3 / bn / relu / maxpool 2x2 / dropout 0.2\n"
  "conv 16 3x3 / bn / relu / maxpool 2x2 / dropout 0.3 / flatten / dense 12 / bn / relu / dropout 0.5 / dense 7 / softmax",
  "input 9 9 2 / conv 8 3x3 stride 2 / bn / relu as a / conv 8 3x3 / bn / relu / conv 8 3x3 / bn / add a / relu as b\n"
  "conv 12 3x3 stride 2 / bn / relu / conv 12 3x3 / bn as c / from b / conv 12 1x1 stride 2 / bn / add c / relu / gap / dense 5",
  "input 10 8 3 / conv 8 3x3 stride 2 / bn / clip 0 6 / conv 8 3x3 groups depthwise / bn / hard_swish / conv 6 1x1 / bn as a\n"
  "gap / hard_sigmoid / mul a / avgpool 2x2 / flatten / dense 5 / softmax",
  /* Wide enough for Winograd. No kinks: of so many values one or another is on the other side of 0 in float. */
  "input 12 13 3 / conv 32 3x3 / bn / sigmoid as a / conv 36 3x3 bias / bn / sigmoid / conv 32 3x3 / bn / add a\n"
  "conv 48 3x3 stride 2 / bn / sigmoid / conv 40 3x3 pad 0 / bn / sigmoid / conv 40 3x3 / bn / sigmoid / gap / dropout 0.3 / dense 5",
  /* Outputs that others read: in front of batch statistics and of a relu, twice, and twice the same logits. */
  "input 12 11 2 / conv 8 3x3 stride 2 as a output / bn as b output / relu / conv 9 3x3 / bn / relu as c output / conv 6 1x1 bias as d output\n"
  "from c / conv 12 3x3 stride 2 / bn / relu as e / conv 6 1x1 bias output / from c / conv 9 3x3 / add c as f output / sigmoid\n"
  "concat d / gap / dense 5 as z output / softmax output / from z / relu / dense 3",
};

/* count numbers in [-1, 1) */
static inline void
fill_random (uint64_t sample, size_t count, nn_real *x)
{
  nn_random random = nn_random_new (7, 0, sample, NN_FOR_TEST);
  for (size_t i = 0; i < count; i++)
    x[i] = 2 * (nn_real) nn_random_uniform (&random) - 1;
}

static inline nn_real *
random_numbers (uint64_t sample, size_t count)
{
  nn_real *x = malloc (count * sizeof *x);
  if (x)
    fill_random (sample, count, x);
  return x;
}

/* A network with weights near those that training starts from, n images, and the loss sum_i (r_i z_i + z_i^2 / 4) over the logits z of
 * all outputs, one behind the other. */
typedef struct net {
  nn_graph *graph;
  nn_tape *tape;
  int n;
  size_t n_weights, n_logits;
  nn_real *weights, *gradient, *input, *slopes, *dlogits;
  uint32_t *samples;
} net;

static inline void
net_clear (net *it)
{
  nn_tape_free (it->tape);
  nn_graph_free (it->graph);
  free (it->weights);
  free (it->gradient);
  free (it->input);
  free (it->slopes);
  free (it->dlogits);
  free (it->samples);
}

/* Logits of output i in the batch. */
static inline size_t
net_output_size (const net *it, int i)
{
  nn_shape shape;
  nn_tape_output (it->tape, i, &shape);
  return (size_t) it->n * (size_t) shape.h * (size_t) shape.w * (size_t) shape.c;
}

/* Takes graph. */
static inline bool
net_init (net *it, nn_graph *graph, int n, int threads)
{
  nn_error error = { "no graph" };
  *it = (net) { .graph = graph, .n = n };
  nn_shape shapes[NN_MAX_NODES];
  if (graph && nn_graph_shapes (graph, 0, 0, shapes, &error))
    it->tape = nn_tape_new (graph, &(nn_tape_options) { .batch = n, .threads = threads, .seed = 3 }, &error);
  if (!it->tape) {
    test_note ("%s", error.text);
    return false;
  }
  nn_shape in = shapes[0];
  it->n_weights = graph->n_weights;
  for (int i = 0; i < graph->n_outputs; i++)
    it->n_logits += net_output_size (it, i);
  it->input = random_numbers (1, (size_t) n * (size_t) in.h * (size_t) in.w * (size_t) in.c);
  it->slopes = random_numbers (2, it->n_logits);
  it->weights = random_numbers (3, it->n_weights);
  it->gradient = malloc (it->n_weights * sizeof *it->gradient);
  it->dlogits = malloc (it->n_logits * sizeof *it->dlogits);
  it->samples = malloc ((size_t) n * sizeof *it->samples);
  for (int i = 0; i < n; i++)
    it->samples[i] = 100 + (uint32_t) i;
  nn_init_weights (graph, 5, it->weights);
  nn_real *noise = random_numbers (4, it->n_weights); /* biases and betas shall not be 0 */
  for (size_t i = 0; i < it->n_weights; i++)
    it->weights[i] += noise[i] / 8;
  free (noise);
  for (size_t i = 0; i < it->n_weights; i++)
    it->weights[i] = (float) it->weights[i]; /* the same in float and double */
  return true;
}

static inline double
net_loss (net *it)
{
  nn_tape_forward (it->tape, it->weights, it->n, it->input, 1, it->samples);
  double loss = 0;
  size_t k = 0;
  for (int output = 0; output < it->graph->n_outputs; output++) {
    const nn_real *z = nn_tape_output (it->tape, output, NULL);
    size_t count = net_output_size (it, output);
    for (size_t i = 0; i < count; i++, k++) {
      loss += (double) (it->slopes[k] * z[i] + z[i] * z[i] / 4);
      it->dlogits[k] = it->slopes[k] + z[i] / 2;
    }
  }
  return loss;
}

static inline void
net_backward (net *it)
{
  const nn_real *dlogits[NN_MAX_OUTPUTS] = { it->dlogits };
  net_loss (it);
  for (int i = 1; i < it->graph->n_outputs; i++)
    dlogits[i] = dlogits[i - 1] + net_output_size (it, i - 1);
  nn_tape_backward (it->tape, it->weights, dlogits, it->gradient);
}

#endif
