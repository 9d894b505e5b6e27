/* SPDX-License-Identifier: MIT
 * Ranges of values: fitted, written, read, and what is refused. */
#include "naive.h"
#include "test.h"

#include <locale.h>

static nn_graph *
graph_of (nn_real **weights)
{
  nn_graph *graph = nn_graph_parse ("input 6 6 1\nconv 4 3x3 as first / relu / conv 5 3x3 / relu as last / gap / dense 3", NULL);
  *weights = naive_alloc (graph->n_weights);
  nn_init_weights (graph, 1, *weights);
  return graph;
}

/* About the largest value, also where that is a rare one: cutting it would cost more than coarser steps do. */
static void
fits_values (void)
{
  nn_real *weights;
  nn_graph *graph = graph_of (&weights);
  float ranges[16];
  nn_random random = nn_random_new (1, 0, 0, NN_FOR_TEST);
  nn_real *images = random_values (&random, 2000 * 36, -3, 3);
  require (nn_ranges_fit (graph, weights, 0, 0, 2000, images, ranges, NULL));
  check (ranges[0] > 2.5f && ranges[0] < 3.3f);
  double most[16] = { 0 };
  naive all = naive_run (graph, weights, 6, 6, 2000, images);
  for (int i = 0; i < graph->n_nodes; i++) {
    for (size_t j = 0; j < 2000 * nn_shape_count (all.shapes[i]); j++)
      most[i] = fmax (most[i], fabs ((double) all.values[i][j]));
    check ((double) ranges[i] > 0.4 * most[i] && (double) ranges[i] < 1.1 * most[i]);
  }
  images[7] = 1000;
  require (nn_ranges_fit (graph, weights, 0, 0, 2000, images, ranges, NULL));
  check (ranges[0] > 900 && ranges[0] < 1100);
  memset (images, 0, 36 * sizeof *images);
  require (nn_ranges_fit (graph, weights, 0, 0, 1, images, ranges, NULL));
  check (ranges[0] == 0);
  naive_free (&all);
  nn_graph_free (graph);
  free (weights);
  free (images);
}

static void
text_is_read_back (void)
{
  nn_real *weights;
  nn_error error = { "" };
  nn_graph *graph = graph_of (&weights);
  float ranges[16], again[16];
  for (int i = 0; i < graph->n_nodes; i++)
    ranges[i] = i ? powf (10, (float) (i - 3)) * 1.2345f : 0;
  setlocale (LC_ALL, "de_DE.UTF-8");
  char *text = nn_ranges_write (graph, ranges, &error);
  require (text);
  check (nn_ranges_read (graph, text, again, &error));
  for (int i = 0; i < graph->n_nodes; i++)
    check_near (again[i], ranges[i], 1e-5 * (double) ranges[i]);
  setlocale (LC_ALL, "C");
  nn_graph_free (graph);
  free (weights);
  free (text);
}

static void
refuses (void)
{
  nn_real *weights;
  nn_graph *graph = graph_of (&weights);
  float ranges[16];
  static const char *const bad[][2] = {
    { "", "has no range" },
    { "1 first\n", "has no range" },
    { "1 nobody\n", "no such node" },
    { "first\n", "expected a number" },
    { "-1 first\n", "expected a number" },
    { "nan first\n", "expected a number" },
    { "inf first\n", "expected a number" },
    { "1e300 first\n", "expected a number" },
    { "1\nfirst\n", "expected a number" },
    { "1 first\n1 first\n1 first\n1 first\n1 first\n1 first\n1 first\n1 first\n", "more than" },
    { "1 ", "no such node" },
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_error error = { "" };
    check (!nn_ranges_read (graph, bad[i][0], ranges, &error));
    if (!strstr (error.text, bad[i][1]))
      test_note ("'%s': %s", bad[i][0], error.text);
    check (strstr (error.text, bad[i][1]));
  }
  nn_graph_free (graph);
  free (weights);
}

int
main (void)
{
  return test_run ((test_case[]) { TEST (fits_values), TEST (text_is_read_back), TEST (refuses), { 0 } });
}
