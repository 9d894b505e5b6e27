/* SPDX-License-Identifier: MIT
 * Half precision: every number there and back, rounding to nearest, and models whose weights are halves. */
#include "half.h"
#include "nn.h"
#include "test.h"

#include <math.h>
#include <string.h>

static void
every_half_comes_back (void)
{
  int wrong = 0;
  for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
    const float value = nn_half_value ((uint16_t) bits);
    wrong += isnan (value) ? (bits & 0x7fff) <= 0x7c00 : nn_half_of (value) != bits;
  }
  check (!wrong);
  check (isnan (nn_half_value (nn_half_of (NAN))));
}

/* Between neighbours the nearer one is taken, in the middle the even one. */
static void
rounds_to_nearest_even (void)
{
  int wrong = 0;
  for (uint32_t bits = 0; bits < 0x7bff; bits++) {
    const float low = nn_half_value ((uint16_t) bits), high = nn_half_value ((uint16_t) (bits + 1)), middle = low + (high - low) / 2;
    const uint16_t even = (uint16_t) (bits + (bits & 1));
    wrong += nn_half_of (middle) != even || nn_half_of (-middle) != (even | 0x8000);
    wrong += nn_half_of (nextafterf (middle, 0)) != bits || nn_half_of (nextafterf (middle, INFINITY)) != bits + 1;
  }
  check (!wrong);
  check (nn_half_of (0) == 0 && nn_half_of (-0.0f) == 0x8000);
  check (nn_half_of (nextafterf (65520, 0)) == 0x7bff && nn_half_of (65520) == 0x7c00 && nn_half_of (-INFINITY) == 0xfc00);
  check_near (nn_half_value (0x7bff), 65504, 0);
}

/* conv 2x(3x3x1) with a bias, batch normalisation of 2, dense 3x2 with a bias; no weight is a half. */
static nn_model *
some_model (void)
{
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input 6 6 1 / conv 2 3x3 bias / bn / gap / dense 3", &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  for (size_t i = 0; model && i < graph->n_weights; i++)
    model->weights[i] = (nn_real) (1.0 / (double) (3 + 2 * i));
  return model;
}

enum { CONV_BIAS = 18, DENSE = CONV_BIAS + 2 + 8, DENSE_BIAS = DENSE + 6, N_WEIGHTS = DENSE_BIAS + 3 };

static void
filters_and_matrices_are_halved (void)
{
  nn_error error = { "" };
  nn_model *model = some_model (), *before = some_model ();
  require (model && before && model->graph->n_weights == N_WEIGHTS && nn_model_halve (model, &error));
  for (int i = 0; i < N_WEIGHTS; i++) {
    const bool half = i < CONV_BIAS || (i >= DENSE && i < DENSE_BIAS);
    check (half == (model->weights[i] != before->weights[i]) || (half && model->weights[i] == (nn_real) nn_half_value (nn_half_of ((float) before->weights[i]))));
    check_near (model->weights[i], before->weights[i], half ? (double) before->weights[i] / 2048 : 0);
  }
  nn_model_free (before);
  nn_model_free (model);
}

static void
what_is_too_large_is_named (void)
{
  static const struct {
    int at;
    nn_real weight;
    const char *words[2];
  } cases[] = { { 4, 65520, { "(conv): weight 4 is 65520", "65504" } }, { DENSE + 1, -1e6f, { "(dense): weight 1 is -1e+06", "65504" } } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    nn_error error = { "" };
    nn_model *model = some_model ();
    require (model);
    model->weights[cases[i].at] = cases[i].weight;
    check (!nn_model_halve (model, &error));
    test_note ("%s", error.text);
    check (strstr (error.text, cases[i].words[0]) && strstr (error.text, cases[i].words[1]));
    nn_model_free (model);
  }
  nn_error error = { "" };
  nn_model *model = some_model ();
  require (model);
  model->weights[CONV_BIAS] = model->weights[DENSE_BIAS] = 1e6f; /* stay floats */
  check (nn_model_halve (model, &error));
  nn_model_free (model);
}

/* A file of halves gives the same weights, and is written the same again. */
static void
file_comes_back_bit_for_bit (void)
{
  nn_error error = { "" };
  void *bytes, *again_bytes;
  size_t size, again_size;
  nn_model *model = some_model ();
  require (model && nn_model_halve (model, &error) && nn_model_write (model, &bytes, &size, &error));
  nn_model *again = nn_model_parse (bytes, size, &error);
  test_note ("%s", error.text);
  require (again && again->graph->n_weights == N_WEIGHTS && nn_model_write (again, &again_bytes, &again_size, &error));
  check (!memcmp (again->weights, model->weights, N_WEIGHTS * sizeof *model->weights));
  check (size == again_size && !memcmp (bytes, again_bytes, size));
  nn_model_free (again);
  nn_model_free (model);
  free (again_bytes);
  free (bytes);
}

/* Halves take two bytes less each; what the file says of them is no more than so much. */
static void
file_is_half_as_large (void)
{
  enum { MOST_WORDS = 4096 };
  nn_error error = { "" };
  nn_graph *graph = nn_graph_parse ("input 8 8 32 / conv 64 3x3 / bn / relu / conv 64 3x3 / gap / dense 100", &error);
  nn_model *model = graph ? nn_model_new (graph) : NULL;
  void *bytes;
  size_t full, half;
  require (model);
  nn_init_weights (graph, 1, model->weights);
  require (nn_model_write (model, &bytes, &full, &error));
  free (bytes);
  require (nn_model_halve (model, &error) && nn_model_write (model, &bytes, &half, &error));
  const size_t halves = (size_t) 32 * 64 * 9 + 64 * 64 * 9 + 64 * 100;
  check (half < full - 2 * halves + MOST_WORDS && half > full - 2 * halves);
  free (bytes);
  nn_model_free (model);
}

/* An infinite half in a file is refused as an infinite float is; a file cut in its middle, too. */
static void
hostile_halves_are_refused (void)
{
  nn_error error = { "" };
  uint8_t *bytes;
  void *written;
  size_t size;
  nn_model *model = some_model ();
  require (model);
  for (int i = 0; i < CONV_BIAS; i++)
    model->weights[i] = 1.5f; /* 0x3e00 */
  require (nn_model_halve (model, &error) && nn_model_write (model, &written, &size, &error));
  bytes = written;
  static const uint8_t three[] = { 0x00, 0x3e, 0x00, 0x3e, 0x00, 0x3e };
  uint8_t *at = memmem (bytes, size, three, sizeof three);
  require (at);
  at[3] = 0x7c;
  check (!nn_model_parse (bytes, size, &error));
  test_note ("%s", error.text);
  check (strstr (error.text, "weight_half") && strstr (error.text, "not finite at 1"));
  at[3] = 0x3e;
  for (size_t cut = 1; cut < size; cut++) {
    uint8_t *part = malloc (cut); /* of its exact size: reading behind it is noticed */
    memcpy (part, bytes, cut);
    nn_model *short_one = nn_model_parse (part, cut, &error);
    check (!short_one);
    nn_model_free (short_one);
    free (part);
  }
  free (bytes);
  nn_model_free (model);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (every_half_comes_back), TEST (rounds_to_nearest_even), TEST (filters_and_matrices_are_halved),
                                   TEST (what_is_too_large_is_named), TEST (file_comes_back_bit_for_bit), TEST (file_is_half_as_large),
                                   TEST (hostile_halves_are_refused), { 0 } });
}
